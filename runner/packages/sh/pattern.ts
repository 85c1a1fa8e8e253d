/**
 * A shell pattern as a regular expression. A backslash makes the character after it stand for itself.
 *
 * @param anchors which ends of the text it must reach
 */
export function patternToRegExp(
  pattern: string,
  anchors: 'both' | 'start' | 'end' = 'both',
  lazy = false,
): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '\\') source += escape(pattern[++at] ?? '\\')
    else if (character === '*') source += lazy ? '[^]*?' : '[^]*'
    else if (character === '?') source += '[^]'
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) source += '\\['
      else {
        source += `[${pattern
          .slice(at + 1, end)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\')
          .replaceAll(/\[:(\w+):\]?/g, (_, name: string) => CLASSES[name] ?? '')}]`
        at = end
      }
    } else source += escape(character)
  }
  return new RegExp(`${anchors === 'end' ? '' : '^'}${source}${anchors === 'start' ? '' : '$'}`)
}

/** The same text with everything that a pattern gives a meaning made plain. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
}

/** Whether a pattern has a wildcard at all. */
export function hasWildcard(pattern: string): boolean {
  return /[*?]|\[[^\]]+\]/.test(pattern.replaceAll(/\\[^]/g, ''))
}

/** The plain text of a pattern without wildcards. */
export function unescapePattern(pattern: string): string {
  return pattern.replaceAll(/\\([^])/g, '$1')
}

export const CLASSES: Readonly<Record<string, string>> = {
  space: String.raw`\s`,
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  blank: String.raw` \t`,
  punct: String.raw`!-\/:-@\[-\`{-~`,
}

function escape(character: string): string {
  return character.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)
}
