import { tally, type Verdict } from './compare.ts'

/** The table of a comparison: what was wrong and what was unknown by name, and the count of each. */
export function table(title: string, verdicts: readonly Verdict[]): string {
  const { exact, unknown, wrong, unknownShare } = tally(verdicts)
  const lines = verdicts
    .filter(({ verdict }) => verdict !== 'exact')
    .map(
      ({ verdict, host, task, place, because }) =>
        `  ${verdict.padEnd(8)}${host}  ${task}  ${place}${because === undefined ? '' : `\n           ${because}`}`,
    )
  const share = `${unknownShare.toFixed(1)} in 100 of what is no command unknown`
  return [`${title}: ${exact} exact, ${unknown} unknown, ${wrong} wrong (${share})`, ...lines].join('\n')
}
