import { posix } from 'node:path'
import type { Layer } from '../host/layer.ts'
import type { State } from '../host/state.ts'
import { isFileKind } from '../resources/file-kinds.ts'
import type { InstalledFiles } from '../resources/installed-files.ts'
import { listing } from '../resources/listing.ts'
import { path as pathKind, type PathStatus } from '../resources/path.ts'
import { resource, type ResourceKind } from '../resources/resource.ts'
import { Miss } from '../host/misses.ts'
import { Unknown } from '../variables/unknown.ts'
import type { HostRules } from './host-rules.ts'

/** What goes with packages that are removed: their files, and directories that are empty then. */
export class RemovalLayer implements Layer {
  readonly #gone = new Set<string>()
  readonly #names = new Map<string, Set<string>>()

  /** @param purge whether configuration files go as well */
  constructor(
    removed: readonly { readonly files: InstalledFiles; readonly purge: boolean }[],
    rules: HostRules,
  ) {
    for (const { files, purge } of removed) {
      for (const written of files.paths) {
        if (files.shared.has(written) || (!purge && files.conffiles.has(written))) continue
        const path = rules.real(written)
        this.#gone.add(path)
        const directory = posix.dirname(path)
        this.#names.set(directory, (this.#names.get(directory) ?? new Set()).add(posix.basename(path)))
      }
    }
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
    if (!this.#gone.has(path)) return undefined
    if (kind.name !== pathKind.name) return null as Value
    const there = below() as PathStatus | Unknown | undefined
    if (there === undefined) throw new Miss([resource(pathKind, path)])
    if (there instanceof Unknown) return there
    if (there.type !== 'directory') return { type: 'absent' } as Value
    return (this.#staysEmpty(path, state) ? { type: 'absent' } : undefined) as Value | undefined
  }

  /** Whether all that is in a directory goes. */
  #staysEmpty(directory: string, state: State): boolean {
    const listed = state.under(this, listing, directory)
    if (listed === undefined) throw new Miss([resource(listing, directory)])
    if (listed instanceof Unknown) return false
    return [...new Set([...(listed ?? []), ...state.touchedNames(directory)])].every((name) => {
      const child = posix.join(directory, name)
      const below = () => state.under(this, pathKind, child)
      const value = this.over(pathKind, child, below, state) ?? below()
      return value === undefined
        ? !listed?.includes(name)
        : !(value instanceof Unknown) && value.type === 'absent'
    })
  }
}
