import { joinScripts, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What an installed package has brought, as dpkg remembers it. */
export interface InstalledFiles {
  readonly paths: readonly string[]
  /** Of these paths, those that other packages have brought too: directories mostly. */
  readonly shared: ReadonlySet<string>
  /** Configuration files, with the MD5 sum under which they were installed. */
  readonly conffiles: ReadonlyMap<string, string>
  /** `prerm`, `postrm` … as text. */
  readonly scripts: ReadonlyMap<string, string>
}

/** The files of an installed package by its name; null when dpkg knows none. */
export const installedFiles = defineResource<string, InstalledFiles | null>({
  name: 'installed files',
  id: (key) => key,
  read: (keys) =>
    joinScripts([
      sh`cd /var/lib/dpkg/info || exit 0`,
      ...keys.map(
        (key) => sh`list=${key}.list
[ -e "$list" ] || for list in ${key}:*.list; do break; done
if [ -e "$list" ]; then
  cat "$list"; printf '\\0'
  awk 'NR == FNR { mine[$0]; next } FILENAME != own && ($0 in mine)' own="$list" "$list" *.list | sort -u; printf '\\0'
  dpkg-query -W -f ${'${Conffiles}\\n'} "\${list%.list}"; printf '\\0'
  for script in prerm postrm; do
    [ ! -f "\${list%.list}.$script" ] || { printf '%s %s\\n' "$script" "$(stat -c %s "\${list%.list}.$script")"; cat "\${list%.list}.$script"; }
  done
  printf '\\0'
else printf '\\0\\0\\0\\0'; fi`,
      ),
    ]),
  parse: (answer, keys) => {
    const parts = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const [paths, shared, conffiles, scripts] = parts.slice(index * 4, index * 4 + 4)
      if (!paths) return null
      return {
        paths: paths.split('\n').filter((path) => path !== '' && path !== '/.'),
        shared: new Set(shared!.split('\n')),
        conffiles: new Map(
          [...conffiles!.matchAll(/^ (\/.*?) ([0-9a-f]{32})(?: obsolete)?$/gm)].map((match) => [
            match[1]!,
            match[2]!,
          ]),
        ),
        scripts: scriptsOf(scripts!),
      }
    })
  },
})

function scriptsOf(text: string): Map<string, string> {
  const bytes = Buffer.from(text)
  const scripts = new Map<string, string>()
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at)
    const [name, size] = bytes.toString('utf8', at, end).split(' ')
    scripts.set(name!, bytes.toString('utf8', end + 1, end + 1 + Number(size)))
    at = end + 1 + Number(size)
  }
  return scripts
}
