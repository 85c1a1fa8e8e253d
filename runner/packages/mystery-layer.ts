import type { Layer } from '../host/layer.ts'
import { isFileKind } from '../resources/file-kinds.ts'
import type { ResourceKind } from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import type { ArchiveLayer } from './archive-layer.ts'

/** Places that a package's scripts may have filled in ways that are not understood. */
export interface MysteriousPlace {
  readonly path: string
  readonly because: Unknown
}

/** What stands in those places cannot be told, but for what archives bring. */
export class MysteryLayer implements Layer {
  readonly #places: readonly MysteriousPlace[]
  readonly #archives: ArchiveLayer

  constructor(places: readonly MysteriousPlace[], archives: ArchiveLayer) {
    this.#places = places
    this.#archives = archives
  }

  // It brings no names that could be told.
  names(): Iterable<string> {
    return []
  }

  over<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Unknown | undefined {
    if (!isFileKind(kind.name)) return undefined
    const path = key as string
    if (this.#archives.brings(path)) return undefined
    return this.#places.find((place) => path.startsWith(`${place.path}/`))?.because
  }
}
