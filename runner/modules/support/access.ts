import type { Identity } from '../../resources/identity.ts'
import type { PresentPath } from '../../resources/path.ts'
import type { Dict } from '../../variables/value.ts'

/** What the task's user may do with a path: `readable`, `writeable`, `executable`. */
export function accessOf(status: PresentPath, { user, groups }: Identity): Dict {
  if (user === 'root')
    return {
      readable: true,
      writeable: true,
      executable: status.type === 'directory' || (status.mode & 0o111) !== 0,
    }
  const shift = status.owner === user ? 6 : groups.includes(status.group) ? 3 : 0
  const bits = status.mode >> shift
  return { readable: (bits & 4) !== 0, writeable: (bits & 2) !== 0, executable: (bits & 1) !== 0 }
}
