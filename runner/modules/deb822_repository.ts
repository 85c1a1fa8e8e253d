import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, int, item, list, mode, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { makeDirectory } from './support/make-directory.ts'
import { remoteBytes } from './support/packages/remote-bytes.ts'
import { placeFile } from './support/place-file.ts'
import { removeFile } from './support/remove-file.ts'
import { sequence } from './support/sequence.ts'

const schema = args({
  name: text('Name of the repository; the file is named after it.'),
  state: choice(['absent', 'present'], 'Whether the repository is to be there.', { default: 'present' }),
  types: list(item.text, 'Kinds of packages: deb, deb-src.', { default: ['deb'] }),
  uris: optional(list(item.text, 'Addresses.')),
  suites: optional(list(item.text, 'Suites: bookworm, stable.')),
  components: optional(list(item.text, 'Components: main, contrib.')),
  architectures: optional(list(item.text, 'Architectures; the host’s by default.')),
  signed_by: optional(text('The key: a path on the host, a URL, a fingerprint, or the armored key itself.')),
  enabled: optional(bool('Whether apt uses it.')),
  trusted: optional(bool('Accept it without a signature.')),
  allow_insecure: optional(bool('Accept it though it is not signed.')),
  allow_weak: optional(bool('Accept weak signatures.')),
  allow_downgrade_to_insecure: optional(bool('Accept it though it was signed and is not any more.')),
  by_hash: optional(bool('Fetch indexes by their digests.')),
  check_date: optional(bool('Refuse indexes from the future.')),
  check_valid_until: optional(bool('Refuse indexes that are too old.')),
  date_max_future: optional(int('Seconds that an index may be from the future.')),
  inrelease_path: optional(text('Where the InRelease file is.')),
  languages: optional(list(item.text, 'Languages of translations.')),
  pdiffs: optional(bool('Fetch differences of indexes.')),
  targets: optional(list(item.text, 'Kinds of indexes to fetch.')),
  exclude: optional(list(item.text, 'Packages that are not taken from it.')),
  include: optional(list(item.text, 'Packages that alone are taken from it.')),
  mode: mode('Permissions of the file.', { default: '0644' }),
  install_python_debian: bool('Accepted; nothing is needed on the host.', { default: false }),
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'deb822_repository',
  summary: 'Adds and removes sources of Debian packages, a file with fields each.',
  preview: 'fetches a key from a URL too, into a private directory of the host that goes with the session.',
  args: schema,
  plan: (given, planning) => {
    const name = slug(given.name)
    if (name === '') return failed(`'${given.name}' gives no name for a file`)
    const dest = `/etc/apt/sources.list.d/${name}.sources`
    if (given.state === 'absent') return remove(name, dest, planning)
    if (given.uris === undefined || given.suites === undefined) return failed('give uris and suites')
    const key = keyOf(given, name, planning)
    if ('error' in key) return failed(`Could not fetch signed_by key: ${key.error}`)
    const repo = stanza({ ...given, signed_by: key.written })
    const result: Dict = { repo, dest, key_filename: key.file ?? null }
    return sequence(
      planning,
      [
        ...(key.bytes === undefined
          ? []
          : [
              (inside: Planning) => makeDirectory('/etc/apt/keyrings', { mode: '0755' }, inside),
              (inside: Planning) =>
                placeFile(
                  { path: key.file!, bytes: key.bytes!, attributes: { mode: '0644' }, follow: false },
                  inside,
                ),
            ]),
        (inside) =>
          placeFile(
            { path: dest, bytes: Buffer.from(repo), attributes: { mode: given.mode }, follow: false },
            inside,
          ),
      ],
      () => result,
    )
  },
})

interface Key {
  /** What the field holds: a path, a fingerprint or the key itself. */
  readonly written?: string
  readonly file?: string
  /** What is to be in the file, where it was fetched. */
  readonly bytes?: Buffer
}

function keyOf(
  { signed_by: key }: Given,
  name: string,
  planning: Planning,
): Key | { readonly error: string } {
  if (key === undefined) return {}
  if (!/^[a-z]+:\/\//i.test(key)) return key.startsWith('/') ? { written: key, file: key } : { written: key }
  const bytes = remoteBytes(key, {}, planning)
  if ('error' in bytes) return bytes
  const armored = bytes.subarray(0, 36).toString('latin1') === '-----BEGIN PGP PUBLIC KEY BLOCK-----'
  const file = `/etc/apt/keyrings/${name}.${armored ? 'asc' : 'gpg'}`
  return { written: file, file, bytes }
}

function remove(name: string, dest: string, planning: Planning): Outcome {
  const paths = [dest, `/etc/apt/keyrings/${name}.asc`, `/etc/apt/keyrings/${name}.gpg`]
  return sequence(
    planning,
    paths.map((path) => (inside: Planning) => removeFile(path, inside)),
    () => ({ repo: null, dest: null, key_filename: null }),
  )
}

/** The file's name, as Ansible makes it. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/[^a-z0-9-]+/g, '')
}

const NO_FIELDS = new Set(['state', 'mode', 'install_python_debian'])

// Fields in the order of the arguments' names.
function stanza(given: Given): string {
  return Object.keys(given)
    .filter((key) => !NO_FIELDS.has(key))
    .toSorted()
    .flatMap((key) => {
      const value = given[key as keyof Given]
      return value === undefined ? [] : [`${fieldName(key)}: ${fieldValue(value)}\n`.replace(': \n', ':\n')]
    })
    .join('')
}

function fieldName(key: string): string {
  if (key === 'name') return 'X-Repolib-Name'
  if (key === 'uris') return 'URIs'
  return key
    .split('_')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('-')
}

function fieldValue(value: Given[keyof Given]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.join(' ')
  const text = String(value)
  if (!text.includes('\n')) return text
  const lines = text.trim().split('\n')
  return `\n${lines.map((line) => `    ${line.trim() || '.'}`).join('\n')}`
}
