import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { gunzipSync, inflateSync } from 'node:zlib'
import type { World } from '../outcome.ts'

// Loaded when a request is made, and not by `import`, for which Node would load all it has for the web.
const require = createRequire(import.meta.url)
const http = () => require('node:http') as typeof import('node:http')
const tls = () => require('node:tls') as typeof import('node:tls')

export interface HttpRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly seconds: number
  /** Whether the certificate must be good. */
  readonly verify: boolean
  /** Redirections followed at most. */
  readonly redirects: number
  /** PEM text of the authorities to trust. */
  readonly authorities?: Buffer
  /** What this side shows of itself, as PEM text. */
  readonly certificate?: { readonly cert: Buffer; readonly key: Buffer }
  /** As OpenSSL names them, with colons between. */
  readonly ciphers?: string
  /** Headers, in lower case, that are for the first address alone. */
  readonly unredirected?: readonly string[]
  /** Whether what comes compressed is unpacked. @default true */
  readonly decompress?: boolean
  /** A Unix socket on the host. */
  readonly socket?: string
}

export interface HttpAnswer {
  readonly status: number
  readonly statusText: string
  /** Header names in lower case; several lines of one name are joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The address that answered, after redirections. */
  readonly url: string
  readonly redirected: boolean
  /** Names and values. */
  readonly cookies: readonly (readonly [string, string])[]
  /** How long it took. */
  readonly seconds: number
}

/**
 * Sends a request as if from the host: through the connection to it, so nothing needs to be installed there.
 *
 * @returns the answer, or why there is none
 */
export async function requestFrom(
  world: World,
  request: HttpRequest,
): Promise<HttpAnswer | { readonly error: string }> {
  let { url, method, body, headers } = request
  const began = performance.now()
  for (let followed = 0; ; followed++) {
    let answer: OneAnswer
    try {
      answer = await requestOnce(world, { ...request, url, method, body, headers })
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
    const location = answer.headers['location']
    if (
      ![301, 302, 303, 307, 308].includes(answer.status) ||
      location === undefined ||
      followed >= request.redirects
    )
      return { ...answer, redirected: followed > 0, seconds: (performance.now() - began) / 1000 }
    const next = new URL(location, url)
    if (next.protocol !== 'http:' && next.protocol !== 'https:')
      return { error: `the answer leads to ${next.href}, which is neither http nor https` }
    // What is meant for one host is not told to another.
    if (next.host !== url.host || next.protocol !== url.protocol) headers = without(headers, CREDENTIALS)
    headers = without(headers, request.unredirected ?? [])
    url = next
    if (answer.status === 303 || (answer.status < 303 && method === 'POST')) {
      method = 'GET'
      body = undefined
    }
  }
}

type OneAnswer = Omit<HttpAnswer, 'redirected' | 'seconds'>

const CREDENTIALS = ['authorization', 'cookie']

function without(
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())))
}

async function requestOnce(world: World, request: HttpRequest): Promise<OneAnswer> {
  const { url, method, headers, body, seconds, decompress = true } = request
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(seconds * 1000)])
  const socket = await streamTo(world, request, signal)
  try {
    return await new Promise<OneAnswer>((resolve, reject) => {
      const sent = http().request(
        {
          // The stream is connected already, and encrypted where the address says so.
          createConnection: () => socket,
          method,
          path: `${url.pathname}${url.search}`,
          headers: {
            host: url.host,
            ...headers,
            connection: 'close',
            ...(body ? { 'content-length': String(body.length) } : {}),
          },
          signal,
        },
        (response) => collect(response, url, decompress).then(resolve, reject),
      )
      sent.on('error', (error) =>
        reject(signal.aborted && !world.signal.aborted ? new Error(`no answer within ${seconds} s`) : error),
      )
      sent.end(body)
    })
  } finally {
    socket.destroy()
  }
}

async function streamTo(
  world: World,
  { url, verify, authorities, certificate, ciphers, socket, seconds }: HttpRequest,
  signal: AbortSignal,
): Promise<Duplex> {
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const opened = socket === undefined ? world.open(name, port) : world.open(socket, 0)
  const stream = await Promise.race([opened, timeout(signal, seconds)])
  if (!secure) return stream
  return new Promise((resolve, reject) => {
    const encrypted = tls().connect(
      {
        socket: stream,
        servername: isIP(name) ? '' : name,
        host: name,
        rejectUnauthorized: verify,
        ca: authorities,
        ...certificate,
        ...(ciphers === undefined ? {} : { ciphers }),
      },
      () => resolve(encrypted),
    )
    encrypted.once('error', reject)
  })
}

function timeout(signal: AbortSignal, seconds: number): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${seconds} s`)), { once: true })
  })
}

async function collect(response: IncomingMessage, url: URL, decompress: boolean): Promise<OneAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: decompress
      ? unpacked(Buffer.concat(chunks), response.headers['content-encoding'])
      : Buffer.concat(chunks),
    url: url.href,
    cookies: (response.headers['set-cookie'] ?? []).map((line) => {
      const [name = '', ...value] = line.split(';')[0]!.split('=')
      return [name.trim(), value.join('=').trim()]
    }),
  }
}

function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body)
  if (encoding === 'deflate') return inflateSync(body)
  return body
}
