import { isAbsolute, join } from 'node:path'
import { existsSync } from 'node:fs'
import { evaluate } from '../expressions/evaluate.ts'
import { UndefinedVariable } from '../expressions/errors.ts'
import { sourceError } from '../source/diagnostic.ts'
import { displayPath } from '../source/files.ts'
import type { Play } from '../source/model.ts'
import { locate } from '../source/positions.ts'
import { dictLayer, type Layer, Scope } from '../variables/scope.ts'
import { Template } from '../variables/template.ts'
import { type Dict, isDict, type Value } from '../variables/value.ts'
import type { Run } from './run.ts'
import { textOf } from '../variables/text.ts'

/** The layers of a play's own variables, highest first: `vars_files` whose names are known, `vars_prompt`, `vars`. */
export async function playLayers(run: Run, play: Play): Promise<Layer[]> {
  const written = asDict(play.keywords['vars'])
  const vars = dictLayer(
    'play vars',
    written,
    (variable) => locate(written, variable, 'key') ?? play.locate('vars'),
  )
  for (const name of Object.keys(written).filter(isReserved)) {
    const text = `Found variable using reserved name: ${name}`
    const location = locate(written, name, 'key') ?? play.locate('vars')
    run.emit({
      type: 'message',
      severity: 'warning',
      text,
      diagnostic: { severity: 'warning', message: text, location },
    })
  }
  const layers = [dictLayer('vars_prompt', await run.prompt(play)), vars]
  for (const entry of asList(play.keywords['vars_files'])) {
    if (isDynamic(entry)) continue
    const choices = listed(entry).map(textOf)
    layers.unshift(fileLayer(run, findVarsFile(choices, play)))
  }
  return layers
}

/**
 * The `vars_files` of a play whose names hold templates, as one host sees them, highest first. They are looked up when a
 * variable is asked for, as facts and variables may have come to the host by then. One whose name cannot be told is
 * passed over until the host's facts are known.
 *
 * @param under the variables that the names may use, besides those of the files before
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#defining-variables-in-a-play
 */
export function hostVarsFiles(run: Run, play: Play, under: () => Scope, factsKnown: boolean): Layer[] {
  const entries = asList(play.keywords['vars_files']).filter(isDynamic)
  if (entries.length === 0) return []
  let found: Layer[] | undefined
  // A name in a file's name that is looked for while the files are being found is not in any of them.
  let finding = false
  const layers = () => {
    if (found || finding) return found ?? []
    finding = true
    try {
      found = findLayers(run, play, entries, under(), factsKnown)
      return found
    } finally {
      finding = false
    }
  }
  return [
    {
      name: 'vars files',
      get: (variable) =>
        layers().reduce<Value | undefined>((value, each) => value ?? each.get(variable), undefined),
      names: () => layers().flatMap((each) => [...each.names()]),
      locate: (variable) =>
        layers()
          .find((each) => each.get(variable) !== undefined)
          ?.locate?.(variable),
    },
  ]
}

function findLayers(
  run: Run,
  play: Play,
  entries: readonly Value[],
  under: Scope,
  factsKnown: boolean,
): Layer[] {
  const layers: Layer[] = []
  for (const entry of entries) {
    const scope = new Scope([...layers, ...under.layers], under.surroundings)
    const choices = listed(entry).flatMap((each) => known(each, scope, factsKnown && !Array.isArray(entry)))
    if (choices.length > 0) layers.unshift(fileLayer(run, findVarsFile(choices, play)))
  }
  return layers
}

function isDynamic(entry: Value): boolean {
  return entry instanceof Template || (Array.isArray(entry) && entry.some((each) => each instanceof Template))
}

function fileLayer(run: Run, path: string): Layer {
  const values = run.loader.varsFile(path)
  return dictLayer(`vars file ${displayPath(path)}`, values, (variable) => locate(values, variable, 'key'))
}

/** The first of the files that there is. */
function findVarsFile(choices: readonly string[], play: Play): string {
  const path = choices
    .flatMap((each) =>
      isAbsolute(each) ? [each] : [join(play.directory, 'vars', each), join(play.directory, each)],
    )
    .find((each) => existsSync(each))
  if (path !== undefined) return path
  throw sourceError(
    `vars file ${choices.join(', ')} was not found`,
    play.locate('vars_files'),
    `looked for in ${play.directory}`,
  )
}

// Functions of expressions, which a variable of that name would hide.
const FUNCTIONS = new Set([
  'range',
  'dict',
  'lipsum',
  'cycler',
  'joiner',
  'namespace',
  'lookup',
  'query',
  'q',
  'now',
  'undef',
])

function isReserved(name: string): boolean {
  return FUNCTIONS.has(name) || name === 'omit' || name === 'hostvars' || name === 'groups'
}

function known(name: Value, scope: Scope, needed: boolean): string[] {
  try {
    return [textOf(evaluate(name, scope))]
  } catch (error) {
    if (error instanceof UndefinedVariable && !needed) return []
    throw error
  }
}

function asDict(value: Value | undefined): Dict {
  if (Array.isArray(value)) return Object.assign({}, ...value.filter(isDict))
  return value !== undefined && isDict(value) ? value : {}
}

function asList(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function listed(value: Value): Value[] {
  return Array.isArray(value) ? value : [value]
}
