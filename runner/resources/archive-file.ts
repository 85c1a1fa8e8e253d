import { createHash } from 'node:crypto'
import { openScratch } from '../packages/scratch.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What a .deb file says of itself. */
export interface ArchiveFile {
  readonly name: string
  readonly version: string
  readonly architecture: string
  /** Where it is on the host; one from a URL is in the session's scratch directory. */
  readonly path: string
}

/** A .deb file by its path on the host or its URL; null when it cannot be had or is none. */
export const archiveFile = defineResource<string, ArchiveFile | null>({
  name: 'archive file',
  id: (key) => key,
  read: (keys) =>
    joinScripts(
      keys.map((key) => {
        const fetched = `${createHash('sha256').update(key).digest('hex').slice(0, 16)}.deb`
        const get = /^[a-z]+:\/\//.test(key)
          ? sh`archive=$scratch/${fetched}
[ -e "$archive" ] || /usr/lib/apt/apt-helper -q -o APT::Sandbox::User= download-file ${key} "$archive"`
          : sh`archive=${key}`
        // dpkg-deb puts things aside, too.
        return sh`( ${openScratch}
${get}
dpkg-deb -W --showformat=${'${Package}\\t${Version}\\t${Architecture}\\t'} -- "$archive" && printf '%s' "$archive" ) 2>/dev/null
printf '\\0'`
      }),
    ),
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const fields = records[index]!.slice(records[index]!.lastIndexOf('\n') + 1).split('\t')
      const [name, version, architecture, path] = fields
      return path ? { name: name!, version: version!, architecture: architecture!, path } : null
    })
  },
})
