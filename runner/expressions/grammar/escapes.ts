import { PYTHON_ESCAPES } from '../../variables/python-escapes.ts'

const escape = /\\(?:([\n\\'"abfnrtv])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g

/** Python's escapes in a string literal; unknown ones keep their backslash. */
export function unescapePython(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(escape, (_, letter?: string, octal?: string, ...hex: (string | undefined)[]) => {
    if (letter !== undefined) return PYTHON_ESCAPES[letter]!
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return String.fromCodePoint(Number.parseInt((hex[0] ?? hex[1] ?? hex[2])!, 16))
  })
}
