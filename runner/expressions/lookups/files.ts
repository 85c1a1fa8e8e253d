import { readFileSync } from 'node:fs'
import { text } from '../convert.ts'
import { findFile } from '../findFile.ts'
import type { Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { plain, type Routines } from '../routine.ts'

/** Lookups that read files of this machine. */
export const fileLookups: Routines = {
  file: plain('*terms **options', (frame, terms, options) => {
    const { rstrip = true, lstrip = false } = options as Record<string, Item>
    return (terms as Item[]).map((term) => {
      const content = readFileSync(findFile(text(term), 'files', frame), 'utf8')
      const trimmed = truthy(lstrip) ? content.trimStart() : content
      return truthy(rstrip) ? trimmed.trimEnd() : trimmed
    })
  }),
}
