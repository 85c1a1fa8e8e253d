import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostRun } from '../../runner/engine/host-run.ts'
import { encode } from '../../runner/plans/codec.ts'
import { essence } from '../../runner/plans/essence.ts'
import type { HostPlan } from '../../runner/plans/plan.ts'
import { outdatedPreconditions } from '../../runner/plans/preconditions.ts'
import { checksums } from '../../runner/resources/checksum.ts'
import { findKind, kinds } from '../../runner/resources/table.ts'
import type { Connection } from '../../runner/transport/session.ts'
import { emptyPlay } from '../../runner/engine/still-play.ts'
import { Scope } from '../../runner/variables/scope.ts'

const RUNNER = resolve(import.meta.dirname, '../../runner')

test('every kind of resource is in the table, so that a plan can read it again', () => {
  const defined = readdirSync(RUNNER, { recursive: true, encoding: 'utf8' })
    .flatMap((file) =>
      file.endsWith('.ts')
        ? [
            ...readFileSync(join(RUNNER, file), 'utf8').matchAll(
              /(?:defineResource[<(][^]*?name: | = kind<\w+>\(\s*)('[^']+'|algorithm)/g,
            ),
          ]
        : [],
    )
    .flatMap(([, name]) => (name === 'algorithm' ? Object.keys(checksums) : [name!.slice(1, -1)]))
  expect(kinds.map(({ name }) => name).toSorted()).toEqual(defined.toSorted())
  for (const name of defined) expect(findKind(name)).toMatchObject({ name })
})

describe('what a plan goes by in', () => {
  const present = {
    type: 'file',
    mode: 0o644,
    owner: 'root',
    group: 'root',
    uid: 0,
    gid: 0,
    size: 1,
    mtime: 1,
  }
  const facts = { os_family: 'Debian', date_time: { epoch: '1' }, env: { HOME: '/root', SSH_TTY: '1' } }
  const others = kinds
    .filter(({ name }) => !['path', 'facts', 'package index', 'clock', 'certificate request'].includes(name))
    .map(({ name }) => [name, { any: 'value' }, { any: 'other' }] as const)

  test.each([
    ...others,
    ['path', present, { ...present, mode: 0o600 }],
    ['path', present, { ...present, owner: 'www-data' }],
    ['path', present, { type: 'absent' }],
    ['path', { ...present, type: 'link', target: 'a' }, { ...present, type: 'link', target: 'b' }],
    ['facts', facts, { ...facts, os_family: 'RedHat' }],
    ['facts', facts, { ...facts, env: { HOME: '/home/x' } }],
    ['package index', { empty: true, age: 1 }, { empty: false, age: 1 }],
    ['certificate request', { pem: 'x' }, { error: 'no such key' }],
  ] as const)('%s: %j is not %j', (kind, before, after) => {
    expect(essence(kind, after)).not.toEqual(essence(kind, before))
    expect(essence(kind, before)).toEqual(essence(kind, structuredClone(before)))
  })

  test.each([
    ['path', present, { ...present, mtime: 2, size: 2, inode: 3 }],
    ['facts', facts, { ...facts, date_time: { epoch: '2' }, loadavg: 1 }],
    ['facts', facts, { ...facts, env: { HOME: '/root', SSH_TTY: '2' } }],
    ['package index', { empty: false, age: 1 }, { empty: false, age: 2 }],
    ['clock', 1, 2],
    ['certificate request', { pem: 'x' }, { pem: 'signed anew' }],
    ['download', { sha256: 'a', path: '/tmp/x' }, { sha256: 'a', path: '/tmp/y' }],
  ] as const)('%s: %j is as good as %j, for that changes by itself', (kind, before, after) => {
    expect(essence(kind, after)).toEqual(essence(kind, before))
  })

  test('path, when stat has looked: also size and time', () => {
    expect(essence('path', { ...present, size: 2 }, true)).not.toEqual(essence('path', present, true))
  })
})

describe('a host', () => {
  const host = (hostKey: string | undefined) => {
    const connection = { hostKey, close: () => Promise.resolve() } as Connection
    const made = new HostRun(
      'h',
      () => [],
      () => Promise.resolve(connection),
    )
    const surroundings = { playbookDir: '/', searchPath: () => [] }
    made.place = { scope: new Scope([], surroundings), node: emptyPlay('/') }
    return made
  }
  const plan: HostPlan = { hostKey: 'ssh-ed25519 SHA256:abc', preconditions: [], steps: [] }

  test('with another key is another host', async () => {
    expect(await outdatedPreconditions(host('ssh-ed25519 SHA256:xyz'), plan, undefined)).toEqual([
      'its host key is ssh-ed25519 SHA256:xyz, and was ssh-ed25519 SHA256:abc',
    ])
    expect(await outdatedPreconditions(host('ssh-ed25519 SHA256:abc'), plan, undefined)).toEqual([])
  })

  test('with a kind of resource that this program does not know does not fit', async () => {
    const strange = { kind: 'strange', key: encode('x'), digests: { '': 'x' } }
    const found = await outdatedPreconditions(
      host(plan.hostKey),
      { ...plan, preconditions: [strange] },
      undefined,
    )
    expect(found).toEqual(['strange cannot be looked at by this version of the program'])
  })
})
