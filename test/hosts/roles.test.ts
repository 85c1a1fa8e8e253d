import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Machines, recap } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')
const names = ['bookworm', 'trixie'] as const

// On hosts that nobody has touched, both releases side by side.
describe('a role alone', () => {
  const machines = new Machines()
  beforeAll(() =>
    machines.upInGroups(
      {},
      names.map((suite) => ({ name: suite, suite })),
    ),
  )
  beforeEach(() => Promise.all(names.map((name) => machines.reset(name))))
  afterAll(() => machines.down())

  test.each(readdirSync(roles))('%s does what it foretells, and then nothing more', async (role) => {
    const play = machines.write(
      'alone.yml',
      `
- hosts: all
  become: true
  pre_tasks:
    - apt: { cache_valid_time: 86400 }
  roles: [${roles}/${role}]
`,
    )
    const foretold = await machines.play(play, '--check')
    const done = await machines.play(play)
    const again = await machines.play(play)
    for (const name of names) {
      expect(recap(foretold, name), foretold.stdout).toMatchObject({ failed: 0, unreachable: 0 })
      expect(recap(done, name), done.stdout).toMatchObject({ failed: 0, unreachable: 0 })
      expect(recap(again, name), again.stdout).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    }
    expect(done.stdout).not.toContain('NOT AS PREDICTED')
    for (const name of names) {
      const { unknown, changed } = recap(foretold, name)
      expect(changed! + unknown!, foretold.stdout).toBeGreaterThanOrEqual(recap(done, name)['changed']!)
    }
  })
})
