import { posix } from 'node:path'
import { formatMode } from '../resources/path.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, path } from './arguments.ts'
import { defineModule } from './module.ts'
import { unchanged } from './outcome.ts'
import { accessOf } from './support/access.ts'
import { checksum } from './support/checksum.ts'
import { hostPath } from './support/host-path.ts'

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
    get_mime: bool('Accepted; the type is not guessed.', {
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
    }),
    get_attributes: bool('Accepted; file system flags are not read.', {
      default: true,
      aliases: ['attr', 'attributes'],
    }),
    get_selinux_context: bool('Accepted.', { default: false }),
  }),
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    const { path: real, status } = given.follow ? planning.files.stat(at) : planning.files.lstat(at)
    if (status.type === 'absent' || status.type === 'denied') return unchanged({ stat: { exists: false } })
    const stat: Dict = {
      exists: true,
      path: given.path,
      mode: formatMode(status.mode),
      isdir: status.type === 'directory',
      isreg: status.type === 'file',
      islnk: status.type === 'link',
      isfifo: status.type === 'fifo',
      issock: status.type === 'socket',
      isblk: status.type === 'block',
      ischr: status.type === 'char',
      uid: status.uid,
      gid: status.gid,
      pw_name: status.owner,
      gr_name: status.group,
      size: status.size,
      inode: status.inode,
      dev: status.device,
      nlink: status.links,
      atime: status.atime,
      mtime: status.mtime,
      ctime: status.ctime,
      ...permissionFlags(status.mode),
      ...accessOf(status, planning.identity()),
    }
    if (status.type === 'link') {
      stat['lnk_target'] = status.target!
      stat['lnk_source'] = posix.resolve(posix.dirname(real), status.target!)
    }
    if (status.type === 'file' && given.get_checksum) {
      stat['checksum'] = checksum(planning, real, given.checksum_algorithm)
    }
    return unchanged({ stat })
  },
})

function permissionFlags(mode: number): Dict {
  const flags: [string, number][] = [
    ['rusr', 0o400],
    ['wusr', 0o200],
    ['xusr', 0o100],
    ['rgrp', 0o040],
    ['wgrp', 0o020],
    ['xgrp', 0o010],
    ['roth', 0o004],
    ['woth', 0o002],
    ['xoth', 0o001],
    ['isuid', 0o4000],
    ['isgid', 0o2000],
  ]
  return Object.fromEntries(flags.map(([name, bit]) => [name, (mode & bit) !== 0]))
}
