import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { checkValue, describe } from './check-value.ts'
import { KEYWORDS, type Place } from './keywords.ts'
import type { Loading } from './loading.ts'
import type { Location } from './location.ts'
import type { Node } from './model.ts'
import { locate } from './positions.ts'

/** Keywords that shape the tree and so stand in fields of their own. */
const STRUCTURE = new Set([
  'name',
  'block',
  'rescue',
  'always',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
  'roles',
  'role',
  'action',
  'local_action',
  'args',
  'import_playbook',
  'ansible.builtin.import_playbook',
  'ansible.legacy.import_playbook',
])

/** What plays, blocks, roles and tasks are made of in the same way: name, keywords, places. Checks their values. */
export function nodeOf(
  loading: Loading,
  written: Dict,
  place: Place,
): Pick<Node, 'name' | 'keywords' | 'locate' | 'location'> {
  const location = locate(written) ?? NOWHERE
  const entries: [string, Value][] = []
  for (const key of Object.keys(written)) {
    const value = written[key]!
    const keyword = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined
    if (keyword?.on.includes(place) === true) {
      checkKeyword(loading, written, key, value)
      if (!STRUCTURE.has(key)) entries.push([key === 'user' ? 'remote_user' : key, normal(key, value)])
    } else if (key.startsWith('with_') && (place === 'task' || place === 'handler'))
      entries.push([key, value])
  }
  const name = own(written, 'name')
  return {
    location,
    name: name instanceof Template ? name : isText(name) ? String(name) : undefined,
    keywords: Object.fromEntries(entries),
    locate: (keyword) => locate(written, keyword) ?? location,
  }
}

/** Reports what is wrong with a keyword's value, at its place. */
function checkKeyword(loading: Loading, written: Dict, key: string, value: Value): void {
  const { schema, literal, ansible } = KEYWORDS[key]!
  if (value instanceof Secret) return
  if (value instanceof Template) {
    if (literal === true) {
      const expects = (schema as { expects?: string }).expects
      loading.error(`'${key}' must be ${expects}, not a template`, locate(written, key) ?? NOWHERE)
    }
    return
  }
  for (const { path, part, message, hint } of checkValue(schema, value, key)) {
    loading.error(
      message,
      placeInside(written, [key, ...path], part),
      hint,
      wordsFor(schema, value) ?? ansible?.(value),
    )
  }
}

function wordsFor(schema: { readonly expects?: string }, value: Value): string | undefined {
  if (schema.expects !== 'true or false' || typeof value === 'object') return undefined
  return `The value '${String(value)}' is not a valid boolean.  Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 'n', 'no', 'off', '0', 'false', 'f'`
}

function placeInside(root: Dict, path: readonly (string | number)[], part: 'key' | 'value'): Location {
  let container: unknown = root
  let found: Location | undefined
  path.forEach((step, index) => {
    if (typeof container !== 'object' || container === null) return
    found = locate(container, step, index === path.length - 1 ? part : 'value') ?? found
    container = Reflect.get(container, step)
  })
  return found ?? locate(root) ?? NOWHERE
}

/** `vars` is one dictionary and `vars_prompt` one list, in whichever way they are written. */
function normal(key: string, value: Value): Value {
  if (key === 'vars_prompt' && isDict(value)) return [value]
  if (key !== 'vars') return value
  if (value === null) return {}
  return Array.isArray(value)
    ? Object.fromEntries(value.flatMap((each) => (isDict(each) ? Object.entries(each) : [])))
    : value
}

/** The list under a key, or nothing when it is left empty or is something else, which the keyword's check has told. */
export function listAt(written: Dict, key: string): readonly Value[] {
  const value = own(written, key)
  return Array.isArray(value) ? value : []
}

/** An entry that must be a dictionary. */
export function asDict(
  loading: Loading,
  value: Value,
  list: Value,
  index: number,
  what: string,
): Dict | undefined {
  if (isDict(value)) return value
  const location = locate(list as object, index) ?? NOWHERE
  const hint = typeof value === 'string' && /^[\w.]+$/.test(value) ? `write '${value}:'` : undefined
  loading.error(`${what} must be a dictionary, not ${describe(value)}`, location, hint)
  return undefined
}

function isText(value: Value | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

export const NOWHERE: Location = { file: '', line: 1, column: 1 }
