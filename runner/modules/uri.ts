import { posix } from 'node:path'
import { content } from '../resources/content.ts'
import { identity } from '../resources/identity.ts'
import { resource } from '../resources/resource.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import type { Location } from '../source/location.ts'
import { textOf } from '../variables/text.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, dict, int, item, list, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, look, type ModuleResult, opaque, type Outcome, unchanged } from './outcome.ts'
import { accessArguments, refusedAccess } from './support/access-arguments.ts'
import { attributeArguments, type WantedAttributes } from './support/attributes.ts'
import { hostPath } from './support/host-path.ts'
import { type BodyFormat, type HttpBody, httpBody } from './support/http-body.ts'
import { placeFile } from './support/place-file.ts'
import { netrcEntry } from './support/netrc.ts'
import { guard } from './support/run-command.ts'
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
  unix_socket: optional(path('A Unix socket of the host to send the request to, as the user who logs in.')),
  http_agent: text('The User-Agent line.', { default: 'rehearsal' }),
  ...accessArguments,
  src: optional(path('A file whose content is sent: on this side, or with `remote_src` on the host.')),
  remote_src: bool('`src` is on the host.', { default: false }),
  dest: optional(path('A file on the host, or a directory, to write the answer to.')),
  creates: optional(path('A path or pattern; when something is there, nothing is sent.')),
  removes: optional(path('A path or pattern; when nothing is there, nothing is sent.')),
  unredirected_headers: list(item.text, 'Headers that are not sent again when the answer leads elsewhere.', {
    default: [],
  }),
  decompress: bool('Unpack what is sent compressed.', { default: true }),
  ...attributeArguments,
  use_proxy: bool('Accepted; no proxy is used.', { default: true }),
  force: bool('Accepted; nothing is cached.', { default: false }),
  ca_path: optional(path('PEM file with the authorities to trust: on the host, else on this side.')),
})

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export default defineModule({
  name: 'uri',
  summary: 'Sends an HTTP request from the host and looks at the answer.',
  preview:
    'asks, as a real run does, when the method changes nothing and no earlier change is pending; else it is taken to pass.',
  args: schema,
  readsLater: ({ use_netrc }, user) => (use_netrc ? [resource(identity, user)] : []),
  plan: (given, planning) => {
    const refusal = refusedAccess(given)
    if (refusal) return refusal
    const guarded = guard(given, planning)
    if (guarded) return unchanged({ msg: guarded['msg']! })
    const method = given.method.toUpperCase()
    const request = requestOf({ ...given, method }, planning)
    if (typeof request === 'string') return failed(request)
    const what = `${method} ${given.url}`
    if (given.dest !== undefined) return saveAnswer(what, request, given, planning)
    if (SAFE.has(method))
      return look(what, passedOf(given, planning.location), async (world) =>
        conclude(await requestFrom(world, request), given),
      )
    return opaque({
      what,
      after: [],
      perform: async (world) => conclude(await requestFrom(world, request), given),
    })
  },
})

/** What an answer that is good tells whatever it says. */
function passedOf(
  { url, status_code, return_content, follow_redirects }: Given,
  location: Location,
): ModuleResult {
  const later = new Unknown({ what: `the answer of ${url}`, location })
  return {
    status: status_code.length === 1 ? status_code[0]! : later,
    url: follow_redirects === 'none' ? url : later,
    redirected: later,
    cookies: later,
    cookies_string: later,
    elapsed: later,
    changed: false,
    msg: later,
    ...(return_content ? { content: later } : {}),
  }
}

/** What comes back is known only in a real run; that it will be in the file is known before. */
function saveAnswer(what: string, request: HttpRequest, given: Given, planning: Planning): Outcome {
  const name = posix.basename(request.url.pathname) || 'index.html'
  const written = hostPath(given.dest!, planning)
  const isDirectory = planning.files.stat(written).status.type === 'directory'
  const dest = isDirectory ? posix.join(written, name) : written
  const later = new Unknown({ what, location: planning.location })
  const placed = placeFile({ path: dest, bytes: later, attributes: given, follow: true }, planning)
  if (placed.type === 'failed') return placed
  const after = 'after' in placed ? (placed.after ?? []) : []
  return opaque({
    what,
    after,
    perform: async (world) => {
      const answer = await requestFrom(world, request)
      const result = conclude(answer, given)
      if ('error' in answer || result['failed'] === true) return result
      const { status, stdout, stderr } = await world.run({
        script: saving(dest, answer.body, given),
        payload: answer.body,
      })
      if (status !== 0) return { ...result, failed: true, msg: stderr.toString('utf8').trim() }
      return { ...result, path: dest, changed: stdout.toString('latin1').includes('changed') }
    },
  })
}

function saving(dest: string, body: Buffer, { mode, owner, group }: Given): Script {
  const owners = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  return joinScripts([
    sh`set -e
candidate=$(mktemp -- ${posix.join(posix.dirname(dest), '.uri.XXXXXXXX')})
trap 'rm -f -- "$candidate"' EXIT
head -c ${body.length} > "$candidate"
if ! cmp -s -- "$candidate" ${dest}; then
  if [ -e ${dest} ]; then chmod --reference=${dest} -- "$candidate"; chown --reference=${dest} -- "$candidate"
  else chmod "$(printf '%o' $((0666 & ~0$(umask))))" -- "$candidate"; fi
  mv -fT -- "$candidate" ${dest}; echo changed
fi`,
    ...(owners === '' ? [] : [sh`chown ${owners} -- ${dest}`]),
    ...(mode === undefined
      ? []
      : [sh`chmod ${typeof mode === 'number' ? mode.toString(8) : mode} -- ${dest}`]),
  ])
}

interface Given extends WantedAttributes {
  readonly url: string
  readonly method: string
  readonly body?: unknown
  readonly src?: string
  readonly remote_src: boolean
  readonly dest?: string
  readonly body_format: BodyFormat
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
  readonly ciphers: readonly string[]
  readonly client_cert?: string
  readonly client_key?: string
  readonly use_netrc: boolean
  readonly unredirected_headers: readonly string[]
  readonly decompress: boolean
}

function requestOf(given: Given, planning: Planning): HttpRequest | string {
  if (!URL.canParse(given.url)) return `'${given.url}' is no URL`
  const url = new URL(given.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `'${given.url}' is neither http nor https`
  const headers = new Map(
    Object.entries(given.headers).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
  )
  if (!headers.has('user-agent')) headers.set('user-agent', given.http_agent)
  const own = given.url_username ?? (decodeURIComponent(url.username) || undefined)
  const { user, password } =
    own !== undefined
      ? { user: own, password: given.url_password ?? decodeURIComponent(url.password) }
      : given.use_netrc && !headers.has('authorization')
        ? (fromNetrc(url.hostname, planning) ?? {})
        : {}
  if (user !== undefined) {
    headers.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
  }
  const body = bodyOf(given, planning)
  if (body?.type !== undefined && !headers.has('content-type')) headers.set('content-type', body.type)
  return {
    url,
    method: given.method,
    headers: Object.fromEntries(headers),
    body: body?.bytes,
    seconds: given.timeout,
    verify: given.validate_certs,
    redirects: redirectsAllowed(given.follow_redirects, given.method),
    authorities: given.ca_path === undefined ? undefined : authoritiesAt(given.ca_path, planning),
    certificate: certificateOf(given, planning),
    ciphers: given.ciphers.length === 0 ? undefined : given.ciphers.join(':'),
    unredirected: given.unredirected_headers.map((name) => name.toLowerCase()),
    decompress: given.decompress,
    socket: given.unix_socket,
  }
}

// Where a change before may make one, that change is pending, and nothing is asked.
function fromNetrc(host: string, planning: Planning) {
  const { state, environment } = planning
  const at = hostPath(environment['NETRC'] ?? '~/.netrc', planning)
  state.want([resource(content, at)])
  const bytes = state.peek(content, at)
  return Buffer.isBuffer(bytes) ? netrcEntry(bytes.toString('utf8'), host) : undefined
}

function authoritiesAt(path: string, planning: Planning): Buffer {
  const at = hostPath(path, planning)
  if (planning.files.stat(at).status.type === 'file') return readOnHost(path, planning)
  return planning.author.find('files', path).bytes
}

function certificateOf({ client_cert, client_key }: Given, planning: Planning) {
  if (client_cert === undefined) return undefined
  return {
    cert: readOnHost(client_cert, planning),
    key: readOnHost(client_key ?? client_cert, planning),
  }
}

function readOnHost(path: string, planning: Planning): Buffer {
  const bytes = planning.files.read(hostPath(path, planning))
  if (!bytes) throw new RangeError(`Unable to open ${path} on the host`)
  return bytes
}

function redirectsAllowed(wanted: string, method: string): number {
  if (['none', 'no', 'false'].includes(wanted.toLowerCase())) return 0
  if (wanted.toLowerCase() === 'safe' && !['GET', 'HEAD'].includes(method)) return 0
  return 10
}

function bodyOf({ body, body_format, src, remote_src }: Given, planning: Planning): HttpBody | undefined {
  if (src !== undefined) {
    if (!remote_src) return { bytes: planning.author.find('files', src).bytes }
    const bytes = planning.files.read(hostPath(src, planning))
    if (!bytes) throw new RangeError(`Unable to open source file ${src}`)
    return { bytes }
  }
  if (body === undefined || body === null) return undefined
  return httpBody(body, body_format, planning.author)
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
    redirected: answer.redirected,
    cookies: Object.fromEntries(answer.cookies),
    cookies_string: answer.cookies.map((pair) => pair.join('=')).join('; '),
    elapsed: Math.round(answer.seconds),
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
