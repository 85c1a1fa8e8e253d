import { path, type PathStatus } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Layer } from './layer.ts'
import { Miss } from './misses.ts'

const KINDS = new Set(['path', 'content', 'digest', 'listing', 'glob', 'flags', 'mime'])

/**
 * Whatever is below a directory cannot be told, because something fills it of which no more is known.
 *
 * @param known what is told all the same: paths below it
 */
export function unknownBelow(directory: string, unknown: Unknown, known: readonly string[] = []): Layer {
  return {
    over: (kind, key) => {
      if (!KINDS.has(kind.name) || typeof key !== 'string') return undefined
      if (key === directory || known.includes(key)) return kind.name === 'listing' ? unknown : undefined
      return key.startsWith(`${directory}/`) ? unknown : undefined
    },
    names: () => [],
  }
}

/**
 * Something may have come into being anywhere below a directory: what was not there cannot be told any more.
 *
 * @param changing what is there may be another file afterwards, too
 */
export function unknownWhereAbsent(directory: string, unknown: Unknown, changing: boolean): Layer {
  return {
    over: (kind, key, below) => {
      if (!KINDS.has(kind.name) || typeof key !== 'string') return undefined
      if (key !== directory && !key.startsWith(`${directory}/`)) return undefined
      if (kind.name === 'listing') return unknown
      if (kind.name === path.name) {
        const there = below() as PathStatus | Unknown | undefined
        if (there === undefined) throw new Miss([resource(path, key)])
        if (there instanceof Unknown || there.type === 'directory') return undefined
        return there.type === 'absent' || changing ? unknown : undefined
      }
      return changing ? unknown : undefined
    },
    names: () => [],
  }
}
