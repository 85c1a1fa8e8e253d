/**
 * Text in an encoding by its Python or WHATWG name: UTF-8, UTF-16, and every encoding of one byte a character.
 *
 * @throws {RangeError} when there is no such encoding, or it has no sign for a character
 */
export function encode(text: string, encoding: string): Buffer {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  if (/^utf-?8$/.test(name)) return Buffer.from(text)
  if (/^utf-?16-?le$/.test(name)) return Buffer.from(text, 'utf16le')
  if (/^(?:ascii|us-ascii)$/.test(name))
    return encodeBy(text, encoding, (byte) => (byte < 128 ? byte : undefined))
  if (/^(?:latin-?1|iso-?8859-1)$/.test(name)) return encodeBy(text, encoding, (byte) => byte)
  const points = singleBytePoints(name, encoding)
  return encodeBy(text, encoding, (byte) => points[byte])
}

/** @param pointOf the character that a byte stands for */
function encodeBy(text: string, encoding: string, pointOf: (byte: number) => number | undefined): Buffer {
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [pointOf(byte), byte]))
  return Buffer.from(
    Array.from(text, (character) => {
      const byte = bytes.get(character.codePointAt(0))
      if (byte === undefined) throw new RangeError(`'${character}' cannot be written in ${encoding}`)
      return byte
    }),
  )
}

function singleBytePoints(name: string, encoding: string): number[] {
  const labels = [name, name.replace(/^cp-?(125\d)$/, 'windows-$1'), name.replace(/^iso8859-/, 'iso-8859-')]
  for (const label of labels) {
    try {
      const decoder = new TextDecoder(label, { fatal: false })
      const text = Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)))
      if (text.every((each) => each.length === 1)) return text.map((each) => each.codePointAt(0)!)
    } catch {
      // The next name.
    }
  }
  throw new RangeError(`the encoding '${encoding}' is not known here`)
}
