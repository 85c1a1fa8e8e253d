/** Marks the job below it as the one of that name, as Ansible does. */
const MARK = '#Ansible: '

/** The lines of a crontab with a job of that name in them; undefined when it is there already. */
export function withJob(lines: readonly string[], name: string, job: string): readonly string[] | undefined {
  const found = findJob(lines, name)
  if (found === job) return undefined
  if (found !== undefined) return replaceJob(lines, name, [`${MARK}${name}`, job])
  const at = lines.indexOf(job)
  if (at < 0) return [...lines, `${MARK}${name}`, job]
  // The same job without a name is given this one.
  const before = lines[at - 1]
  if (before === undefined || !before.startsWith(MARK)) return lines.toSpliced(at, 0, `${MARK}${name}`)
  if (before === `${MARK}None` || before === MARK) return lines.with(at - 1, `${MARK}${name}`)
  return [...lines, `${MARK}${name}`, job]
}

/** The lines without the job of that name; undefined when there is none. */
export function withoutJob(lines: readonly string[], name: string): readonly string[] | undefined {
  return findJob(lines, name) === undefined ? undefined : replaceJob(lines, name, [])
}

export interface VariablePlace {
  readonly insertafter?: string
  readonly insertbefore?: string
}

/**
 * The lines with a variable set; undefined when it is so already. A new one goes to the top, or beside another.
 *
 * @throws {RangeError} when that other is not there
 */
export function withVariable(
  lines: readonly string[],
  name: string,
  value: string,
  { insertafter, insertbefore }: VariablePlace,
): readonly string[] | undefined {
  const declaration = `${name}="${value}"`
  const at = findVariable(lines, name)
  if (at >= 0) {
    if (lines[at] === declaration) return undefined
    return lines.map((line) => (line.startsWith(`${name}=`) ? declaration : line))
  }
  const other = insertafter ?? insertbefore
  if (other === undefined) return [declaration, ...lines]
  const place = findVariable(lines, other)
  if (place < 0) throw new RangeError(`Variable named '${other}' not found.`)
  return lines.toSpliced(insertafter === undefined ? place : place + 1, 0, declaration)
}

/** The lines without a variable; undefined when it is not set. */
export function withoutVariable(lines: readonly string[], name: string): readonly string[] | undefined {
  return findVariable(lines, name) < 0 ? undefined : lines.filter((line) => !line.startsWith(`${name}=`))
}

/** The names of the jobs, and of the variables. */
export function namesIn(lines: readonly string[]): { jobs: string[]; envs: string[] } {
  return {
    jobs: lines.filter((line) => line.startsWith(MARK)).map((line) => line.slice(MARK.length)),
    envs: lines.flatMap((line) => /^(\S+?)=/.exec(line)?.[1] ?? []),
  }
}

/** A time field that cron would refuse, with why; undefined when all are fine. */
export function badTime(times: Readonly<Record<keyof typeof LIMITS, string>>): string | undefined {
  for (const [field, [low, high, words]] of Object.entries(LIMITS)) {
    const written = times[field as keyof typeof LIMITS]
    for (const part of written.split(',')) {
      const match = /^(?:\*|(\w+)(?:[-~](\w+))?)(?:\/(\d+))?$/.exec(part)
      const numbers = [match?.[1], match?.[2]].flatMap((each) =>
        each === undefined ? [] : [numberOf(each, words, low)],
      )
      if (!match || numbers.some((number) => !(number >= low && number <= high)))
        return `bad ${field} '${written}': ${low} to ${high}, with * , - and / as in crontab(5)`
    }
  }
  return undefined
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const LIMITS = {
  minute: [0, 59, []],
  hour: [0, 23, []],
  day: [1, 31, []],
  month: [1, 12, MONTHS],
  weekday: [0, 7, DAYS],
} as const satisfies Record<string, readonly [number, number, readonly string[]]>

function numberOf(word: string, words: readonly string[], low: number): number {
  if (/^\d+$/.test(word)) return Number(word)
  const index = words.indexOf(word.toLowerCase())
  return index < 0 ? Number.NaN : index + low
}

function findJob(lines: readonly string[], name: string): string | undefined {
  for (let index = 0; index < lines.length - 1; index++) {
    if (!lines[index]!.startsWith(MARK)) continue
    index++
    if (lines[index - 1] === `${MARK}${name}`) return lines[index]
  }
  return undefined
}

// The line after the mark is the job, whatever it is.
function replaceJob(lines: readonly string[], name: string, by: readonly string[]): string[] {
  const result: string[] = []
  for (let index = 0; index < lines.length; index++) {
    if (lines[index] !== `${MARK}${name}`) result.push(lines[index]!)
    else {
      if (index + 1 < lines.length) result.push(...by)
      index++
    }
  }
  return result
}

function findVariable(lines: readonly string[], name: string): number {
  return lines.findIndex((line) => line.startsWith(`${name}=`))
}
