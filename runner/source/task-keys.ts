import { own, type Dict } from '../variables/value.ts'
import { KEYWORDS, keywordsOf, WITH_LOOPS, type Place } from './keywords.ts'
import type { Loading } from './loading.ts'
import type { Location } from './location.ts'
import { engineActionNames } from './engine-actions.ts'
import { findModule, shortName } from './module-names.ts'
import { nearest, suggestion } from './nearest.ts'
import { NOWHERE } from './node.ts'
import type { ModuleDefinition } from './options.ts'
import { locate } from './positions.ts'
import { aroundFile, INSTEAD, pythonPlugin } from './python-plugins.ts'

/**
 * The key of a task that names its module (or is `action`, `local_action`). Reports keys that are nothing at all,
 * more than one module, and none.
 */
export function actionKey(loading: Loading, task: Dict, place: Place): string | undefined {
  const found: string[] = []
  const unknown: string[] = []
  for (const key of Object.keys(task)) {
    if (key === 'action' || key === 'local_action') found.push(key)
    else if (KEYWORDS[key]?.on.includes(place) === true && Object.hasOwn(KEYWORDS, key)) continue
    else if (key.startsWith('with_')) checkLoop(loading, task, key)
    else if (findModule(key, loading.options.modules)) found.push(key)
    else unknown.push(key)
  }
  checkOneLoop(loading, task)
  const modules = found.length > 0 ? [] : moduleNames(loading, unknown, place)
  for (const key of unknown) {
    const at = locate(task, key, 'key') ?? NOWHERE
    if (modules.includes(key)) loading.error(...unknownModule(loading, key, at))
    else {
      const definition = found.map((name) => findModule(name, loading.options.modules)).find((each) => each)
      loading.error(
        `unknown keyword '${key}'`,
        at,
        keywordHint(key, place, found[0], definition),
        `'${key}' is not a valid attribute for a ${CLASSES[place]}`,
      )
    }
  }
  if (found.length > 1) {
    const hint = `a task runs one module; make ${found.length} tasks of it`
    loading.error(`conflicting actions: ${found.join(', ')}`, locate(task, found[1], 'key') ?? NOWHERE, hint)
  } else if (found.length === 0 && modules.length === 0) {
    const location = locate(task) ?? NOWHERE
    loading.error('no module or action in this task', location, 'name a module and its arguments')
  }
  return found[0]
}

export function unknownModule(
  loading: Loading,
  written: string,
  location: Location,
): [message: string, location: Location, hint: string | undefined] {
  const short = shortName(written)
  const names = [...loading.options.modules.names(), ...engineActionNames(), ...keywordsOf('handler')]
  const plugin = pythonPlugin('action', short.split('.').at(-1)!, aroundFile(location.file))
  if (plugin)
    return [
      `the action '${written}' is a plugin in Python (${plugin.place}), which is not run here`,
      location,
      INSTEAD.action,
    ]
  const near = suggestion(short, names)
  const hint =
    near ??
    (short.split('.').length > 2
      ? `of collections, only those modules are there that 'play doc' lists`
      : `'play doc' lists the modules`)
  return [`unknown module '${written}'`, location, hint]
}

/** Reports a keyword that may not stand on a play, a block, a role or an import. */
export function checkKeys(loading: Loading, written: Dict, place: Place, what: string): void {
  for (const key of Object.keys(written)) {
    if (Object.hasOwn(KEYWORDS, key) && KEYWORDS[key]!.on.includes(place)) continue
    const location = locate(written, key, 'key') ?? NOWHERE
    loading.error(
      `unknown keyword '${key}' for ${what}`,
      location,
      keywordHint(key, place),
      `'${key}' is not a valid attribute for a ${CLASSES[place]}`,
    )
  }
}

/** What Ansible calls that on which a keyword stands. */
const CLASSES: Readonly<Record<Place, string>> = {
  play: 'Play',
  role: 'RoleInclude',
  block: 'Block',
  task: 'Task',
  handler: 'Handler',
  import: 'PlaybookInclude',
}

function keywordHint(
  key: string,
  place: Place,
  action?: string,
  definition?: ModuleDefinition,
): string | undefined {
  const properties = (definition?.args as { properties?: object } | undefined)?.properties ?? {}
  if (Object.hasOwn(properties, key))
    return `'${key}' is an argument of '${action}': indent it below '${action}:'`
  if (Object.hasOwn(KEYWORDS, key)) {
    const places = KEYWORDS[key]!.on.filter((on) => on !== 'import').map((on) => `a ${on}`)
    if (places.length > 0) return `'${key}' belongs on ${places.join(' or ')}`
  }
  const loops = place === 'task' || place === 'handler' ? WITH_LOOPS : []
  return suggestion(key, [...keywordsOf(place), ...loops])
}

/** Of the keys that are nothing, those that are meant to be the module. */
function moduleNames(loading: Loading, unknown: readonly string[], place: Place): string[] {
  const names = unknown.filter((key) => !isMisspelledKeyword(loading, key, place))
  // A task has a module: where only one key can be it, it is.
  return names.length === 0 && unknown.length === 1 && !Object.hasOwn(KEYWORDS, unknown[0]!)
    ? [...unknown]
    : names
}

function isMisspelledKeyword(loading: Loading, key: string, place: Place): boolean {
  if (Object.hasOwn(KEYWORDS, key)) return true
  const keywords = [...keywordsOf(place), ...WITH_LOOPS]
  const near = nearest(key, [...loading.options.modules.names(), ...engineActionNames(), ...keywords])
  return near !== undefined && keywords.includes(near)
}

function checkLoop(loading: Loading, task: Dict, key: string): void {
  const location = locate(task, key, 'key') ?? NOWHERE
  const lookup = key.slice('with_'.length)
  const plugin = isLoop(key) ? undefined : pythonPlugin('lookup', lookup, aroundFile(location.file))
  if (plugin)
    loading.error(
      `the lookup '${lookup}' is a plugin in Python (${plugin.place}), which is not run here`,
      location,
      INSTEAD.lookup,
    )
  else if (!isLoop(key)) loading.error(`unknown loop '${key}'`, location, suggestion(key, WITH_LOOPS))
  else if (own(task, key) === null) loading.error(`'${key}' has no value`, location)
}

/** `with_items`, also as `with_ansible.builtin.items`. */
function isLoop(key: string): boolean {
  return key.startsWith('with_') && WITH_LOOPS.includes(`with_${shortName(key.slice('with_'.length))}`)
}

function checkOneLoop(loading: Loading, task: Dict): void {
  const loops = Object.keys(task).filter((key) => key === 'loop' || isLoop(key))
  if (loops.length > 1) {
    loading.error(`two loops in one task: ${loops.join(', ')}`, locate(task, loops[1], 'key') ?? NOWHERE)
  }
}
