import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** Whether the session's user may write at a path: what permissions, access lists and read-only file systems come to. */
export const writeAccess = defineResource<{ readonly user: string; readonly path: string }, boolean>({
  name: 'write access',
  id: ({ user, path }) => `${path} ${user}`,
  read: (keys) =>
    sh`for path in ${keys.map(({ path }) => path)}; do if [ -w "$path" ] && [ -x "$path" ]; then printf y; else printf n; fi; done`,
  parse: (answer, keys) => keys.map((_, index) => answer[index] === 121),
  matches: () => true,
})
