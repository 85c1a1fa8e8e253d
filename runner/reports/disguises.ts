/**
 * The spellings in which a secret turns up in output: as it is, base64 (at any of the three alignments, wrapped too),
 * base64url, hexadecimal, percent-encoded, inside JSON, quoted for a shell, and in HTML. Of a secret of several lines
 * each line as well: programs print keys line by line.
 */
export function disguises(secret: string): Set<string> {
  const text = secret.trim()
  const found = new Set([text, ...textual(text), ...binary(text), ...binary(secret)])
  const lines = text.split('\n').map((line) => line.trim())
  if (lines.length > 1) {
    for (const line of lines.filter((line) => isTelling(line))) {
      for (const spelling of [line, ...textual(line)]) found.add(spelling)
    }
  }
  found.delete('')
  return found
}

/** A line worth masking by itself: not a PEM armour, a separator or a lone bracket. */
function isTelling(line: string): boolean {
  return line.length >= 4 && /[\p{L}\p{N}]/u.test(line) && !/^-----(BEGIN|END) [^-]*-----$/.test(line)
}

function textual(text: string): string[] {
  const well = text.toWellFormed()
  const percent = encodeURIComponent(well)
  const strict = percent.replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(
    /[\u007f-\uffff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const form = strict.replaceAll('%20', '+')
  return [
    ...[percent, strict, form, encodeURI(well)].flatMap((each) => [each, lowerPercent(each)]),
    ...[json, ascii, json.replaceAll('/', '\\/')].flatMap((each) => [
      each,
      JSON.stringify(each).slice(1, -1),
    ]),
    ...shell(text),
    ...html(text),
  ]
}

function lowerPercent(text: string): string {
  return text.replaceAll(/%[\dA-F]{2}/g, (each) => each.toLowerCase())
}

/** Inside single quotes (in the two usual ways to write a single quote), inside double quotes, and by backslashes. */
function shell(text: string): string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/["$`\\]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./\n-]/g, '\\$&'),
  ]
}

function html(text: string): string[] {
  const tags = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = tags.replaceAll('"', '&quot;')
  return [
    tags,
    quoted,
    ...['&#39;', '&#x27;', '&apos;', '&#039;'].map((quote) => quoted.replaceAll("'", quote)),
    tags.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

function binary(text: string): string[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  const base64 = [bytes.toString('base64'), ...[0, 1, 2].map((offset) => aligned(bytes, offset))]
  return [
    hex,
    hex.toUpperCase(),
    ...base64.flatMap((each) => {
      const url = each.replaceAll('+', '-').replaceAll('/', '_')
      return [each, each.replace(/=+$/, ''), url, url.replace(/=+$/, ''), ...wrapped(each)]
    }),
  ].filter((each) => each.length >= 4)
}

/** The base64 digits that are the secret's alone when `offset` bytes of other text come before it, and some after. */
function aligned(bytes: Buffer, offset: number): string {
  const bits = (offset + bytes.length) * 8
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  return digits.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6))
}

/** The lines of `base64` (76 digits) and `openssl` (64). */
function wrapped(digits: string): string[] {
  return [64, 76].flatMap((width) =>
    digits.length <= width ? [] : (digits.match(new RegExp(`.{8,${width}}`, 'g')) ?? []),
  )
}
