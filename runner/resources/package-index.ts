import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { defineResource } from './resource.ts'

/** The lists of available packages that apt has fetched. */
export interface PackageIndex {
  /** Nothing was ever fetched. */
  readonly empty: boolean
  /** When it was fetched last, in seconds since 1970. */
  readonly updated: number | Unknown
  /** The same as an age in seconds, by the host's clock. */
  readonly age: number
  /** Fetched only in a prediction: the host's own lists are older. */
  readonly predicted?: boolean
}

/** Seconds that may lie between an update and the look at it. */
const PATIENCE = 3600

/** The host's package index; there is one, its key is ''. */
export const packageIndex = defineResource<string, PackageIndex>({
  name: 'package index',
  id: (key) => key,
  read: () => sh`cd /var/lib/apt
set -- lists/*_InRelease lists/*_Release lists/*_Packages*
for list; do [ ! -e "$list" ] || { echo "$list"; break; }; done
stat -c %Y periodic/update-success-stamp 2>/dev/null || stat -c %Y lists
date +%s`,
  parse: (answer, keys) => {
    const lines = answer.toString('latin1').trim().split('\n')
    const now = Number(lines.pop())
    const updated = Number(lines.pop() ?? 0)
    return keys.map(() => ({ empty: lines.length === 0, updated, age: now - updated }))
  },
  matches: (predicted, observed) =>
    predicted.empty === observed.empty && observed.age < predicted.age + PATIENCE,
  describe: ({ empty, age }) => (empty ? 'empty' : `${age} s old`),
})
