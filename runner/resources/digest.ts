import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** SHA-256 of a file's content in hex, links followed; null when there is no regular file to read. */
export const digest = defineResource<string, string | null>({
  name: 'digest',
  id: (key) => key,
  // Only regular files are read (a fifo would block), all of them by one process.
  read: (keys) => sh`set --
for path in ${keys}; do [ ! -f "$path" ] || set -- "$@" "$path"; done
[ $# = 0 ] || sha256sum -z -- "$@" 2>/dev/null`,
  parse: (answer, keys) => {
    const digests = new Map<string, string>()
    for (const record of answer.toString('utf8').split('\0')) {
      if (record) digests.set(record.slice(66), record.slice(0, 64))
    }
    return keys.map((key) => digests.get(key) ?? null)
  },
})
