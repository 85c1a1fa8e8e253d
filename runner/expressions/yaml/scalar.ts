/** What of a text decides how YAML can write it. */
export interface Analysis {
  readonly empty: boolean
  readonly multiline: boolean
  readonly flowPlain: boolean
  readonly blockPlain: boolean
  readonly singleQuoted: boolean
}

const breaks = '\n\x85\u2028\u2029'
const whitespace = `\0 \t\r${breaks}`

/** PyYAML's analysis of a scalar, rule by rule. */
export function analyze(text: string): Analysis {
  if (text === '')
    return { empty: true, multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true }
  let blockIndicators = text.startsWith('---') || text.startsWith('...')
  let flowIndicators = blockIndicators
  let lineBreaks = false
  let special = false
  let leading = false
  let trailing = false
  let breakSpace = false
  let spaceBreak = false
  let previousSpace = false
  let previousBreak = false
  const characters = Array.from(text)
  for (const [index, character] of characters.entries()) {
    const last = index === characters.length - 1
    const precededBySpace = index === 0 || whitespace.includes(characters[index - 1]!)
    const followedBySpace = last || whitespace.includes(characters[index + 1]!)
    if (index === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(character)) flowIndicators = blockIndicators = true
      if ('?:'.includes(character)) {
        flowIndicators = true
        blockIndicators ||= followedBySpace
      }
      if (character === '-' && followedBySpace) flowIndicators = blockIndicators = true
    } else {
      if (',?[]{}'.includes(character)) flowIndicators = true
      if (character === ':') {
        flowIndicators = true
        blockIndicators ||= followedBySpace
      }
      if (character === '#' && precededBySpace) flowIndicators = blockIndicators = true
    }
    if (breaks.includes(character)) lineBreaks = true
    if (!isPrintable(character)) special = true
    if (character === ' ') {
      leading ||= index === 0
      trailing ||= last
      breakSpace ||= previousBreak
      previousSpace = true
      previousBreak = false
    } else if (breaks.includes(character)) {
      leading ||= index === 0
      trailing ||= last
      spaceBreak ||= previousSpace
      previousSpace = false
      previousBreak = true
    } else previousSpace = previousBreak = false
  }
  const plain = !leading && !trailing && !breakSpace && !spaceBreak && !special && !lineBreaks
  return {
    empty: false,
    multiline: lineBreaks,
    flowPlain: plain && !flowIndicators,
    blockPlain: plain && !blockIndicators,
    singleQuoted: !breakSpace && !spaceBreak && !special,
  }
}

function isPrintable(character: string): boolean {
  if (character === '\n' || (character >= ' ' && character <= '~')) return true
  const code = character.codePointAt(0)!
  if (code === 0xfeff) return false
  return (
    code === 0x85 || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000
  )
}

const resolvers = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:<<|=|~|null|Null|NULL|)$/,
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
]

/** Whether the text, written plainly, would be read as something other than a text. */
export function isAmbiguous(text: string): boolean {
  return resolvers.some((resolver) => resolver.test(text))
}

const escapes: Record<string, string> = {
  '\0': '0',
  '\x07': 'a',
  '\x08': 'b',
  '\x09': 't',
  '\x0a': 'n',
  '\x0b': 'v',
  '\x0c': 'f',
  '\x0d': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

/** How a character stands in double quotes; undefined when it stands for itself. */
export function escapeCharacter(character: string): string | undefined {
  const isPlain =
    (character >= ' ' && character <= '~' && character !== '"' && character !== '\\') ||
    (character >= '\xa0' && character <= '\ud7ff' && character !== '\u2028' && character !== '\u2029') ||
    (character >= '\ue000' && character <= '\ufffd' && character !== '\ufeff')
  if (isPlain) return undefined
  const short = escapes[character]
  if (short !== undefined) return `\\${short}`
  const hex = character.codePointAt(0)!.toString(16).toUpperCase()
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
