import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What is mounted at a path. */
export interface Mount {
  readonly source: string
  readonly fstype: string
  /** Of the mount point, as in /proc/self/mountinfo. */
  readonly options: string
}

/** What is mounted at a directory, links not followed; null when nothing is. */
export const mount = defineResource<string, Mount | null>({
  name: 'mount',
  id: (key) => key,
  read: () => sh`cat /proc/self/mountinfo`,
  parse: (answer, keys) => {
    const mounts = new Map<string, Mount>()
    for (const line of answer.toString('utf8').split('\n')) {
      const [place, rest] = line.split(' - ')
      if (rest === undefined) continue
      const [, , , , path = '', options = ''] = place!.split(' ')
      const [fstype = '', source = ''] = rest.split(' ')
      // The last one at a path is the one that is seen.
      mounts.set(unescapeField(path), { source: unescapeField(source), fstype, options })
    }
    return keys.map((key) => mounts.get(key) ?? null)
  },
  matches: (predicted, observed) => (predicted === null) === (observed === null),
  describe: (value) => (value === null ? 'not mounted' : `${value.source} (${value.fstype})`),
})

/** A field of fstab or mountinfo, where blanks are written in octal. */
export function unescapeField(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

export function escapeField(text: string): string {
  return text.replaceAll(
    /[\\ \t\n#]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}
