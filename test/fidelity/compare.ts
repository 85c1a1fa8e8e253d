/** A result line as `--json` prints it, as far as the comparison needs it. */
export interface ResultLine {
  readonly type: 'result'
  readonly id: string
  readonly task: string
  readonly action: string
  readonly role?: string
  readonly host: string
  readonly item?: unknown
  readonly status: string
  readonly diff: readonly {
    readonly path: string
    readonly unified?: string
    readonly attributes?: unknown
  }[]
  readonly location: { readonly file: string; readonly line: number }
}

export interface Verdict {
  readonly task: string
  readonly host: string
  readonly place: string
  /** A command whose effect nobody can compute: not counted among the tasks that ought to be known. */
  readonly opaque: boolean
  readonly verdict: 'exact' | 'unknown' | 'wrong'
  /** What was predicted and what happened, where it was wrong. */
  readonly because?: string
}

const OPAQUE = new Set(['command', 'shell', 'raw', 'script'])

/** Holds each result of a dry run against the same task's result in the real run that followed. Pure. */
export function compare(predicted: readonly ResultLine[], happened: readonly ResultLine[]): Verdict[] {
  const real = new Map(happened.map((line) => [keyOf(line), line]))
  const verdicts = predicted.map((line) => {
    const other = real.get(keyOf(line))
    real.delete(keyOf(line))
    return judge(line, other)
  })
  // What happened though the dry run did not say so.
  for (const line of real.values()) {
    verdicts.push({ ...describe(line), verdict: 'wrong', because: `not foretold; was ${line.status}` })
  }
  return verdicts
}

export interface Tally {
  readonly exact: number
  readonly unknown: number
  readonly wrong: number
  /** Of the tasks that are no opaque commands, in 100. */
  readonly unknownShare: number
}

export function tally(verdicts: readonly Verdict[]): Tally {
  const count = (verdict: Verdict['verdict'], among = verdicts) =>
    among.filter((each) => each.verdict === verdict).length
  const plain = verdicts.filter(({ opaque }) => !opaque)
  return {
    exact: count('exact'),
    unknown: count('unknown'),
    wrong: count('wrong'),
    unknownShare: plain.length === 0 ? 0 : (100 * count('unknown', plain)) / plain.length,
  }
}

function judge(line: ResultLine, other: ResultLine | undefined): Verdict {
  const about = describe(line)
  if (line.status === 'unknown') return { ...about, verdict: 'unknown' }
  if (!other) return { ...about, verdict: 'wrong', because: `foretold as ${line.status}, did not happen` }
  if (line.status !== other.status) {
    return { ...about, verdict: 'wrong', because: `foretold as ${line.status}, was ${other.status}` }
  }
  const [before, after] = [JSON.stringify(line.diff, null, 1), JSON.stringify(other.diff, null, 1)]
  if (before !== after)
    return { ...about, verdict: 'wrong', because: `the diff differs:\n${firstDifference(before, after)}` }
  return { ...about, verdict: 'exact' }
}

function describe({ task, role, host, location, action, item }: ResultLine) {
  return {
    task: `${role === undefined ? '' : `${role} : `}${task}${item === undefined ? '' : ` (${JSON.stringify(item)})`}`,
    host,
    place: `${location.file}:${location.line}`,
    opaque: OPAQUE.has(action),
  }
}

function keyOf({ id, host, item }: ResultLine): string {
  return JSON.stringify([id, host, item ?? null])
}

function firstDifference(before: string, after: string): string {
  const [old, young] = [before.split('\n'), after.split('\n')]
  const at = old.findIndex((line, index) => line !== young[index])
  return `  foretold: ${old[at] ?? '(nothing)'}\n  happened: ${young[at] ?? '(nothing)'}`
}
