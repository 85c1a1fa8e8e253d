import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

export interface MimeType {
  readonly mimetype: string
  readonly charset: string
}

/** What `file` takes the content at a path for, links not followed; `unknown` where it is not there or cannot tell. */
export const mimeType = defineResource<string, MimeType>({
  name: 'mime',
  id: (key) => key,
  outdatedBy: atPath((path, key) => path === key),
  read: (keys) => sh`file -b --mime-type --mime-encoding -- ${keys} 2>/dev/null || :`,
  parse: (answer, keys) => {
    const lines = answer.toString('utf8').split('\n')
    return keys.map((_, index) => {
      const match = /^([\w.+-]+\/[\w.+-]+); charset=(\S+)$/.exec(lines[index] ?? '')
      return match ? { mimetype: match[1]!, charset: match[2]! } : UNKNOWN
    })
  },
})

const UNKNOWN: MimeType = { mimetype: 'unknown', charset: 'unknown' }
