import type { Machines } from '../hosts/machine.ts'
import { compare, type MispredictedLine, type ResultLine, type Verdict } from './compare.ts'

/** A dry run of a playbook, then the real run, on the machines as they are; and how the one foretold the other. */
export async function rehearse(machines: Machines, playbook: string, ...words: string[]): Promise<Verdict[]> {
  const dry = await machines.play(playbook, '--check', '--diff', '--json', ...words)
  const real = await machines.play(playbook, '--diff', '--json', ...words)
  if (real.stdout === '') throw new Error(`the run did not come to anything:\n${real.stderr}`)
  return compare(results(dry.stdout), outcomes(real.stdout))
}

/** The results among a run's lines. */
export function results(output: string): ResultLine[] {
  return outcomes(output).filter((line) => line.type === 'result')
}

/** The results and mispredictions among a run's lines. */
export function outcomes(output: string): (ResultLine | MispredictedLine)[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ResultLine | MispredictedLine)
    .filter(({ type }) => type === 'result' || type === 'mispredicted')
}
