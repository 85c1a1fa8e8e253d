import { posix } from 'node:path'
import { type Arguments, args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type ModuleResult, type Outcome, unchanged } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { hasId, type PublicKey, readKeyring } from './support/openpgp.ts'
import { remoteBytes } from './support/packages/remote-bytes.ts'
import { placeFile } from './support/place-file.ts'
import { removeFile } from './support/remove-file.ts'
import { sequence } from './support/sequence.ts'

const schema = args({
  id: optional(text('The key’s id: 8, 16 or 40 hexadecimal digits, the more the better.')),
  data: optional(text('The key itself.')),
  file: optional(path('A file on the host that holds the key.')),
  url: optional(text('Where the host fetches the key.')),
  keyserver: optional(text('The key server that the host fetches the key from; by HTTP.')),
  keyring: optional(path('The keyring on the host; without it a file of its own in /etc/apt/trusted.gpg.d.')),
  validate_certs: bool('Check the certificate of the URL.', { default: true }),
  state: choice(['absent', 'present'], 'Whether apt is to trust the key.', { default: 'present' }),
})

type Given = Arguments<typeof schema>

/**
 * Needs neither apt-key, which Debian has no more since 13, nor GnuPG.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/apt_key_module.html
 */
export default defineModule({
  name: 'apt_key',
  summary: 'Makes apt trust a key for every source; `deb822_repository` with `signed_by` is better.',
  args: schema,
  plan: (given, planning) => {
    if (given.id !== undefined && !/^(0x)?[0-9a-f]{8,64}$/i.test(given.id.replaceAll(/\s/g, '')))
      return failed(`Invalid key_id: ${given.id}`)
    const sources = [given.data, given.file, given.url, given.keyserver].filter((each) => each !== undefined)
    if (sources.length > 1) return failed('parameters are mutually exclusive: data|file|keyserver|url')
    const rings = keyringsOf(given, planning)
    return given.state === 'absent' ? remove(given, rings, planning) : add(given, rings, planning)
  },
})

interface Keyring {
  readonly path: string
  readonly keys: readonly PublicKey[]
}

function keyringsOf({ keyring }: Given, planning: Planning): Keyring[] {
  const { files } = planning
  const directory = '/etc/apt/trusted.gpg.d'
  const paths =
    keyring === undefined
      ? [
          '/etc/apt/trusted.gpg',
          ...(files.list(directory) ?? [])
            .filter((name) => /\.(gpg|asc)$/.test(name))
            .map((name) => posix.join(directory, name)),
        ]
      : [hostPath(keyring, planning)]
  return paths.flatMap((each) => {
    const bytes = files.stat(each).status.type === 'file' ? files.read(each) : null
    return bytes ? [{ path: each, keys: keysIn(bytes, each) }] : []
  })
}

function keysIn(bytes: Buffer, path: string): PublicKey[] {
  try {
    return readKeyring(bytes)
  } catch (error) {
    throw new RangeError(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

function add(given: Given, rings: readonly Keyring[], planning: Planning): Outcome {
  const there = rings.flatMap(({ keys }) => keys)
  const before = idsOf(there)
  if (given.id !== undefined && there.some((key) => hasId(key, given.id!)))
    return unchanged(resultOf(before, before, given.id))
  const bytes = sourceOf(given, planning)
  if ('error' in bytes) return failed(bytes.error, { before })
  const keys = keysIn(bytes, given.url ?? given.file ?? given.keyserver ?? 'data')
  const [first] = keys
  if (!first) return failed('there is no public key in it', { before })
  if (given.id !== undefined && !keys.some((key) => hasId(key, given.id!)))
    return failed(
      `key does not seem to have been added: ${given.id} is not among ${idsOf(keys).join(', ')}`,
      { before },
    )
  const missing = keys.filter((key) => !there.some((each) => hasId(each, key.fingerprints[0]!)))
  const id = given.id ?? first.fingerprints[0]!
  if (missing.length === 0) return unchanged(resultOf(before, before, id))
  const result = resultOf(before, [...before, ...idsOf(missing)], id)
  const path =
    given.keyring === undefined
      ? `/etc/apt/trusted.gpg.d/${missing[0]!.fingerprints[0]!}.gpg`
      : hostPath(given.keyring, planning)
  const ring = rings.find((each) => each.path === path)
  return write(path, [...(ring?.keys ?? []), ...missing], result, planning)
}

function remove(given: Given, rings: readonly Keyring[], planning: Planning): Outcome {
  const { id } = given
  if (id === undefined) return failed('key_id is required with state=absent: give id')
  const before = idsOf(rings.flatMap(({ keys }) => keys))
  const concerned = rings.filter(({ keys }) => keys.some((key) => hasId(key, id)))
  if (concerned.length === 0) return unchanged(resultOf(before, before, id))
  const kept = (keys: readonly PublicKey[]) => keys.filter((key) => !hasId(key, id))
  const after = idsOf(rings.flatMap(({ keys }) => kept(keys)))
  return sequence(
    planning,
    concerned.map(({ path, keys }) => (inside: Planning) => {
      const rest = kept(keys)
      return rest.length === 0 ? removeFile(path, inside) : write(path, rest, {}, inside)
    }),
    () => resultOf(before, after, id),
  )
}

// apt takes a name that ends in `.asc` for an armored key.
function write(path: string, keys: readonly PublicKey[], result: ModuleResult, planning: Planning): Outcome {
  const plain = Buffer.concat(keys.map(({ bytes }) => bytes))
  const bytes = path.endsWith('.asc') ? armored(plain) : plain
  const existing = planning.files.stat(path).status.type === 'file'
  const placed = placeFile(
    { path, bytes, attributes: existing ? {} : { mode: '0644' }, follow: true },
    planning,
  )
  return placed.type === 'change' || placed.type === 'unchanged' ? { ...placed, result } : placed
}

function armored(bytes: Buffer): Buffer {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return Buffer.from(
    `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${lines.join('\n')}\n-----END PGP PUBLIC KEY BLOCK-----\n`,
  )
}

function sourceOf(given: Given, planning: Planning): Buffer | { readonly error: string } {
  const { data, file, url, keyserver, id } = given
  if (data !== undefined) return Buffer.from(data)
  if (file !== undefined) {
    const at = hostPath(file, planning)
    return planning.files.read(at) ?? { error: `no such file: ${file}` }
  }
  if (url !== undefined) return remoteBytes(url, given, planning)
  if (keyserver === undefined)
    return { error: 'missing a source of the key: give data, file, url or keyserver' }
  if (id === undefined) return { error: 'id is required with keyserver' }
  return remoteBytes(lookUpUrl(keyserver, id), given, planning)
}

/** @source https://datatracker.ietf.org/doc/html/draft-gallagher-openpgp-hkp */
function lookUpUrl(keyserver: string, id: string): string {
  const [, scheme = 'hkps', rest = ''] = /^(?:([a-z]+):\/\/)?(.*?)\/*$/i.exec(keyserver) ?? []
  const secure = scheme === 'hkps' || scheme === 'https'
  const host = scheme === 'hkp' && !/:\d+$/.test(rest) ? `${rest}:11371` : rest
  const search = id.replaceAll(/\s/g, '').replace(/^0x/i, '')
  return `${secure ? 'https' : 'http'}://${host}/pks/lookup?op=get&options=mr&search=0x${search}`
}

function idsOf(keys: readonly PublicKey[]): string[] {
  return [...new Set(keys.flatMap(({ fingerprints }) => fingerprints))]
}

function resultOf(before: readonly string[], after: readonly string[], id: string): ModuleResult {
  const fingerprint = id.replaceAll(/\s/g, '').replace(/^0x/i, '').toUpperCase()
  return {
    before: [...before],
    after: [...after],
    fp: fingerprint,
    id: fingerprint,
    key_id: fingerprint.slice(-16),
    short_id: fingerprint.slice(-8),
  }
}
