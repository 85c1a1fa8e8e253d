import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  fingerprint,
  type HostKeyVerdict,
  hostKeyAlgorithms,
  judgeHostKey,
  type KnownHost,
  knownHostLine,
  lookupName,
  parseKnownHosts,
  wireKeyType,
} from './known-hosts.ts'
import { Unreachable } from './session.ts'
import type { HostKeyChecking } from './target.ts'

export interface HostKeyPolicy {
  /** The name to look up. */
  readonly host: string
  readonly port: number
  readonly checking: HostKeyChecking
  /** In order; a new key goes into the first. */
  readonly files: readonly string[]
  /** Known_hosts lines that count instead of the files. */
  readonly pinned?: readonly string[]
  /** Whether names are hashed when written. */
  readonly hash: boolean
}

/** Verifies the keys of one host. Its files are read once, before connecting. */
export class HostKeys {
  readonly #policy: HostKeyPolicy
  readonly #entries: readonly KnownHost[]

  private constructor(policy: HostKeyPolicy, entries: readonly KnownHost[]) {
    this.#policy = policy
    this.#entries = entries
  }

  static async load(policy: HostKeyPolicy): Promise<HostKeys> {
    return new HostKeys(policy, await loadEntries(policy))
  }

  /** In order of preference. */
  get algorithms(): string[] {
    return hostKeyAlgorithms(this.#entries, this.#policy.host, this.#policy.port)
  }

  /** Accepts the key, or says why not. A new key is noted, if the policy says so, before it is accepted. */
  async verify(key: Buffer): Promise<Unreachable | undefined> {
    const { host, port, checking, files } = this.#policy
    const verdict = judgeHostKey(this.#entries, host, port, key)
    if (verdict.kind === 'known') return undefined
    if (checking === 'no' && verdict.kind !== 'revoked' && !this.#policy.pinned) return undefined
    if (verdict.kind === 'unknown' && checking === 'accept-new' && files[0] !== undefined) {
      return note(files[0], this.#policy, key)
    }
    return refusal(verdict, this.#policy, key)
  }
}

function refusal(verdict: HostKeyVerdict, policy: HostKeyPolicy, key: Buffer): Unreachable {
  const { host, port } = policy
  const shown = `${wireKeyType(key)} ${fingerprint(key)}`
  const name = lookupName(host, port)
  if (verdict.kind === 'revoked') {
    const place = `${verdict.entry.file}:${verdict.entry.line}`
    return new Unreachable(`the host key of ${name} (${shown}) is marked as revoked in ${place}`)
  }
  if (verdict.kind === 'changed') {
    const place = `${verdict.entry.file}:${verdict.entry.line}`
    const remedy = policy.pinned
      ? 'the machine was made anew or is not the one that was made'
      : `if the host was set up anew, remove that line (ssh-keygen -R '${name}' -f ${verdict.entry.file}) and connect again; ` +
        'if not, someone may be listening in'
    return new Unreachable(
      `the host key of ${name} has changed: it shows ${shown}, but ${place} has ${verdict.entry.keyType} ` +
        fingerprint(Buffer.from(verdict.entry.key, 'base64')),
      remedy,
    )
  }
  const authority = verdict.kind === 'unknown' ? verdict.authority : undefined
  const certificates = authority
    ? `; ${authority.file}:${authority.line} names an authority for it, but host certificates are not supported`
    : ''
  return new Unreachable(
    `the host key of ${name} is not known: ${shown}${certificates}`,
    `compare the fingerprint with the host's own, then add it with ` +
      `\`ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host} >> ${policy.files[0] ?? 'known_hosts'}\`, ` +
      `or accept new hosts with ansible_ssh_common_args='-o StrictHostKeyChecking=accept-new'`,
  )
}

const reading = new Map<string, Promise<KnownHost[]>>()

async function loadEntries({ pinned, files, host }: HostKeyPolicy): Promise<KnownHost[]> {
  if (pinned) return parseKnownHosts(pinned.join('\n'), `pinned keys of ${host}`)
  return (await Promise.all(files.map((file) => loadFile(file)))).flat()
}

/** Read once for all hosts of a run, until something is added. */
function loadFile(file: string): Promise<KnownHost[]> {
  let entries = reading.get(file)
  if (!entries) reading.set(file, (entries = readEntries(file)))
  return entries
}

async function readEntries(file: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new Unreachable(`cannot read ${file}: ${(error as Error).message}`)
  }
}

let noting: Promise<unknown> = Promise.resolve()

/** Adds a key to a file, one after another; what another connection noted meanwhile is respected. */
function note(file: string, policy: HostKeyPolicy, key: Buffer): Promise<Unreachable | undefined> {
  const noted = noting.then(async () => {
    const verdict = judgeHostKey(await readEntries(file), policy.host, policy.port, key)
    if (verdict.kind === 'known') return undefined
    if (verdict.kind !== 'unknown') return refusal(verdict, policy, key)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const salt = policy.hash ? randomBytes(20) : undefined
    const line = `${knownHostLine(policy.host, policy.port, key, salt)}\n`
    await appendFile(file, (await endsInsideLine(file)) ? `\n${line}` : line, { mode: 0o600 })
    reading.delete(file)
    return undefined
  })
  const outcome = noted.catch(
    (error: Error) => new Unreachable(`cannot note the host key in ${file}: ${error.message}`),
  )
  noting = outcome
  return outcome
}

async function endsInsideLine(file: string): Promise<boolean> {
  let handle
  try {
    handle = await open(file, 'r')
  } catch {
    return false
  }
  try {
    const { size } = await handle.stat()
    if (size === 0) return false
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer[0] !== 0x0a
  } finally {
    await handle.close()
  }
}
