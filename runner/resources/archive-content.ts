import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { type ArchiveKey, enterArchives, label, place } from './archive.ts'
import { parseFiles } from './content.ts'
import { defineResource } from './resource.ts'

/** A file in an archive. */
export interface ArchiveFileKey {
  readonly archive: ArchiveKey
  /** Its path in the archive: `/etc/nginx/nginx.conf`. */
  readonly path: string
}

/** The bytes of a file in an archive; null when there is none. */
export const archiveContent = defineResource<ArchiveFileKey, Buffer | null>({
  name: 'archive content',
  id: ({ archive, path }) => `${label(archive)} ${path}`,
  read: (keys) =>
    each(keys, (path) => sh`if [ -f ${path} ]; then stat -c %s ${path}; cat ${path}; else echo -; fi`),
  parse: (answer, keys) => parseFiles(answer, keys.length),
})

/** SHA-256 in hex of a file in an archive; null when there is none. */
export const archiveDigest = defineResource<ArchiveFileKey, string | null>({
  name: 'archive digest',
  id: ({ archive, path }) => `${label(archive)} ${path}`,
  read: (keys) =>
    each(keys, (path) => sh`if [ -f ${path} ]; then sha256sum <${path} | cut -c1-64; else echo -; fi`),
  parse: (answer, keys) => {
    const lines = answer.toString('latin1').split('\n')
    return keys.map((_, index) => (lines[index]!.length === 64 ? lines[index]! : null))
  },
})

// All files of an archive are taken out in one go, and stay for later reads.
function each(keys: readonly ArchiveFileKey[], show: (path: string) => Script): Script {
  const groups = Map.groupBy(keys, ({ archive }) => label(archive))
  return sh`( { ${enterArchives(keys.map(({ archive }) => archive))}
} >/dev/null 2>&1
${joinScripts(
  [...groups.values()].map((group) => {
    const { archive } = group[0]!
    const files = `${label(archive)}.files`
    return sh`mkdir -p ${files}
set --
for path in ${group.map(({ path }) => `.${path}`)}; do [ -e ${files}/"$path" ] || set -- "$@" "$path"; done
[ $# = 0 ] || dpkg-deb --fsys-tarfile ${place(archive)} 2>/dev/null | tar -x -C ${files} --no-same-owner --no-same-permissions -f - "$@" 2>/dev/null`
  }),
)}
${joinScripts(keys.map(({ archive, path }) => show(`${label(archive)}.files${path}`)))} )`
}
