import { posix } from 'node:path'
import { content } from '../resources/content.ts'
import { download, type DownloadKey } from '../resources/download.ts'
import { type Arguments, args, bool, dict, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { textOf } from '../variables/text.ts'
import { accessArguments, refusedAccess } from './support/access-arguments.ts'
import { attributeArguments } from './support/attributes.ts'
import type { ChecksumAlgorithm } from '../resources/checksum.ts'
import { checksum } from './support/checksum.ts'
import { webEnvironment } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { placeCopy } from './support/place-copy.ts'

const schema = args({
  url: text('The address: http, https, ftp or file.'),
  dest: path('The file, or the directory to put it in under its own name.'),
  force: bool('Fetch it though a file is there, and replace that one when it differs.', {
    default: false,
    aliases: ['thirsty'],
  }),
  checksum: text('algorithm:digest, or algorithm:url of a file that names it.', { default: '' }),
  backup: bool('Keep the old file beside the new one.', { default: false }),
  headers: dict('More header lines.', { default: {} }),
  timeout: int('Seconds without an answer.', { default: 10 }),
  url_username: optional(text('User for basic authentication.', { aliases: ['username'] })),
  url_password: optional(text('Password for basic authentication.', { aliases: ['password'] })),
  force_basic_auth: bool('Accepted; credentials are sent at once.', { default: false }),
  validate_certs: bool('Check the certificate.', { default: true }),
  http_agent: text('The User-Agent line.', { default: 'rehearsal' }),
  tmp_dest: optional(path('Accepted; a private directory is used.')),
  use_proxy: bool('Accepted; the environment of the host decides.', { default: true }),
  ...accessArguments,
  decompress: bool('Accepted; what is sent compressed stays so.', { default: true }),
  unredirected_headers: list(item.text, 'Accepted.', { default: [] }),
  ...attributeArguments,
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'get_url',
  summary: 'Lets the host fetch a file from a URL.',
  touches: ['dest'],
  preview:
    'fetches it too, into a private directory of the host that goes with the session, to see what would change.',
  args: schema,
  plan: (given, planning) => {
    const refusal = refusedAccess(given)
    if (refusal) return refusal
    if (!URL.canParse(given.url)) return failed(`'${given.url}' is no URL`)
    const name = posix.basename(decodeURIComponent(new URL(given.url).pathname)) || 'index.html'
    const written = hostPath(given.dest, planning)
    const isDirectory = given.dest.endsWith('/') || planning.files.stat(written).status.type === 'directory'
    const dest = isDirectory ? posix.join(written, name) : written
    const wanted = wantedChecksum(given, name, planning)
    if ('error' in wanted) return failed(wanted.error, { url: given.url, dest })

    const { status } = planning.files.stat(dest)
    const result = { url: given.url, dest }
    if (status.type === 'file' && !given.force) {
      const fine =
        wanted.digest === '' ? !isDirectory : checksum(planning, dest, wanted.algorithm) === wanted.digest
      if (fine) return keepFile(dest, given, { ...result, msg: 'file already exists' }, planning)
    }
    return fetch(dest, wanted, given, result, planning)
  },
})

interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** '' when none is wanted. */
  readonly digest: string
}

function fetch(
  dest: string,
  wanted: Checksum,
  given: Given,
  result: { url: string; dest: string },
  planning: Planning,
): Outcome {
  const fetched = planning.state.read(download, request(given, given.url, wanted.algorithm, planning))
  if ('error' in fetched) return failed(`Request failed: ${fetched.error}`, result)
  if (wanted.digest !== '' && fetched.sum !== wanted.digest)
    return failed(`The checksum for ${dest} did not match ${wanted.digest}; it was ${fetched.sum}.`, result)
  return placeCopy(
    {
      path: dest,
      from: fetched.path,
      digest: fetched.sha256,
      size: fetched.size,
      attributes: given,
      follow: true,
      backup: given.backup,
      result: {
        ...result,
        status_code: 200,
        ...(wanted.algorithm === 'sha1' ? { checksum_src: fetched.sum } : {}),
      },
    },
    planning,
  )
}

function request(given: Given, url: string, algorithm: ChecksumAlgorithm, planning: Planning): DownloadKey {
  const at = (path: string) => hostPath(path, planning)
  return {
    url,
    headers: Object.fromEntries(Object.entries(given.headers).map(([name, value]) => [name, textOf(value)])),
    user: given.url_username,
    password: given.url_password,
    timeout: given.timeout,
    verify: given.validate_certs,
    agent: given.http_agent,
    sum: `${algorithm}sum`,
    ...webEnvironment(planning),
    ...(given.use_netrc ? { netrc: true } : {}),
    ...(given.ciphers.length === 0 ? {} : { ciphers: given.ciphers.join(':') }),
    ...(given.client_cert === undefined
      ? {}
      : { certificate: at(given.client_cert), certificateKey: at(given.client_key ?? given.client_cert) }),
  }
}

const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']

function wantedChecksum(given: Given, name: string, planning: Planning): Checksum | { error: string } {
  if (given.checksum === '') return { algorithm: 'sha1', digest: '' }
  const [, algorithm = '', rest = ''] = /^([^:]+):(.*)$/s.exec(given.checksum) ?? []
  if (algorithm === '') return { error: 'The checksum parameter has to be in format <algorithm>:<checksum>' }
  if (!ALGORITHMS.includes(algorithm)) return { error: `'${algorithm}' is none of ${ALGORITHMS.join(', ')}` }
  const digest = /^(https?|ftp|file):/.test(rest) ? digestFrom(rest, name, given, planning) : rest
  if (digest === undefined) return { error: `Unable to find a checksum for file '${name}' in '${rest}'` }
  const hex = digest.replaceAll(/\W+/g, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(hex)) return { error: 'The checksum format is invalid' }
  return { algorithm: algorithm as ChecksumAlgorithm, digest: hex }
}

/** The digest that a file of checksums has for a name. */
function digestFrom(url: string, name: string, given: Given, planning: Planning): string | undefined {
  const { state } = planning
  const fetched = state.read(download, request(given, url, 'sha1', planning))
  if ('error' in fetched) return undefined
  const lines = (state.read(content, fetched.path)?.toString('utf8') ?? '').split('\n').filter(Boolean)
  if (lines.length === 1 && !/\s/.test(lines[0]!.trim())) return lines[0]!.trim()
  for (const line of lines) {
    const match = /^(\S+) [ *]?(.*)$/.exec(line)
    if (match?.[2]!.replace(/^[./]+/, '').trim() === name) return match[1]
  }
  return undefined
}
