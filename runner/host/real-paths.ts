import type { Files } from './files.ts'
import { Miss, ReadDenied, UnknownRead } from './misses.ts'
import type { AnyResource } from '../resources/resource.ts'

/** Where the absolute paths among some words lead, links followed. @throws {Miss} for all that must be read first */
export function realPaths(words: readonly string[], files: Files): string[] {
  const real: string[] = []
  const missing: AnyResource[] = []
  for (const word of words) {
    if (!word.startsWith('/')) continue
    try {
      real.push(files.container(word).path)
    } catch (error) {
      if (error instanceof Miss) missing.push(...error.resources)
      else if (!(error instanceof UnknownRead || error instanceof ReadDenied)) throw error
    }
  }
  if (missing.length > 0) throw new Miss(missing)
  return real
}
