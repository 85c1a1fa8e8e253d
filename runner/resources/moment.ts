import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A time that an author wrote without saying where: seconds since 1970 as the host reads it; null when it is none. */
export const moment = defineResource<string, number | null>({
  name: 'moment',
  id: (key) => key,
  read: (keys) => sh`for time in ${keys}; do date -d "$time" +%s 2>/dev/null || echo; done`,
  parse: (answer, keys) => {
    const lines = answer.toString('utf8').split('\n')
    return keys.map((_, index) => (lines[index] ? Number(lines[index]) : null))
  },
})
