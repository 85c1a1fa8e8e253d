import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { content } from '../resources/content.ts'
import { digest } from '../resources/digest.ts'
import { listing } from '../resources/listing.ts'
import { path as pathKind, type CreatedPath, type PathStatus, type PresentPath } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import { fnmatch } from './fnmatch.ts'
import { Miss, ReadDenied, UnknownRead } from './misses.ts'
import { type AnyEffect, effect, type State } from './state.ts'

/** A path as the host would resolve it, and what stands there. */
export interface Found {
  /** The path with every link on the way followed. */
  readonly path: string
  readonly status: Exclude<PathStatus, CreatedPath>
}

/** Followed links at most, as the kernel allows. */
const MOST_LINKS = 40

/**
 * The state as a file system: paths resolve through observed and predicted links and directories, as the host would
 * resolve them. Every method throws `Miss` for what was not read yet and `UnknownRead` for what cannot be known.
 */
export class Files {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  /** What stands at a path, a link at its end not followed. */
  lstat(path: string): Found {
    return this.#resolve(path, false)
  }

  /** What stands at a path, links followed. A dangling link is absent. */
  stat(path: string): Found {
    return this.#resolve(path, true)
  }

  /** The same of a directory that only matters as the place of something in it. */
  container(path: string): Found {
    return this.#resolve(path, true, { container: true })
  }

  /** Whether anything stands at a path, links followed; known even of what a command will have made. */
  exists(path: string): boolean {
    try {
      return this.stat(path).status.type !== 'absent'
    } catch (error) {
      if (error instanceof UnknownRead && this.#isCreated(path)) return true
      throw error
    }
  }

  /** A file's bytes, links followed; null when there is no regular file. */
  read(path: string): Buffer | null {
    const { path: real, status } = this.#speculate(path, content)
    return status.type === 'file' ? this.#state.read(content, real) : null
  }

  /** SHA-256 of a file in hex, links followed; null when there is no regular file. */
  digest(path: string): string | null {
    const { path: real, status } = this.#speculate(path, digest)
    if (status.type !== 'file') return null
    // Who has the content need not ask for its digest.
    const bytes = this.#state.peek(digest, real) === undefined ? this.#state.peek(content, real) : undefined
    return bytes instanceof Buffer ? sha256(bytes) : this.#state.read(digest, real)
  }

  /** Names in a directory, sorted; null when it is none. */
  list(path: string): string[] | null {
    const { path: real, status } = this.stat(path)
    if (status.type !== 'directory') return null
    const doubt = this.#state.doubtIn(real)
    if (doubt) throw new UnknownRead(doubt)
    this.#state.presumeAbsent(real)
    const told = this.#state.predicted(listing, real)
    if (told instanceof Unknown) throw new UnknownRead(told)
    const names = new Set(status.fresh ? [] : this.#state.read(listing, real))
    const since = status.fresh ? this.#state.birthOf(real) : 0
    for (const name of this.#state.touchedNames(real)) {
      const value = this.#state.predicted(pathKind, posix.join(real, name), since)
      if (value === undefined) continue
      if (!(value instanceof Unknown) && value.type === 'absent') names.delete(name)
      else names.add(name)
    }
    return [...names].sort()
  }

  /** The paths that match a shell pattern, as a shell expands it: sorted, a leading dot only where it is written. */
  glob(pattern: string): string[] {
    let found = ['/']
    for (const name of posix.normalize(pattern).split('/').filter(Boolean)) {
      found = /[*?[]/.test(name)
        ? found.flatMap((directory) => this.#matching(directory, name))
        : found.map((directory) => posix.join(directory, name))
    }
    return found.filter((path) => this.lstat(path).status.type !== 'absent')
  }

  #matching(directory: string, pattern: string): string[] {
    const names = this.list(directory) ?? []
    const isHidden = (name: string) => name.startsWith('.') && !pattern.startsWith('.')
    return names
      .filter((name) => !isHidden(name) && fnmatch(name, pattern))
      .map((name) => posix.join(directory, name))
  }

  // When even the path is not known yet, the content is asked for in the same breath: the path mostly is what it
  // seems, and a round trip is saved.
  #speculate(path: string, kind: typeof content | typeof digest): Found {
    try {
      return this.stat(path)
    } catch (error) {
      if (!(error instanceof Miss) || kind === content) throw error
      throw new Miss([...error.resources, resource(kind as typeof digest, posix.normalize(path))])
    }
  }

  #resolve(path: string, follow: boolean, { container = false, followed = 0 } = {}): Found {
    const names = posix.normalize(path).split('/').filter(Boolean)
    let at = ''
    let within: PresentPath | undefined
    let above = '/'
    for (const [index, name] of names.entries()) {
      at += `/${name}`
      const last = index === names.length - 1
      const status = this.#statusOf(at, within, above, names.slice(index + 1))
      if (status === undefined) throw new Miss(prefixes(at, names.slice(index + 1)))
      if (status instanceof Unknown) throw new UnknownRead(status)
      if (status.type === 'created') throw new UnknownRead(status.because)
      if (status.type === 'denied') throw new ReadDenied(`Permission denied: ${at}`)
      const rest = names.slice(index + 1)
      if (status.type === 'absent') {
        const gone = posix.join(at, ...rest)
        const basis = within?.fresh && !this.#state.timeOf(pathKind, at) ? posix.dirname(at) : at
        const doubt = this.#state.doubtAt(gone, basis) ?? this.#state.doubtBelow(at, basis)
        if (doubt) throw new UnknownRead(doubt)
        this.#state.presumeAbsent(basis)
        return { path: gone, status }
      }
      if (status.type !== 'directory' || (last && !container)) {
        const doubt = this.#state.doubtAt(at)
        if (doubt) throw new UnknownRead(doubt)
      }
      if (status.type === 'link' && (!last || follow)) {
        if (followed === MOST_LINKS) return { path: at, status: { type: 'absent' } }
        return this.#resolve(posix.join(posix.resolve(posix.dirname(at), status.target!), ...rest), follow, {
          container,
          followed: followed + 1,
        })
      }
      if (last) return { path: at, status: container ? status : this.#asOfNow(at, status) }
      if (status.type !== 'directory') return { path: posix.join(at, ...rest), status: { type: 'absent' } }
      within = status
      above = at
    }
    return { path: '/', status: ROOT }
  }

  // What was made in a directory has changed its times, and what may have been made may have.
  #asOfNow<Status extends PathStatus>(at: string, status: Status): Status {
    if (status.type !== 'directory') return status
    if (!this.#state.isStirred(at) && !this.#state.doubtIn(at)) return status
    const later = new Unknown({ what: 'what is made in it' })
    return { ...status, size: later, mtime: later, ctime: later, atime: later, links: later }
  }

  // When even a part of the way must be read, all of it is, in one go.
  #statusOf(at: string, within: PresentPath | undefined, above: string, rest: readonly string[]) {
    try {
      return this.#status(at, within, above)
    } catch (error) {
      if (!(error instanceof Miss)) throw error
      throw new Miss([...error.resources, ...prefixes(at, rest)])
    }
  }

  #isCreated(path: string): boolean {
    const predicted = this.#state.predicted(pathKind, posix.normalize(path))
    return predicted !== undefined && !(predicted instanceof Unknown) && predicted.type === 'created'
  }

  // In a directory that a change has made, only what changes have put there since counts.
  #status(path: string, within: PresentPath | undefined, above: string): PathStatus | Unknown | undefined {
    const since = within?.fresh ? this.#state.birthOf(above) : 0
    const predicted = this.#state.predicted(pathKind, path, since)
    if (predicted !== undefined) return predicted
    return within?.fresh ? { type: 'absent' } : this.#state.peek(pathKind, path)
  }
}

/** What a path will be: what a change knows of it, the rest unknown until it has happened. */
export function presentPath(
  known: Pick<PresentPath, 'type' | 'mode' | 'owner' | 'group'> & Partial<PresentPath>,
): PresentPath {
  const later = new Unknown({ what: 'the change itself' })
  return {
    uid: later,
    gid: later,
    size: later,
    mtime: later,
    atime: later,
    ctime: later,
    inode: later,
    device: later,
    links: later,
    ...known,
  }
}

/** The effects of a file standing at a path with these bytes and attributes. */
export function fileEffects(
  path: string,
  bytes: Buffer | Unknown,
  attributes: Pick<PresentPath, 'mode' | 'owner' | 'group'>,
): AnyEffect[] {
  const known = !(bytes instanceof Unknown)
  return [
    effect(
      pathKind,
      path,
      presentPath({ type: 'file', ...attributes, ...(known ? { size: bytes.length } : {}) }),
    ),
    effect(content, path, bytes),
    effect(digest, path, known ? sha256(bytes) : bytes),
  ]
}

/** The effect of nothing standing at a path, or below it. */
export function absentEffects(path: string): AnyEffect[] {
  return [effect(pathKind, path, { type: 'absent' })]
}

/** From this size on a digest is kept for who asks again. */
const WORTH_KEEPING = 1024 * 1024

const digests = new WeakMap<Uint8Array, string>()

/** In hex. Nobody changes bytes that they have given away. */
export function sha256(bytes: Uint8Array): string {
  const known = digests.get(bytes)
  if (known !== undefined) return known
  const made = createHash('sha256').update(bytes).digest('hex')
  if (bytes.length >= WORTH_KEEPING) digests.set(bytes, made)
  return made
}

const ROOT: PresentPath = presentPath({ type: 'directory', mode: 0o755, owner: 'root', group: 'root' })

/** A path and every directory on the way to it: what there is to know before it can be said what stands there. */
export function wayTo(path: string) {
  const [first = '', ...rest] = posix.normalize(path).split('/').filter(Boolean)
  return prefixes(`/${first}`, rest)
}

function prefixes(at: string, rest: readonly string[]) {
  const found = [resource(pathKind, at)]
  for (const name of rest) found.push(resource(pathKind, posix.join(found.at(-1)!.key, name)))
  return found
}
