import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A file's bytes, links followed; null when there is no regular file that can be read. */
export const content = defineResource<string, Buffer | null>({
  name: 'content',
  id: (key) => key,
  read: (keys) => sh`for path in ${keys}; do
  if [ -f "$path" ] && [ -r "$path" ]; then size=$(stat -L -c %s -- "$path"); echo "$size"; head -c "$size" -- "$path"; else echo -; fi
done 2>/dev/null`,
  parse: (answer, keys) => parseFiles(answer, keys.length),
  matches: (predicted, observed) =>
    predicted === null || observed === null ? predicted === observed : predicted.equals(observed),
  describe: (value) => (value === null ? 'no file' : `${value.length} bytes`),
})

/** What was answered for so many files: a line with the size, then that many bytes; a dash where there is no file. */
export function parseFiles(answer: Buffer, count: number): (Buffer | null)[] {
  let at = 0
  return Array.from({ length: count }, () => {
    const end = answer.indexOf(10, at)
    const size = answer.toString('latin1', at, end)
    at = end + 1
    if (size === '-' || end < 0) return null
    const bytes = answer.subarray(at, at + Number(size))
    at += Number(size)
    return bytes
  })
}
