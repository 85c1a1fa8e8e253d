import { type AptWorld, enterWorld, worldId } from '../packages/apt-world.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

export interface NamePattern {
  readonly world: AptWorld
  /** A shell pattern: `php*`. */
  readonly pattern: string
}

/** The names of all packages, installed or not, that match a pattern, sorted. */
export const packageNames = defineResource<NamePattern, readonly string[]>({
  name: 'package names',
  id: ({ world, pattern }) => `${worldId(world)} ${pattern}`,
  dear: true,
  // The pattern is held in a variable: `case` takes it for a pattern, and nothing else in it is looked at.
  read: (keys) =>
    joinScripts(
      keys.map(
        ({ world, pattern }) => sh`( ${enterWorld(world)}
pattern=${pattern}
{ private apt-cache pkgnames; dpkg-query -W -f ${'${Package}\\n'}; } | sort -u | while read -r name; do
  case $name in $pattern) printf '%s\\n' "$name" ;; esac
done ) 2>/dev/null
printf '\\0'`,
      ),
    ),
  parse: (answer, keys) => {
    const parts = answer.toString('utf8').split('\0')
    return keys.map((_, index) => parts[index]!.split('\n').filter(Boolean))
  },
})
