import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { presentPath } from '../host/files.ts'
import type { Layer } from '../host/layer.ts'
import { Miss, UnknownRead } from '../host/misses.ts'
import type { State } from '../host/state.ts'
import type { Archive, ArchiveEntry, ArchiveKey } from '../resources/archive.ts'
import { archiveContent, archiveDigest } from '../resources/archive-content.ts'
import { content } from '../resources/content.ts'
import { digest } from '../resources/digest.ts'
import { isFileKind } from '../resources/file-kinds.ts'
import type { InstalledFiles } from '../resources/installed-files.ts'
import { path as pathKind, type PathStatus, type PresentPath } from '../resources/path.ts'
import { resource, type ResourceKind } from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import type { HostRules } from './host-rules.ts'

/** An archive that is unpacked. */
export interface Unpacked {
  readonly key: ArchiveKey
  readonly archive: Archive
  /** What the version before has brought, when there is one (perhaps only its configuration). */
  readonly before: InstalledFiles | null
}

interface Brought {
  readonly entry: ArchiveEntry
  readonly unpacked: Unpacked
}

/** The files of archives, as dpkg puts them onto a host. */
export class ArchiveLayer implements Layer {
  readonly #rules: HostRules
  readonly #brought = new Map<string, Brought>()
  /** Of versions before, and not brought any more. */
  readonly #gone = new Set<string>()
  readonly #names = new Map<string, Set<string>>()
  /** Of configuration files, once it is decided. */
  readonly #kept = new Map<string, boolean>()
  readonly #inodes = new Map<string, Unknown>()

  constructor(unpacked: readonly Unpacked[], rules: HostRules) {
    this.#rules = rules
    for (const each of unpacked) {
      for (const entry of each.archive.entries) {
        const path = rules.real(entry.path)
        if (entry.path === '/' || rules.isExcluded(entry.path)) continue
        const there = this.#brought.get(path)
        // A directory that several bring is made by the first.
        if (there && there.entry.type === 'directory' && entry.type === 'directory') continue
        this.#add(path)
        this.#brought.set(path, { entry, unpacked: each })
      }
    }
    for (const { before } of unpacked) {
      for (const written of before?.paths ?? []) {
        const path = rules.real(written)
        if (this.#brought.has(path) || before!.shared.has(written) || before!.conffiles.has(written)) continue
        this.#gone.add(path)
        this.#add(path)
      }
    }
  }

  /** Whether an archive has something at a path. */
  brings(path: string): boolean {
    return this.#brought.has(path)
  }

  names(directory: string): Iterable<string> {
    return this.#names.get(directory) ?? []
  }

  over<Key, Value>(
    kind: ResourceKind<Key, Value>,
    key: Key,
    below: () => Value | Unknown | undefined,
    state: State,
  ): Value | Unknown | undefined {
    if (!isFileKind(kind.name)) return undefined
    const path = key as string
    const brought = this.#brought.get(path)
    if (brought === undefined) {
      if (!this.#gone.has(path)) return undefined
      return kind.name === pathKind.name ? ({ type: 'absent' } as Value) : (null as Value)
    }
    try {
      if (kind.name === pathKind.name) {
        return this.#status(path, brought, below as () => PathStatus | Unknown | undefined, state) as
          | Value
          | undefined
      }
      if (brought.entry.type !== 'file' || this.#keeps(path, brought, state)) return undefined
      return this.#bytes(kind.name, brought, state) as Value
    } catch (error) {
      if (error instanceof UnknownRead) return error.unknown
      throw error
    }
  }

  #status(
    path: string,
    brought: Brought,
    below: () => PathStatus | Unknown | undefined,
    state: State,
  ): PathStatus | Unknown | undefined {
    const { entry } = brought
    const override = this.#rules.overrides.get(entry.path)
    const attributes = { mode: entry.mode, owner: entry.owner, group: entry.group, ...override }
    if (entry.type === 'directory' || entry.type === 'link') {
      const there = below()
      if (there === undefined) throw new Miss([resource(pathKind, path)])
      if (there instanceof Unknown) return there
      // What is a directory already, or leads to one, stays.
      if (there.type === 'directory' || (there.type === 'link' && entry.type === 'directory'))
        return undefined
      if (entry.type === 'link')
        return this.#present(path, {
          type: 'link',
          ...attributes,
          mode: 0o777,
          target: entry.target!,
          mtime: entry.mtime,
        })
      return this.#present(path, { type: 'directory', fresh: true, ...attributes })
    }
    if (entry.type === 'other')
      return new Unknown({ what: `${path}, which ${brought.unpacked.key.name} brings` })
    if (brought.unpacked.archive.conffiles.has(entry.path)) {
      const there = below()
      if (there === undefined) throw new Miss([resource(pathKind, path)])
      if (there instanceof Unknown) return there
      if (this.#keeps(path, brought, state)) return undefined
      // A configuration file keeps what the administrator made of its permissions.
      if (there.type === 'file')
        return this.#present(path, {
          type: 'file',
          mode: there.mode,
          owner: there.owner,
          group: there.group,
          size: entry.size,
        })
    }
    const size = entry.hard ? this.#source(brought).entry.size : entry.size
    return this.#present(path, { type: 'file', ...attributes, size, mtime: entry.mtime })
  }

  // Asked twice, it is the same file: who changes its owner changes nothing of what is in it.
  #present(path: string, known: Parameters<typeof presentPath>[0]): PresentPath {
    let inode = this.#inodes.get(path)
    if (!inode) this.#inodes.set(path, (inode = new Unknown({ what: 'the change itself' })))
    return presentPath({ inode, device: inode, ...known })
  }

  /** To be told before something else touches a path: what it was before the archive cannot be seen afterwards. */
  decide(path: string, state: State): void {
    const brought = this.#brought.get(path)
    if (brought) this.#kept.set(path, this.#keeps(path, brought, state))
  }

  /** Whether a configuration file stays as the administrator has it: changed, deleted, or made before the package. */
  #keeps(path: string, { entry, unpacked }: Brought, state: State): boolean {
    if (!unpacked.archive.conffiles.has(entry.path)) return false
    const decided = this.#kept.get(path)
    if (decided !== undefined) return decided
    const registered = unpacked.before?.conffiles.get(entry.path)
    const there = this.#below(pathKind, path, state)
    if (there.type === 'absent') return registered !== undefined
    if (there.type !== 'file') return true
    if (registered === undefined) return true
    const bytes = this.#below(content, path, state)
    return bytes === null || createHash('md5').update(bytes).digest('hex') !== registered
  }

  // What was there before the package: read below this layer, of what was single then.
  #below<Value>(kind: ResourceKind<string, Value>, path: string, state: State): Value {
    const value = state.under(this, kind, path)
    if (value === undefined) throw new Miss([resource(kind, path)])
    if (value instanceof Unknown) throw new UnknownRead(value)
    return value
  }

  #bytes(kind: string, brought: Brought, state: State): Buffer | string | Unknown | null {
    const { entry, unpacked } = this.#source(brought)
    const file = { archive: unpacked.key, path: entry.path }
    if (kind === content.name) return state.read(archiveContent, file)
    if (kind === digest.name) return state.read(archiveDigest, file)
    const bytes = state.read(archiveContent, file)
    return bytes === null ? null : createHash(kind).update(bytes).digest('hex')
  }

  /** The entry that has the content: of a hard link, the one that it is a link to. */
  #source(brought: Brought): Brought {
    const { entry } = brought
    if (!entry.hard || entry.target === undefined) return brought
    return this.#brought.get(this.#rules.real(entry.target)) ?? brought
  }

  #add(path: string): void {
    const directory = posix.dirname(path)
    const names = this.#names.get(directory)
    if (names) names.add(posix.basename(path))
    else this.#names.set(directory, new Set([posix.basename(path)]))
  }
}
