import { CLASSES } from '../sh/pattern.ts'

export interface RegExpOptions {
  readonly extended?: boolean
  readonly fixed?: boolean
  readonly ignoreCase?: boolean
  /** The whole line must match. */
  readonly whole?: boolean
  readonly word?: boolean
  readonly global?: boolean
}

/** A regular expression of grep or sed as one of JavaScript; undefined when it is none. */
export function posixRegExp(pattern: string, options: RegExpOptions): RegExp | undefined {
  const { fixed, extended, whole, word } = options
  // Several lines are several patterns.
  const source = pattern
    .split('\n')
    .map((each) =>
      fixed ? each.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`) : translate(each, extended ?? false),
    )
    .join('|')
  const bounded = whole ? `^(?:${source})$` : word ? `\\b(?:${source})\\b` : source
  try {
    return new RegExp(bounded, `${options.ignoreCase ? 'i' : ''}${options.global ? 'g' : ''}`)
  } catch {
    return undefined
  }
}

// In a basic expression the special characters are those behind a backslash; in an extended one the bare ones.
function translate(pattern: string, extended: boolean): string {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '[') {
      const end = closing(pattern, at)
      source += bracket(pattern.slice(at + 1, end))
      at = end
    } else if (character === '\\') {
      const next = pattern[++at] ?? '\\'
      if (!extended && '(){}|+?'.includes(next)) source += next
      else if (/[1-9wWsSbB]/.test(next)) source += `\\${next}`
      else if (next === '<' || next === '>') source += '\\b'
      else if (next === 'n' || next === 't') source += `\\${next}`
      else source += next.replace(/[$()*+./?[\\\]^{|}-]/, String.raw`\$&`)
    } else if (!extended && '(){}|+?'.includes(character)) source += `\\${character}`
    else if (character === '*' && (source === '' || source.endsWith('('))) source += '\\*'
    else source += character
  }
  return source
}

function closing(pattern: string, open: number): number {
  let at = open + 1
  if (pattern[at] === '^') at++
  if (pattern[at] === ']') at++
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '[' && pattern[at + 1] === ':') at = pattern.indexOf(':]', at) + 1
    at++
  }
  return at
}

function bracket(inside: string): string {
  const negated = inside.startsWith('^')
  const set = (negated ? inside.slice(1) : inside)
    .replaceAll('\\', '\\\\')
    .replaceAll(/\[:(\w+):\]/g, (_, name: string) => CLASSES[name] ?? '')
    .replaceAll(/\[(?!:)/g, '\\[')
    .replace(/^\]/, '\\]')
  return `[${negated ? '^' : ''}${set}]`
}
