import { execFileSync } from 'node:child_process'
import { play } from '../engine/play.ts'
import { compare, type MispredictedLine, type ResultLine, type Verdict } from './compare.ts'
import type { Generated } from './generate.ts'

/** A dry run of a generated play on this machine, then the real run, and how the one foretold the other. */
export async function rehearseLocally({ playbook, before }: Generated): Promise<Verdict[]> {
  execFileSync('sh', ['-c', before])
  const dry = await play(playbook, { check: true, diff: true })
  const real = await play(playbook, { diff: true })
  return compare(lines(dry.events) as ResultLine[], lines(real.events))
}

function lines(events: readonly object[]): (ResultLine | MispredictedLine)[] {
  return (events as (ResultLine | MispredictedLine)[]).filter(
    ({ type }) => type === 'result' || type === 'mispredicted',
  )
}
