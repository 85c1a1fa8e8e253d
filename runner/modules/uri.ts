import { args, bool, choice, dict, int, item, list, optional, path, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, look, type ModuleResult, opaque } from './outcome.ts'
import { requestFrom, type HttpAnswer, type HttpRequest } from './support/http.ts'

const schema = args({
  url: text('The address.'),
  method: text('The method.', { default: 'GET' }),
  body: optional(raw('What is sent.')),
  body_format: choice(
    ['raw', 'json', 'form-urlencoded', 'form-multipart'],
    'How a structured body is written.',
    { default: 'raw' },
  ),
  headers: dict('More header lines.', { default: {} }),
  status_code: list(item.int, 'The answers that are good.', { default: [200] }),
  return_content: bool('Return the body as `content`.', { default: false }),
  timeout: int('Seconds to wait.', { default: 30 }),
  validate_certs: bool('Check the certificate.', { default: true }),
  follow_redirects: text('all, safe, none, urllib2.', { default: 'safe' }),
  url_username: optional(text('User for basic authentication.', { aliases: ['user'] })),
  url_password: optional(text('Password for basic authentication.', { aliases: ['password'] })),
  force_basic_auth: bool('Accepted; credentials are sent at once.', { default: false }),
  unix_socket: optional(path('A Unix socket of the host to send the request to.')),
  http_agent: text('The User-Agent line.', { default: 'rehearsal' }),
  use_proxy: bool('Accepted; no proxy is used.', { default: true }),
  force: bool('Accepted; nothing is cached.', { default: false }),
  ca_path: optional(path('PEM file on this side with the authorities to trust.')),
})

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export default defineModule({
  name: 'uri',
  summary: 'Sends an HTTP request from the host and looks at the answer.',
  preview:
    'asks, as a real run does, when the method changes nothing and no earlier change is pending; else the result is unknown.',
  args: schema,
  plan: (given) => {
    const method = given.method.toUpperCase()
    const request = requestOf({ ...given, method })
    if (typeof request === 'string') return failed(request)
    const what = `${method} ${given.url}`
    if (SAFE.has(method))
      return look(what, async (world) => conclude(await requestFrom(world, request), given))
    return opaque({
      what,
      after: [],
      perform: async (world) => conclude(await requestFrom(world, request), given),
    })
  },
})

interface Given {
  readonly url: string
  readonly method: string
  readonly body?: unknown
  readonly body_format: 'raw' | 'json' | 'form-urlencoded' | 'form-multipart'
  readonly headers: Record<string, unknown>
  readonly status_code: readonly number[]
  readonly return_content: boolean
  readonly timeout: number
  readonly validate_certs: boolean
  readonly follow_redirects: string
  readonly url_username?: string
  readonly url_password?: string
  readonly unix_socket?: string
  readonly http_agent: string
  readonly ca_path?: string
}

function requestOf(given: Given): HttpRequest | string {
  if (!URL.canParse(given.url)) return `'${given.url}' is no URL`
  const headers = new Map(
    Object.entries(given.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  if (!headers.has('user-agent')) headers.set('user-agent', given.http_agent)
  if (given.url_username !== undefined) {
    headers.set(
      'authorization',
      `Basic ${Buffer.from(`${given.url_username}:${given.url_password ?? ''}`).toString('base64')}`,
    )
  }
  const body = bodyOf(given, headers)
  return {
    url: new URL(given.url),
    method: given.method,
    headers: Object.fromEntries(headers),
    body,
    seconds: given.timeout,
    verify: given.validate_certs,
    redirects: redirectsAllowed(given.follow_redirects, given.method),
    authorities: given.ca_path,
    socket: given.unix_socket,
  }
}

function redirectsAllowed(wanted: string, method: string): number {
  if (['none', 'no', 'false'].includes(wanted.toLowerCase())) return 0
  if (wanted.toLowerCase() === 'safe' && !['GET', 'HEAD'].includes(method)) return 0
  return 10
}

function bodyOf({ body, body_format }: Given, headers: Map<string, string>): Buffer | undefined {
  if (body === undefined || body === null) return undefined
  const setType = (type: string) => {
    if (!headers.has('content-type')) headers.set('content-type', type)
  }
  if (body_format === 'json') {
    setType('application/json')
    return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  }
  if (body_format === 'form-urlencoded') {
    setType('application/x-www-form-urlencoded')
    return Buffer.from(
      typeof body === 'string' ? body : new URLSearchParams(body as Record<string, string>).toString(),
    )
  }
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function conclude(
  answer: HttpAnswer | { readonly error: string },
  { url, status_code, return_content }: Given,
): ModuleResult {
  if ('error' in answer) {
    return {
      status: -1,
      url,
      redirected: false,
      changed: false,
      failed: true,
      msg: `Status code was -1 and not [${status_code.join(', ')}]: ${answer.error}`,
    }
  }
  const text = answer.body.toString('utf8')
  const result: ModuleResult = {
    ...Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name.replaceAll('-', '_'), value]),
    ),
    status: answer.status,
    url: answer.url,
    redirected: answer.url !== url,
    changed: false,
    msg: `${answer.statusText === '' ? 'OK' : answer.statusText} (${answer.body.length} bytes)`,
  }
  const json = jsonOf(answer.headers['content-type'], text)
  if (json !== undefined) result['json'] = json
  if (return_content) result['content'] = text
  if (!status_code.includes(answer.status)) {
    return {
      ...result,
      content: text,
      failed: true,
      msg: `Status code was ${answer.status} and not [${status_code.join(', ')}]: ${answer.statusText}`,
    }
  }
  return result
}

function jsonOf(type: string | undefined, text: string) {
  if (type === undefined || !/[/+]json\b/.test(type)) return undefined
  try {
    return JSON.parse(text) as ModuleResult
  } catch {
    return undefined
  }
}
