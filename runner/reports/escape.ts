/**
 * Makes invisible characters visible: C0 and C1 controls, terminal escapes, bidirectional controls, zero-width
 * characters and lone surrogates. Line feeds and tabs are kept. Text from a host must go through here (or through
 * `escapeLine`) before it is printed, or it could move the cursor, hide lines or forge results.
 */
export function escapeText(text: string): string {
  return text.replace(INVISIBLE, name)
}

/** The same for text that has to stay on one line: line feeds and tabs are escaped as well. */
export function escapeLine(text: string): string {
  return escapeText(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'))
}

/**
 * Escapes what `JSON.stringify` leaves raw but a terminal would obey (DEL, C1, bidirectional controls), as `\uXXXX`,
 * so that the text stays JSON and means the same.
 */
export function escapeJson(json: string): string {
  return json.replace(INVISIBLE, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => unit(character, at)).join(''),
  )
}

const INVISIBLE =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu

function name(character: string): string {
  const code = character.codePointAt(0)!
  if (character === '\r') return '\\r'
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? unit(character, 0) : `\\u{${code.toString(16)}}`
}

function unit(character: string, at: number): string {
  return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
}
