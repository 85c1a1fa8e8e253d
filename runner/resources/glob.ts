import { authoredScript, joinScripts, quote, type Script, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** The paths that match a shell pattern, sorted; none when nothing does. */
export const glob = defineResource<string, readonly string[]>({
  name: 'glob',
  id: (key) => key,
  read: (keys) =>
    joinScripts(
      keys.map(
        (key) =>
          sh`for path in ${pattern(key)}; do if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\\0' "$path"; fi; done; printf '/\\0'`,
      ),
    ),
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map(() => records.splice(0, records.indexOf('/') + 1).slice(0, -1))
  },
})

// The wildcards stay bare, everything between them is quoted.
function pattern(key: string): Script {
  return authoredScript(
    key
      .split(/([*?]|\[[^\]/]+\])/)
      .filter(Boolean)
      .map((part) => (/^([*?]|\[[^\]/]+\])$/.test(part) ? part : quote(part)))
      .join(''),
  )
}
