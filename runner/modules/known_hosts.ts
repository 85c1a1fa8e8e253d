import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { entriesFor, knownHostLine, parseKnownHosts } from '../transport/known-hosts.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome, unchanged } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { makeDirectory } from './support/make-directory.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'known_hosts',
  summary: 'Adds and removes keys of hosts in a known_hosts file.',
  args: args({
    name: text('The host; `[host]:port` when sshd has another port than 22.', { aliases: ['host'] }),
    key: optional(text('Its public key, as a line of known_hosts.')),
    path: path('The file.', { default: '~/.ssh/known_hosts' }),
    hash_host: bool('Write the name as a hash.', { default: false }),
    state: choice(['absent', 'present'], 'Whether the key is to be there.', { default: 'present' }),
  }),
  plan: (given, planning) => {
    if (given.name.includes(','))
      return failed(
        'Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.',
      )
    const { host, port } = nameAndPort(given.name)
    const file = hostPath(given.path, planning)
    const before = planning.files.read(file)?.toString('utf8') ?? ''
    const result = { ...given, key: given.key ?? null, path: file }
    const wanted = given.key === undefined ? undefined : parseKnownHosts(given.key, file)
    if (given.state === 'present' && wanted?.length === 0 && given.key?.trim() !== '')
      return failed('the key is no line of a known_hosts file: give `host type base64`', result)
    if (given.state === 'present' && wanted === undefined)
      return failed('No key specified when adding a host', result)
    const same = { before_header: file, after_header: file, before, after: before }
    const known = entriesFor(parseKnownHosts(before, file), host, port)

    if (given.state === 'absent') {
      const gone = known.filter(
        ({ key, keyType }) =>
          !wanted?.length || wanted.some((each) => each.key === key && each.keyType === keyType),
      )
      if (gone.length === 0) return unchanged({ ...result, diff: same })
      return write(
        file,
        withoutLines(
          before,
          gone.map(({ line }) => line),
        ),
        result,
        planning,
      )
    }

    const [entry] = wanted!
    if (entry && entriesFor(wanted!, host, port).length === 0)
      return failed('Host parameter does not match hashed host field in supplied key', result)
    if (!entry) return failed('the key holds no entry for this host', result)
    // A host has one key of a type; authorities may be several.
    const sameType = known.filter(
      ({ keyType, marker, key }) =>
        keyType === entry.keyType &&
        marker === entry.marker &&
        (marker !== 'cert-authority' || key === entry.key),
    )
    const right = sameType.filter(
      ({ key, names }) => key === entry.key && names.startsWith('|') === given.hash_host,
    )
    if (right.length > 0 && sameType.length === right.length) return unchanged({ ...result, diff: same })
    const kept = withoutLines(
      before,
      sameType.map(({ line }) => line),
    )
    const marker = entry.marker === undefined ? '' : `@${entry.marker} `
    const line = marker + knownHostLine(host, port, Buffer.from(entry.key, 'base64'), salt(given, entry.key))
    return write(file, `${kept}${kept === '' || kept.endsWith('\n') ? '' : '\n'}${line}\n`, result, planning)
  },
})

function nameAndPort(name: string): { host: string; port: number } {
  const match = /^\[(.+)\]:(\d+)$/.exec(name)
  return match ? { host: match[1]!, port: Number(match[2]) } : { host: name, port: 22 }
}

// A plan knows no chance: the salt follows from what is hashed, which tells no more than a random one would.
function salt({ hash_host, name }: { hash_host: boolean; name: string }, key: string): Buffer | undefined {
  return hash_host ? createHash('sha1').update(`${name} ${key}`).digest() : undefined
}

function withoutLines(text: string, numbers: readonly number[]): string {
  return text
    .split('\n')
    .filter((_, index) => !numbers.includes(index + 1))
    .join('\n')
}

function write(
  file: string,
  content: string,
  result: Record<string, string | boolean | null>,
  planning: Planning,
): Outcome {
  const directory = posix.dirname(file)
  return sequence(
    planning,
    [
      (inside) =>
        inside.files.exists(directory) ? unchanged() : makeDirectory(directory, { mode: '0700' }, inside),
      (inside) =>
        placeFile({ path: file, bytes: Buffer.from(content), attributes: {}, follow: true }, inside),
    ],
    () => result,
  )
}
