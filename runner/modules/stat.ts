import { posix } from 'node:path'
import { content } from '../resources/content.ts'
import { fileFlags } from '../resources/file-flags.ts'
import { identity } from '../resources/identity.ts'
import { mimeType } from '../resources/mime-type.ts'
import { path as pathKind, type PresentPath } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, path } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { unchanged } from './outcome.ts'
import { accessOf } from './support/access.ts'
import { checksums } from '../resources/checksum.ts'
import { checksum } from './support/checksum.ts'
import { hostPath } from './support/host-path.ts'
import { unlessUnknown } from './support/unless-unknown.ts'
import { statFacts } from './support/stat-facts.ts'

export default defineModule({
  name: 'stat',
  summary: 'Looks at a path.',
  looksOnly: true,
  args: args({
    path: path('Absolute path on the host.', { aliases: ['dest', 'name'] }),
    follow: bool('Follow a link at the path.', { default: false }),
    get_checksum: bool('Return a checksum of a file.', { default: true }),
    checksum_algorithm: choice(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], 'Which checksum.', {
      default: 'sha1',
      aliases: ['checksum', 'checksum_algo'],
    }),
    get_mime: bool('Return what file(1) takes it for.', {
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
    }),
    get_attributes: bool('Return the flags that lsattr shows.', {
      default: true,
      aliases: ['attr', 'attributes'],
    }),
    get_selinux_context: bool('Accepted.', { default: false }),
  }),
  readsLater: ({ path: at, get_checksum, checksum_algorithm, get_mime, get_attributes }, user) => [
    resource(identity, user),
    ...(get_checksum && at.startsWith('/')
      ? [resource(checksums[checksum_algorithm], posix.normalize(at))]
      : []),
    ...(get_mime && at.startsWith('/') ? [resource(mimeType, posix.normalize(at))] : []),
    ...(get_attributes && at.startsWith('/') ? [resource(fileFlags, posix.normalize(at))] : []),
  ],
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    const { path: real, status } = given.follow ? planning.files.stat(at) : planning.files.lstat(at)
    if (status.type === 'absent' || status.type === 'denied') return unchanged({ stat: { exists: false } })
    const stat: Dict = {
      exists: true,
      path: /^[~$]/.test(given.path) ? at : given.path,
      ...statFacts(status),
      ...accessOf(status, planning.identity()),
    }
    if (status.type === 'link') {
      stat['lnk_target'] = status.target!
      stat['lnk_source'] = posix.resolve(posix.dirname(real), status.target!)
    }
    if (status.type === 'file' && given.get_checksum) {
      stat['checksum'] = unlessUnknown(() => checksum(planning, real, given.checksum_algorithm))
    }
    if (given.get_mime) Object.assign(stat, mimeOf(real, status, planning))
    if (given.get_attributes) Object.assign(stat, flagsOf(real, status, planning))
    return unchanged({ stat })
  },
})

function mimeOf(real: string, { type, inode }: PresentPath, { state }: Planning): Dict {
  const known = MIME_TYPES[type]
  if (known !== undefined) return { mimetype: known, charset: 'binary' }
  const later =
    inode instanceof Unknown || state.isForetold(content, real)
      ? new Unknown({ what: 'what file(1) will take it for' })
      : unlessUnknown(() => state.read(mimeType, real))
  return later instanceof Unknown ? { mimetype: later, charset: later } : { ...later }
}

const MIME_TYPES: Partial<Record<PresentPath['type'], string>> = {
  directory: 'inode/directory',
  link: 'inode/symlink',
  fifo: 'inode/fifo',
  socket: 'inode/socket',
  block: 'inode/blockdevice',
  char: 'inode/chardevice',
}

function flagsOf(real: string, { type, inode }: PresentPath, { state }: Planning): Dict {
  const later = new Unknown({ what: 'the flags that its file system gives it' })
  const flags =
    type !== 'file' && type !== 'directory'
      ? null
      : inode instanceof Unknown
        ? later
        : (unlessUnknown(() => state.read(fileFlags, real)) ?? flagsOnceChanged(real, state, later))
  if (flags instanceof Unknown) return { attr_flags: flags, attributes: flags, version: flags }
  if (flags === null) return { attr_flags: '', attributes: [], version: null }
  return {
    attr_flags: flags.on,
    attributes: Array.from(flags.on).flatMap((letter) => FLAG_NAMES[letter] ?? []),
    version: flags.version ?? null,
  }
}

// An overlay tells none of a file below it, and those of its own file system once the file has been changed.
function flagsOnceChanged(real: string, state: Planning['state'], later: Unknown): Unknown | null {
  return state.predicted(pathKind, real) === undefined ? null : later
}

/** What Ansible calls the flags. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
}
