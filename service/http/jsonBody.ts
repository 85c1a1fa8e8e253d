import type { Request } from 'express'
import { HttpError } from './httpError.ts'

/**
 * Reads a JSON body of limited size. One that is too large is refused at once; Express's own parser first reads it to
 * its end. Rejects with an {@link HttpError}.
 */
export async function readJson(req: Request, limit: number): Promise<unknown> {
  if (!req.is('application/json')) {
    throw new HttpError(415, 'unsupported_media_type', 'The body must be of type application/json.')
  }
  if (req.headers['content-encoding'] !== undefined) {
    throw new HttpError(415, 'unsupported_encoding', 'The body must not be compressed.')
  }
  return parse(await readBytes(req, limit))
}

function readBytes(req: Request, limit: number): Promise<Buffer> {
  const tooLarge = () => new HttpError(413, 'body_too_large', `The body is larger than ${limit} bytes.`)
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= limit) return
      // The rest is thrown away as it comes.
      req.off('data', onData)
      req.resume()
      reject(tooLarge())
    }
    req.on('data', onData)
    req.once('end', () => resolve(Buffer.concat(chunks)))
    req.once('close', () => reject(new HttpError(400, 'aborted', 'The body ended too early.')))
    req.once('error', () => reject(new HttpError(400, 'aborted', 'The body ended too early.')))
  })
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new HttpError(400, 'invalid_json', 'The body is not valid JSON in UTF-8.')
  }
}
