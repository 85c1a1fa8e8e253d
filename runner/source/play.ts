import { dirname } from 'node:path'
import { own, type Dict } from '../variables/value.ts'
import type { Loading } from './loading.ts'
import type { Block, Play, Step } from './model.ts'
import { listAt, nodeOf } from './node.ts'
import { loadRoleEntry } from './role-use.ts'
import { loadSteps, type StepContext } from './steps.ts'
import { checkKeys } from './task-keys.ts'
import { locate } from './positions.ts'

/**
 * Reads one play of a playbook.
 *
 * @param imported what an `import_playbook` above makes of the play's keywords
 */
export function loadPlay(
  loading: Loading,
  written: Dict,
  file: string,
  imported: (keywords: Dict) => Dict = (keywords) => keywords,
): Play {
  loading.options.modules.adopt?.(dirname(file))
  checkKeys(loading, written, 'play', 'a play')
  const node = nodeOf(loading, written, 'play')
  if (!Object.hasOwn(written, 'hosts')) {
    loading.error('a play needs hosts', node.location, `add 'hosts: all', or a group of the inventory`)
  }
  if (Object.hasOwn(written, 'user') && Object.hasOwn(written, 'remote_user')) {
    loading.error(
      `'user' is the old name of 'remote_user'`,
      locate(written, 'user', 'key')!,
      'remove one of the two',
      "both 'user' and 'remote_user' are set for this play. The use of 'user' is deprecated, and should be removed",
    )
  }
  const preTasks: Step[] = []
  const roles: Block[] = []
  const tasks: Step[] = []
  const postTasks: Step[] = []
  const handlers: Step[] = []
  const play: Play = {
    ...node,
    keywords: imported(node.keywords),
    kind: 'play',
    file,
    directory: dirname(file),
    preTasks,
    roles,
    tasks,
    postTasks,
    handlers,
  }
  const ofImports: Step[] = []
  const context: StepContext = {
    loading,
    file,
    parent: play,
    handler: false,
    chain: [],
    roleHandlers: ofImports,
  }
  const entries = own(written, 'roles') ?? null
  const ofRoles = listAt(written, 'roles').map((entry, index) =>
    loadRoleEntry(entry, entries, index, context),
  )
  roles.push(...ofRoles.flatMap(({ blocks }) => blocks))
  preTasks.push(...loadSteps(listAt(written, 'pre_tasks'), context))
  tasks.push(...loadSteps(listAt(written, 'tasks'), context))
  postTasks.push(...loadSteps(listAt(written, 'post_tasks'), context))
  const ownHandlers = loadSteps(listAt(written, 'handlers'), { ...context, handler: true })
  handlers.push(...ofRoles.flatMap((role) => role.handlers), ...ownHandlers, ...ofImports)
  return play
}
