import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** The names in a directory, sorted, `.` and `..` left out; null when it is none. */
export const listing = defineResource<string, readonly string[] | null>({
  name: 'listing',
  id: (key) => key,
  read: (keys) => sh`for path in ${keys}; do
  if [ -d "$path" ]; then printf '+'; find "$path/" -mindepth 1 -maxdepth 1 -printf '%f\\0'; printf '/\\0'; else printf -- '-\\0'; fi
done 2>/dev/null`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    let at = 0
    return keys.map(() => {
      if (records[at] === '-') {
        at++
        return null
      }
      const names: string[] = []
      // No file name can be `/`, so it ends a directory's list; the `+` only marks its beginning.
      records[at] = records[at]!.slice(1)
      for (; records[at] !== '/'; at++) names.push(records[at]!)
      at++
      return names.sort()
    })
  },
})
