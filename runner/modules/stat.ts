import { posix } from 'node:path'
import { identity } from '../resources/identity.ts'
import { resource } from '../resources/resource.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, path } from './arguments.ts'
import { defineModule } from './module.ts'
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
  readsLater: ({ path: at, get_checksum, checksum_algorithm }, user) => [
    resource(identity, user),
    ...(get_checksum && at.startsWith('/')
      ? [resource(checksums[checksum_algorithm], posix.normalize(at))]
      : []),
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
    return unchanged({ stat })
  },
})
