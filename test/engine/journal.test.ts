import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Journal } from '../../runner/engine/journal.ts'
import type { Session } from '../../runner/transport/session.ts'

const parent = mkdtempSync(join(tmpdir(), 'journal-'))
afterAll(() => rmSync(parent, { recursive: true }))

/** A shell of somebody who is not root. */
function ordinary(): Session & { readonly runs: () => number } {
  const user = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  let runs = 0
  return {
    runs: () => runs,
    run: ({ script, payload }) => {
      runs += 1
      const [program, ...words] = [...user, 'sh', '-c', script.text]
      const { status, stdout, stderr } = spawnSync(program, words, { input: payload ?? '' })
      return Promise.resolve({ status: status ?? 1, stdout, stderr })
    },
  } as Session & { readonly runs: () => number }
}

test('a journal in a directory that cannot be looked into is given up at once', async () => {
  const directory = join(parent, 'closed')
  mkdirSync(directory)
  chmodSync(parent, 0o755)
  chmodSync(directory, 0o333)
  const session = ordinary()
  const journal = new Journal(join(directory, 'pending.json'))
  const owed = [{ host: 'one', playbook: 'site.yml', play: 'all', handler: 'restart', by: 'site.yml:1' }]
  expect(await journal.update(session, undefined, () => owed)).toBe(false)
  expect(session.runs()).toBe(3)
})
