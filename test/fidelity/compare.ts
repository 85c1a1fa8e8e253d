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
  readonly diff: readonly DiffLine[]
  readonly result?: unknown
  /** Of a look that is taken to pass: what its result holds beside what is said is left open. */
  readonly because?: unknown
  readonly location: { readonly file: string; readonly line: number }
}

interface DiffLine {
  readonly path: string
  readonly before?: string | null
  readonly unified?: string
  readonly attributes?: unknown
  readonly unknown?: unknown
}

/** A prediction that the real run found not borne out when it looked again. */
export interface MispredictedLine {
  readonly type: 'mispredicted'
  readonly host: string
  readonly task: { readonly name: string; readonly location: ResultLine['location'] }
  readonly resource: string
  readonly predicted: string
  readonly observed: string
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
export function compare(
  predicted: readonly ResultLine[],
  happened: readonly (ResultLine | MispredictedLine)[],
): Verdict[] {
  const results = happened.filter((line) => line.type === 'result')
  const real = new Map(results.map((line) => [keyOf(line), line]))
  const verdicts = predicted.map((line) => {
    const other = real.get(keyOf(line))
    real.delete(keyOf(line))
    return judge(line, other)
  })
  // What happened though the dry run did not say so.
  const unforeseen = predicted.some(({ status }) => status === 'unknown')
  for (const line of real.values()) {
    const about = describe(line)
    // What an unknown decides (an include, a loop's items, a rescue) can only be seen in the real run.
    if (unforeseen) verdicts.push({ ...about, verdict: 'unknown' })
    else verdicts.push({ ...about, verdict: 'wrong', because: `not foretold; was ${line.status}` })
  }
  for (const line of happened) {
    if (line.type !== 'mispredicted') continue
    const { task, host, resource, predicted: said, observed } = line
    verdicts.push({
      task: task.name,
      host,
      place: `${task.location.file}:${task.location.line}`,
      opaque: false,
      verdict: 'wrong',
      because: `${resource}: predicted ${said}, observed ${observed}`,
    })
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
    const said = (other.result as { msg?: unknown } | undefined)?.msg
    return {
      ...about,
      verdict: 'wrong',
      because: `foretold as ${line.status}, was ${other.status}${typeof said === 'string' ? `: ${said}` : ''}`,
    }
  }
  const [before, after] = [line.diff, known(other.diff, line.diff)].map((diff) =>
    JSON.stringify(
      diff.map((each) => visible(each)),
      null,
      1,
    ),
  )
  if (before !== after)
    return { ...about, verdict: 'wrong', because: `the diff differs:\n${firstDifference(before!, after!)}` }
  const odd =
    line.status === 'failed'
      ? undefined
      : differing(line.result, line.because ? among(line.result, other.result) : other.result)
  return odd === undefined
    ? { ...about, verdict: 'exact' }
    : { ...about, verdict: 'wrong', because: `the result differs: ${odd}` }
}

function among(predicted: unknown, happened: unknown): unknown {
  if (!isDict(predicted) || !isDict(happened)) return happened
  return Object.fromEntries(Object.entries(happened).filter(([key]) => Object.hasOwn(predicted, key)))
}

// What a diff says it does not know is no claim.
function known(diff: readonly DiffLine[], predicted: readonly DiffLine[]): DiffLine[] {
  return diff.map((each, index) =>
    predicted[index]?.unknown === undefined ? each : { ...each, unknown: predicted[index].unknown },
  )
}

function visible({ path, before, unified, attributes, unknown }: DiffLine) {
  // How old an index is depends on the moment.
  if (path === 'package index') return { path }
  return unknown === undefined
    ? { path, unified, attributes }
    : { path, before, attributes: Array.isArray(attributes) ? attributes.map(forget) : attributes }
}

function forget(attribute: { name: string; before: unknown }) {
  return { name: attribute.name, before: attribute.before }
}

/** Times of what was measured, facts, which tell of the moment, and what a server says anew in every answer. */
const FLEETING = new Set(
  'atime ctime start end delta elapsed ansible_facts attempts date x_request_id timestamp uptime_seconds'.split(
    ' ',
  ),
)

/** Where a result says something else than was foretold: the first such place, or undefined. */
export function differing(predicted: unknown, happened: unknown, at = ''): string | undefined {
  if (predicted === '(unknown)') return undefined
  if (!isDict(predicted) || !isDict(happened)) {
    if (Array.isArray(predicted) && Array.isArray(happened) && predicted.length === happened.length) {
      return predicted
        .map((each, index) => differing(each, happened[index], `${at}[${index}]`))
        .find((each) => each !== undefined)
    }
    const [said, was] = [JSON.stringify(predicted), JSON.stringify(happened)]
    // Text into which an unknown was put.
    if (said === was || said?.includes('(unknown)')) return undefined
    return `${at}: foretold ${said}, was ${was}`
  }
  for (const key of new Set([...Object.keys(predicted), ...Object.keys(happened)])) {
    if (FLEETING.has(key)) continue
    const odd = differing(predicted[key], happened[key], `${at}.${key}`)
    if (odd !== undefined) return odd
  }
  return undefined
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
