import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** The answer to a question that a package asks. */
export interface DebconfQuestion {
  readonly value: string
  readonly seen: boolean
  /** The question's type where it is known: boolean, select, string …. */
  readonly type?: string
}

/** A question of debconf by its name (`postfix/mailname`); null when the host's database holds none. */
export const debconf = defineResource<string, DebconfQuestion | null>({
  name: 'debconf',
  id: (key) => key,
  read: (keys) =>
    sh`cat /var/cache/debconf/config.dat /var/cache/debconf/passwords.dat 2>/dev/null | awk ${FILTER} ${keys}`,
  parse: (answer, keys) => {
    const found = new Map<string, DebconfQuestion>()
    for (const paragraph of answer.toString('utf8').split('\n\n')) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(paragraph)?.[1]
      const name = field('Name')
      if (name === undefined) continue
      found.set(name, {
        value: unescape(field('Value') ?? ''),
        seen: (field('Flags') ?? '').split(/[ ,]+/).includes('seen'),
      })
    }
    return keys.map((key) => found.get(key) ?? null)
  },
  matches: (predicted, observed) =>
    predicted === null || observed === null ? predicted === observed : predicted.value === observed.value,
  // An answer may be a password.
  describe: (value) => (value === null ? 'not answered' : 'answered'),
})

const FILTER = `BEGIN { RS = ""; FS = "\\n"; ORS = "\\n\\n"; for (i = 1; i < ARGC; i++) wanted["Name: " ARGV[i]]; ARGC = 1 }
$1 in wanted`

function unescape(value: string): string {
  return value.replaceAll(/\\n/g, '\n')
}
