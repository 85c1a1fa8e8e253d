import { Failure } from '../items.ts'

export interface RegexOptions {
  readonly ignoreCase?: boolean
  readonly multiline?: boolean
  /** Made for `matchAll`; one that is used again and again with `exec` or `test` must not be. @default true */
  readonly global?: boolean
}

/**
 * A regular expression in Python's syntax as a JavaScript one: named groups and references, `\\A` and `\\Z`, flags at
 * the beginning. What both languages share passes as it is.
 *
 * @throws {Failure} when it is no regular expression
 */
export function pythonRegex(
  source: string,
  { ignoreCase, multiline, global = true }: RegexOptions = {},
): RegExp {
  const flags = new Set([...(global ? 'g' : ''), ...(ignoreCase ? 'i' : ''), ...(multiline ? 'm' : '')])
  const body = source.replace(/^\(\?([aiLmsux]+)\)/, (_, inline: string) => {
    for (const flag of inline) if ('ims'.includes(flag)) flags.add(flag)
    return ''
  })
  try {
    return new RegExp(translate(body), [...flags].join(''))
  } catch (error) {
    throw new Failure(`'${source}' is no regular expression: ${(error as Error).message}`)
  }
}

/** What a group, by number or name, has matched; empty when it took no part. */
export function groupOf(match: RegExpMatchArray, group: string): string {
  return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? ''
}

function translate(source: string): string {
  return source.replaceAll(
    /\\([\s\S])|\(\?P<(\w+)>|\(\?P=(\w+)\)|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g,
    (whole: string, escaped?: string, group?: string, reference?: string) => {
      if (escaped === 'A') return '(?<![\\s\\S])'
      if (escaped === 'Z') return '(?![\\s\\S])'
      if (group !== undefined) return `(?<${group}>`
      if (reference !== undefined) return `\\k<${reference}>`
      // `[]a]` and `[^]a]` hold a bracket in Python.
      if (whole.startsWith('[]')) return `[\\]${whole.slice(2)}`
      if (whole.startsWith('[^]')) return `[^\\]${whole.slice(3)}`
      return whole
    },
  )
}

/** Python's replacement text (`\1`, `\g<name>`) filled in from a match. */
export function expandReplacement(replacement: string, match: RegExpMatchArray): string {
  return replacement.replaceAll(
    /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g,
    (whole: string, name?: string, number?: string, escaped?: string) => {
      if (name !== undefined) return groupOf(match, name)
      if (number !== undefined) return match[Number(number)] ?? ''
      const known: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }
      return known[escaped!] ?? whole
    },
  )
}
