import type { ArchiveLayer } from './archive-layer.ts'
import { posix } from 'node:path'
import { absentEffects, fileEffects, Files, presentPath } from '../host/files.ts'
import { Miss, ReadDenied, UnknownRead } from '../host/misses.ts'
import { group as groupKind } from '../resources/group.ts'
import { user as userKind } from '../resources/user.ts'
import { type AnyEffect, effect, type State } from '../host/state.ts'
import { applyMode } from '../modules/support/permissions.ts'
import { content } from '../resources/content.ts'
import { digest } from '../resources/digest.ts'
import { path as pathKind, type PathStatus, type PresentPath } from '../resources/path.ts'
import type { AnyResource, ResourceKind } from '../resources/resource.ts'
import { type Reason, Unknown } from '../variables/unknown.ts'
import { patternToRegExp } from './sh/pattern.ts'
import { both, type Status, type Text, truth } from './sh/text.ts'

/** Where nothing that is written is looked at later. */
const UNIMPORTANT = /^\/(?:dev|proc|sys|tmp)(?:\/|$)/

/**
 * What a script in the mind acts upon: a copy of a host's state that takes in what the script does. What was not read
 * yet is unknown for the while, and collected in `misses`: when there are any, the outcome counts for nothing.
 */
export class Machine {
  readonly state: State
  readonly files: Files
  readonly effects: AnyEffect[] = []
  readonly misses: AnyResource[] = []
  /** Packages whose scripts were not followed to their end. */
  readonly abandoned = new Set<string>()
  /** What scripts did that is not understood. */
  readonly mysteries: Mystery[] = []
  /** Set while it cannot be told whether what is done is done at all. */
  maybe: Unknown | undefined
  umask = 0o022
  /** Whose script is run. */
  script = ''
  /** What policy-rc.d is made to answer, where the task asks for it. */
  policy: number | undefined

  readonly #before: State

  /** @param before the state that the script finds; it stays as it is */
  constructor(before: State) {
    this.#before = before
    const state = before.fork()
    this.state = state
    this.files = new Files(state)
  }

  /** Something was done that is not understood, to these paths at least. */
  untold(reason: Reason, words: readonly Text[] = []): void {
    const paths = words.flatMap((word) => (typeof word === 'string' ? absolutePaths(word) : []))
    this.mysteries.push({ reason, paths, anywhere: true, script: this.script })
    for (const path of paths) this.unknown(path, new Unknown(reason))
  }

  /** A look at the host: what is not known is an unknown. */
  look<Value>(read: () => Value): Value | Unknown {
    try {
      return read()
    } catch (error) {
      if (error instanceof Miss) {
        this.misses.push(...error.resources)
        return new Unknown({ what: 'what was not read yet' })
      }
      if (error instanceof UnknownRead) return error.unknown
      if (error instanceof ReadDenied) return new Unknown({ what: error.message })
      throw error
    }
  }

  read<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value | Unknown {
    return this.look(() => this.state.read(kind, key))
  }

  /** What a resource was before the scripts ran. */
  previously<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value | Unknown {
    return this.look(() => this.#before.read(kind, key))
  }

  stat(path: string): PathStatus | Unknown {
    return this.look(() => this.files.stat(path).status)
  }

  lstat(path: string): PathStatus | Unknown {
    return this.look(() => this.files.lstat(path).status)
  }

  readBytes(path: string): Buffer | null | Unknown {
    return this.look(() => this.files.read(path))
  }

  /** A file's text, empty when there is none. */
  readText(path: string): Text {
    const bytes = this.readBytes(path)
    return bytes instanceof Unknown ? bytes : (bytes?.toString('utf8') ?? '')
  }

  list(path: string): string[] | null | Unknown {
    return this.look(() => this.files.list(path))
  }

  /** The paths that match a pattern, as the shell sorts them. */
  glob(pattern: string, directory: string): string[] | Unknown {
    const absolute = pattern.startsWith('/')
    let found = [absolute ? '' : directory === '/' ? '' : directory]
    for (const part of pattern.split('/').filter(Boolean)) {
      const expression = patternToRegExp(part)
      const next: string[] = []
      for (const each of found) {
        const names = this.list(each === '' ? '/' : each)
        if (names instanceof Unknown) return names
        for (const name of names ?? []) {
          if (expression.test(name) && (part.startsWith('.') || !name.startsWith('.')))
            next.push(`${each}/${name}`)
        }
      }
      found = next
    }
    if (absolute) return found
    const cut = directory === '/' ? 1 : directory.length + 1
    return found.map((path) => path.slice(cut))
  }

  /** What was unpacked before. */
  archives: ArchiveLayer | undefined

  /** Takes in what is done; only perhaps done, it makes unknown what it touches. */
  apply(effects: readonly AnyEffect[]): void {
    const { maybe } = this
    const certain = maybe
      ? effects.map((each) => effect(each.resource.kind, each.resource.key, maybe))
      : effects
    for (const { resource } of certain)
      if (resource.kind === pathKind)
        this.look(() => this.archives?.decide(resource.key as string, this.state))
    this.state.foretell(certain)
    this.effects.push(...certain)
  }

  /** What stands at a path cannot be told any more. */
  unknown(path: string, because: Unknown): void {
    if (UNIMPORTANT.test(path)) return
    const real = this.#real(path) ?? path
    this.apply([
      effect(pathKind, real, because),
      effect(content, real, because),
      effect(digest, real, because),
    ])
  }

  write(path: string, text: Text | Buffer, append = false): void {
    if (UNIMPORTANT.test(path)) return
    const found = this.look(() => this.files.stat(path))
    if (found instanceof Unknown) return this.unknown(path, found)
    const { status } = found
    const before = append && status.type === 'file' ? this.readBytes(found.path) : null
    const bytes = text instanceof Unknown ? text : Buffer.from(text)
    const after =
      before === null || bytes instanceof Unknown
        ? bytes
        : before instanceof Unknown
          ? before
          : Buffer.concat([before, bytes])
    const attributes =
      status.type === 'file' ? status : { mode: 0o666 & ~this.umask, owner: 'root', group: 'root' }
    this.apply(fileEffects(found.path, after, attributesOf(attributes)))
  }

  /** A program works on what is at a path and below; what is there already stays the kind of thing it is. */
  obscure(path: string, because: Unknown): void {
    const there = this.lstat(path)
    if (!(there instanceof Unknown) && there.type === 'directory')
      this.mysteries.push({
        reason: because.because[0]!,
        paths: [path],
        anywhere: false,
        script: this.script,
      })
    else this.unknown(path, because)
  }

  makeDirectory(path: string, { mode, parents }: { mode?: string; parents: boolean }): boolean | Unknown {
    if (UNIMPORTANT.test(path)) return true
    const found = this.look(() => this.files.stat(path))
    if (found instanceof Unknown) {
      this.unknown(path, found)
      return found
    }
    if (found.status.type !== 'absent') return parents && found.status.type === 'directory'
    const parent = this.lstat(posix.dirname(found.path))
    if (!(parent instanceof Unknown) && parent.type === 'absent') {
      if (!parents) return false
      this.makeDirectory(posix.dirname(found.path), { parents })
    }
    const usual = 0o777 & ~this.umask
    const bits = mode === undefined ? usual : applyMode(mode, usual, true, this.umask)
    this.apply([
      effect(
        pathKind,
        found.path,
        presentPath({ type: 'directory', fresh: true, mode: bits, owner: 'root', group: 'root' }),
      ),
    ])
    return true
  }

  link(target: string, path: string): void {
    if (UNIMPORTANT.test(path)) return
    const real = this.#real(path)
    if (real === undefined) return
    this.apply([
      effect(
        pathKind,
        real,
        presentPath({ type: 'link', mode: 0o777, owner: 'root', group: 'root', target }),
      ),
    ])
  }

  remove(path: string): void {
    const real = this.#real(path)
    if (real !== undefined && !UNIMPORTANT.test(path)) this.apply(absentEffects(real))
  }

  /** A file's copy: its bytes, and its mode (`preserve`: its owner too). */
  copy(from: string, to: string, preserve: boolean): void {
    const source = this.stat(from)
    const bytes = this.readBytes(from)
    const place = this.look(() => this.files.stat(to))
    if (place instanceof Unknown) return this.unknown(to, place)
    if (source instanceof Unknown) return this.unknown(to, source)
    if (source.type !== 'file' || bytes === null) {
      this.untold({ what: `a copy of ${from}` }, [to])
      return
    }
    const attributes = preserve
      ? attributesOf(source)
      : place.status.type === 'file'
        ? attributesOf(place.status)
        : { mode: source.mode & ~this.umask, owner: 'root', group: 'root' }
    this.apply(fileEffects(place.path, bytes, attributes))
  }

  move(from: string, to: string): void {
    const source = this.look(() => this.files.lstat(from))
    if (source instanceof Unknown) {
      this.unknown(to, source)
      this.unknown(from, source)
      return
    }
    const { status } = source
    const place = this.#real(to)
    if (place === undefined) return
    if (status.type === 'file') {
      const bytes = this.readBytes(source.path)
      this.apply(fileEffects(place, bytes ?? Buffer.alloc(0), attributesOf(status)))
    } else if (status.type === 'link') this.apply([effect(pathKind, place, status)])
    else if (status.type !== 'absent') this.untold({ what: `${from} moved` }, [to])
    this.remove(from)
  }

  /** Changes a path's permissions and owners; recursively where a directory's names are known. */
  change(
    path: string,
    wanted: { mode?: string; owner?: string; group?: string },
    { recursive = false, follow = true }: { recursive?: boolean; follow?: boolean } = {},
  ): boolean | Unknown {
    if (UNIMPORTANT.test(path)) return true
    const found = this.look(() => (follow ? this.files.stat(path) : this.files.lstat(path)))
    if (found instanceof Unknown) return found
    const { status } = found
    if (status.type === 'absent' || status.type === 'denied') return false
    const known = both(this.#exists(userKind, wanted.owner), this.#exists(groupKind, wanted.group))
    if (known !== 0) return known instanceof Unknown ? known : false
    const mode =
      wanted.mode === undefined
        ? status.mode
        : applyMode(wanted.mode, status.mode, status.type === 'directory', this.umask)
    const after: PresentPath = {
      ...status,
      mode,
      owner: wanted.owner ?? status.owner,
      group: wanted.group ?? status.group,
    }
    this.apply([effect(pathKind, found.path, after)])
    if (recursive && status.type === 'directory') {
      const names = this.list(found.path)
      if (names instanceof Unknown) this.untold({ what: `everything in ${path}` }, [path])
      else
        for (const name of names ?? [])
          this.change(posix.join(found.path, name), wanted, { recursive, follow: false })
    }
    return true
  }

  // Whoever is to own something must be there, unless named by a number.
  #exists(kind: ResourceKind<string, unknown>, name: string | undefined): Status {
    if (name === undefined || name === 'root' || /^\d+$/.test(name)) return 0
    const found = this.read(kind, name)
    return found instanceof Unknown ? found : truth(found !== null)
  }

  /** Throws what has to be read before the outcome counts. @throws {Miss} */
  settle(): void {
    if (this.misses.length > 0) this.#before.want(this.misses)
  }

  #real(path: string): string | undefined {
    const found = this.look(() => this.files.lstat(path))
    return found instanceof Unknown ? undefined : found.path
  }
}

/** Something a script did that is not understood. */
export interface Mystery {
  readonly reason: Reason
  readonly paths: readonly string[]
  /** It may have touched other things of its package too. */
  readonly anywhere: boolean
  /** The package whose script it was in. */
  readonly script: string
}

function attributesOf({ mode, owner, group }: Pick<PresentPath, 'mode' | 'owner' | 'group'>) {
  return { mode, owner, group }
}

/** The absolute paths in an argument: `/a`, `--file=/a`. */
function absolutePaths(word: string): string[] {
  const match = /(?:^|=)(\/[\w@%+.,:/-]+)$/.exec(word)
  return match && match[1]! !== '/' ? [match[1]!.replace(/\/+$/, '')] : []
}
