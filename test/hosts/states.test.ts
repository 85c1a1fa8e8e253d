import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tally } from '../fidelity/compare.ts'
import { rehearse } from '../fidelity/rehearse.ts'
import { enter, STATES } from '../fidelity/states.ts'
import { table } from '../fidelity/table.ts'
import { Machines } from './machine.ts'

const site = resolve(import.meta.dirname, '../../playbooks/site.yml')

// What a dry run says of all six roles, from whatever state of the host. Of the bare one, site.test.ts tells.
describe.each(['bookworm', 'trixie'] as const)('a dry run of site.yml is right on %s', (suite) => {
  const machines = new Machines()
  beforeAll(async () => {
    await machines.up(['web1'], suite)
    const run = await machines.play(site)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  })
  afterAll(() => machines.down())

  test.each(STATES.filter((state) => state !== 'bare'))('about a host that is %s', async (state) => {
    await enter(state, machines, site)
    const verdicts = await rehearse(machines, site)
    const shown = table(`${suite}, ${state}`, verdicts)
    expect(
      verdicts.filter(({ verdict }) => verdict === 'wrong'),
      shown,
    ).toEqual([])
    expect(tally(verdicts).unknownShare, shown).toBeLessThanOrEqual(2)
    // What was compared is the whole play.
    expect(verdicts.length, shown).toBeGreaterThan(150)
  })
})
