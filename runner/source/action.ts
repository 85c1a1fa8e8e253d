import { Type } from '../variables/schema.ts'
import { isTemplateSource, Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { describe } from './check-value.ts'
import { firstWord, parseFreeForm } from './freeform.ts'
import type { Place } from './keywords.ts'
import type { Loading } from './loading.ts'
import type { Location } from './location.ts'
import { findModule } from './module-names.ts'
import { NOWHERE } from './node.ts'
import type { ModuleDefinition } from './options.ts'
import { locate } from './positions.ts'
import { actionKey, unknownModule } from './task-keys.ts'

/** What a task does, in whichever of Ansible's ways it is written. */
export interface Action {
  readonly definition: ModuleDefinition
  readonly writtenAction: string
  readonly args: Dict
  readonly argsTemplate?: Template
  /** Gives the module's name when the task runs. */
  readonly nameTemplate?: Template
  /** The arguments could not be read, which was told: there is nothing to check. */
  readonly broken: boolean
  /** Written as `local_action`. */
  readonly local: boolean
  locateArgument(argument: string, part?: 'key' | 'value'): Location
}

/** Finds the module and its arguments in a task; tells what is wrong with the task's keys. */
export function actionOf(loading: Loading, task: Dict, place: Place): Action | undefined {
  const key = actionKey(loading, task, place)
  if (key === undefined) return undefined
  const location = locate(task, key) ?? NOWHERE
  const legacy = key === 'action' || key === 'local_action'
  const call: Call | undefined = legacy
    ? splitAction(loading, task[key]!, key, location)
    : { name: key, written: task[key]! }
  if (call === undefined) return undefined
  const { nameTemplate } = call
  const definition = nameTemplate ? anyModule(call.name) : findModule(call.name, loading.options.modules)
  if (definition === undefined) {
    loading.error(...unknownModule(loading, call.name, location))
    return undefined
  }
  const given = argumentsOf(loading, call.written, definition, call.name, location)
  const more = own(task, 'args')
  const extra = isDict(more) ? more : {}
  const twice = Object.keys(given.args).find(
    (name) => name === definition.freeForm && Object.hasOwn(extra, name),
  )
  if (twice !== undefined)
    loading.error(`'${twice}' of '${call.name}' is given twice`, locate(extra, twice) ?? location)
  return {
    definition,
    writtenAction: call.name,
    args: Object.fromEntries<Value>([
      ...rawParameters(extra, definition),
      ...rawParameters(given.args, definition),
    ]),
    argsTemplate: given.template ?? (more instanceof Template ? more : undefined),
    nameTemplate,
    broken: given.broken === true,
    local: key === 'local_action',
    locateArgument: (argument, part) =>
      // What is missing belongs to the module as a whole.
      (argument === '' ? locate(task, key, 'key') : undefined) ??
      locate(given.args, argument, part) ??
      locate(extra, argument, part) ??
      given.places.get(argument) ??
      location,
  }
}

interface Call {
  readonly name: string
  readonly nameTemplate?: Template
  readonly written: Value
}

/** Stands in for a module whose name is not known yet: takes everything. */
function anyModule(name: string): ModuleDefinition {
  return { name, args: Type.Object({}), freeForm: '_raw_params' }
}

/** `action: copy src=a dest=b`, or a dictionary with `module:`. */
function splitAction(loading: Loading, value: Value, key: string, location: Location): Call | undefined {
  const module = isDict(value) ? own(value, 'module') : value
  const text = module instanceof Template ? module.source : module
  const [name, rest] = typeof text === 'string' ? firstWord(text) : ['', '']
  if (name === '') {
    const message = isDict(value)
      ? `'${key}' needs the module's name under 'module'`
      : `'${key}' must be a module's name with arguments, not ${describe(value)}`
    loading.error(message, location)
    return undefined
  }
  const place = module instanceof Template ? module.location : location
  const evaluated = (text: string) =>
    module instanceof Template && isTemplateSource(text) ? new Template(text, place) : text
  const nameTemplate = evaluated(name)
  const call = { name, nameTemplate: nameTemplate instanceof Template ? nameTemplate : undefined }
  if (!isDict(value)) return { ...call, written: rest === '' ? null : evaluated(rest) }
  const pairs = parseFreeForm(rest).pairs.map(({ key, value }) => [key, evaluated(value)] as const)
  const others = Object.entries(value).filter(([name]) => name !== 'module')
  return { ...call, written: Object.fromEntries<Value>([...others, ...pairs]) }
}

interface Given {
  readonly args: Dict
  readonly template?: Template
  readonly broken?: boolean
  /** Where arguments stand that are not entries of a dictionary in the file. */
  readonly places: ReadonlyMap<string, Location>
}

/** These take a command line in which only a few words are arguments. */
const COMMANDS = new Set(['command', 'shell', 'raw', 'script'])
const COMMAND_ARGUMENTS = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
])

function argumentsOf(
  loading: Loading,
  written: Value,
  definition: ModuleDefinition,
  name: string,
  location: Location,
): Given {
  const none = new Map<string, Location>()
  if (written === null) return { args: {}, places: none }
  if (isDict(written)) return { args: written, places: none }
  if (written instanceof Template || typeof written === 'string') {
    return textArguments(loading, written, definition, name, location)
  }
  loading.error(
    `'${name}' needs a dictionary of arguments, not ${describe(written)}`,
    location,
    definition.freeForm === undefined ? undefined : 'or text',
  )
  return { args: {}, places: none, broken: true }
}

function textArguments(
  loading: Loading,
  written: Template | string,
  definition: ModuleDefinition,
  name: string,
  location: Location,
): Given {
  const text = String(written)
  const start = written instanceof Template ? written.location : location
  // What the author wrote without `{{ }}` stays plain, so only a template's text can give templates.
  const valueOf = (text: string, at: Location) =>
    written instanceof Template && isTemplateSource(text) ? new Template(text, at) : text
  const { pairs, rest } = parseFreeForm(text, COMMANDS.has(definition.name) ? COMMAND_ARGUMENTS : undefined)
  const places = new Map<string, Location>(
    pairs.map(({ key, offset }) => [
      key,
      text.includes('\n') ? start : { ...start, column: start.column + offset },
    ]),
  )
  const args = new Map<string, Value>(pairs.map(({ key, value }) => [key, valueOf(value, places.get(key)!)]))
  let template: Template | undefined
  let broken = false
  if (rest.trim() !== '') {
    const left = valueOf(rest, start)
    if (definition.freeForm !== undefined) {
      args.set(definition.freeForm, left)
      places.set(definition.freeForm, start)
    } else if (left instanceof Template) template = left
    else {
      broken = true
      loading.error(
        `'${name}' takes no free text: '${rest.trim().slice(0, 60)}'`,
        location,
        'write the arguments as a dictionary below it, or as key=value',
      )
    }
  }
  return { args: Object.fromEntries(args), template, places, broken }
}

/** `_raw_params` is the free form by its inner name. */
function rawParameters(args: Dict, { freeForm }: ModuleDefinition): [string, Value][] {
  return Object.keys(args).map((name) => [name === '_raw_params' && freeForm ? freeForm : name, args[name]!])
}
