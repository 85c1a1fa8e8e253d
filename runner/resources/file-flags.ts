import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

/** The flags of a file system that a file has (`chattr`), or null where the file system has none. */
export interface FileFlags {
  /** Letters of the flags that are set, sorted. */
  readonly on: string
  /** Letters of those known not to be set; without it, all others are not. */
  readonly off?: string
  /** The file's generation, where it is known. */
  readonly version?: string
}

/** One absolute path, links on the way followed. */
export const fileFlags = defineResource<string, FileFlags | null>({
  name: 'flags',
  id: (key) => key,
  outdatedBy: atPath((path, key) => path === key),
  // Some file systems have flags and no generations.
  read: (keys) => sh`for file in ${keys}; do
lsattr -vd -- "$file" 2>/dev/null || lsattr -d -- "$file" 2>/dev/null | sed 's/^/- /'
done`,
  parse: (answer, keys) => {
    const found = new Map<string, FileFlags>()
    for (const line of answer.toString('utf8').split('\n')) {
      const match = /^(\S+) +(\S+) (.*)$/.exec(line.trimStart())
      if (!match) continue
      const [, version, letters, file] = match
      const on = sortLetters(letters!.replaceAll('-', ''))
      found.set(file!, version === '-' ? { on } : { on, version })
    }
    return keys.map((key) => found.get(key) ?? null)
  },
  matches: (predicted, observed) =>
    predicted === null || observed === null
      ? predicted === observed
      : has(observed, predicted.on) &&
        (predicted.off === undefined
          ? sortLetters(observed.on.replace(FIXED, '')) === sortLetters(predicted.on.replace(FIXED, ''))
          : !new RegExp(`[${predicted.off || '_'}]`).test(observed.on)),
  describe: (value) => (value === null ? 'no flags' : value.on || 'none'),
})

/** Flags that nobody can set or clear. */
const FIXED = /[EINV]/g

function has({ on }: FileFlags, letters: string): boolean {
  return Array.from(letters).every((letter) => on.includes(letter))
}

/** Letters in order, each once. */
export function sortLetters(letters: string): string {
  return Array.from(new Set(letters)).sort().join('')
}
