import { describe, expect, test } from 'vitest'
import { presentPath } from '../../runner/host/files.ts'
import { effect } from '../../runner/host/state.ts'
import type { AnyModule } from '../../runner/modules/module.ts'
import mysql_user from '../../runner/modules/mysql_user.ts'
import postgresql_user from '../../runner/modules/postgresql_user.ts'
import { path as pathKind } from '../../runner/resources/path.ts'
import { diffLines, type Host, plan } from './harness.ts'

describe.each<{ module: AnyModule; client: string; inherent: string }>([
  { module: mysql_user, client: '/usr/bin/mariadb', inherent: 'root' },
  { module: postgresql_user, client: '/usr/bin/psql', inherent: 'postgres' },
])('$module.name: a server that does not answer', ({ module, client, inherent }) => {
  const down: Host = {
    files: { [client]: '' },
    answer: (kind) => (/^(?:mysql|postgresql) /.test(kind) ? { error: 'refused' } : undefined),
  }

  test('may be one that the run starts: only a real run can tell', () => {
    expect(plan(module, { name: 'ann' }, down).outcome.type).toBe('opaque')
  })

  test('is a new one where the run installs it, with the accounts that a new one has', () => {
    const installed = presentPath({ type: 'file', mode: 0o755, owner: 'root', group: 'root' })
    const on = { ...down, files: { '/usr/bin/x': '' }, predicted: [effect(pathKind, client, installed)] }
    expect(diffLines(plan(module, { name: 'ann' }, on).outcome)).toContain('state: absent → present')
    expect(plan(module, { name: inherent, password: 'x' }, on).outcome.type).toBe('opaque')
  })
})
