import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A file's bytes, links followed; null when there is no regular file that can be read. */
export const content = defineResource<string, Buffer | null>({
  name: 'content',
  id: (key) => key,
  read: (keys) => sh`for path in ${keys}; do
  if [ -f "$path" ] && [ -r "$path" ]; then size=$(stat -L -c %s -- "$path"); echo "$size"; head -c "$size" -- "$path"; else echo -; fi
done 2>/dev/null`,
  parse: (answer, keys) => {
    let at = 0
    return keys.map(() => {
      const end = answer.indexOf(10, at)
      const size = answer.toString('latin1', at, end)
      at = end + 1
      if (size === '-') return null
      const bytes = answer.subarray(at, at + Number(size))
      at += Number(size)
      return bytes
    })
  },
  matches: (predicted, observed) =>
    predicted === null || observed === null ? predicted === observed : predicted.equals(observed),
  describe: (value) => (value === null ? 'no file' : `${value.length} bytes`),
})
