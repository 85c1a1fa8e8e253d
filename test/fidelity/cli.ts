import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Machines } from '../hosts/machine.ts'
import { tally } from './compare.ts'
import { rehearse } from './rehearse.ts'
import { enter, type HostState, STATES } from './states.ts'
import { table } from './table.ts'

/**
 * `npm run fidelity -- [PLAYBOOK] [--suite bookworm|trixie] [--state bare --state converged …]`: on a fresh machine, a
 * dry run and then the real run, from one state of the machine after the other, and a table for each of how well the
 * one foretold the other. Exits with 1 when anything was wrong.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', default: 'bookworm' },
    state: { type: 'string', multiple: true, default: [...STATES] },
  },
})
const suite = values.suite === 'trixie' ? 'trixie' : 'bookworm'
const playbook = resolve(positionals[0] ?? 'playbooks/site.yml')

const machines = new Machines()
try {
  await machines.up(['web1'], suite)
  for (const state of values.state as HostState[]) {
    await enter(state, machines, playbook)
    const verdicts = await rehearse(machines, playbook)
    console.log(table(`${suite}, ${state}`, verdicts))
    if (tally(verdicts).wrong > 0) process.exitCode = 1
  }
} finally {
  await machines.down()
}
