import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { textOf } from '../../variables/text.ts'
import { type Dict, isDict } from '../../variables/value.ts'
import type { AuthorFiles } from '../author-files.ts'

export type BodyFormat = 'raw' | 'json' | 'form-urlencoded' | 'form-multipart'

/** A request's body, and the type that goes with it where it has one. */
export interface HttpBody {
  readonly bytes: Buffer
  readonly type?: string
}

/** A body as it is sent. @throws {RangeError} where it does not fit its format */
export function httpBody(body: unknown, format: BodyFormat, author: AuthorFiles): HttpBody {
  switch (format) {
    case 'json':
      return {
        bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        type: 'application/json',
      }
    case 'form-urlencoded':
      return { bytes: Buffer.from(urlEncoded(body)), type: 'application/x-www-form-urlencoded' }
    case 'form-multipart':
      if (!isDict(body)) throw new RangeError('the body of a form-multipart request must be a dictionary')
      return multipart(body, author)
    default:
      return { bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
  }
}

/** A dictionary, or a list of pairs; several values of one name go one after another. */
function urlEncoded(body: unknown): string {
  if (typeof body === 'string') return body
  const pairs: readonly (readonly unknown[])[] = isDict(body)
    ? Object.entries(body)
    : Array.isArray(body)
      ? (body as unknown[][])
      : []
  const flat = pairs.flatMap(([name, value]): [string, string][] =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => [textOf(name), textOf(each)]),
  )
  return new URLSearchParams(flat).toString()
}

/** @source https://www.rfc-editor.org/rfc/rfc7578 */
function multipart(fields: Dict, author: AuthorFiles): HttpBody {
  const boundary = randomBytes(16).toString('hex')
  const parts = Object.entries(fields).flatMap(([name, field]) => {
    const { bytes, filename, type } = part(name, field, author)
    const quoted = (text: string) => text.replaceAll(/[\r\n"]/g, (letter) => encodeURIComponent(letter))
    const head = [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${quoted(name)}"${filename === undefined ? '' : `; filename="${quoted(filename)}"`}`,
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ]
    return [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes, Buffer.from('\r\n')]
  })
  return {
    bytes: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

/** A text, or a dictionary with `content`, `filename` (a file of this side where there is no content), `mime_type`. */
function part(name: string, field: unknown, author: AuthorFiles) {
  if (!isDict(field)) return { bytes: Buffer.from(textOf(field)) }
  const { filename, content, mime_type } = field
  if (filename === undefined && content === undefined)
    throw new RangeError(`the field '${name}' needs 'content' or 'filename'`)
  const bytes =
    content === undefined ? author.find('files', textOf(filename)).bytes : Buffer.from(textOf(content))
  return {
    bytes,
    filename: filename === undefined ? undefined : basename(textOf(filename)),
    type: mime_type === undefined ? 'application/octet-stream' : textOf(mime_type),
  }
}
