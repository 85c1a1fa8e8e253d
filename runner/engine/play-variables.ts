import { isAbsolute, join } from 'node:path'
import { existsSync } from 'node:fs'
import { evaluate } from '../expressions/evaluate.ts'
import { UndefinedVariable } from '../expressions/errors.ts'
import { sourceError } from '../source/diagnostic.ts'
import { displayPath } from '../source/files.ts'
import type { Play } from '../source/model.ts'
import { locate } from '../source/positions.ts'
import { dictLayer, type Layer, Scope } from '../variables/scope.ts'
import { type Dict, isDict, type Value } from '../variables/value.ts'
import type { Run } from './run.ts'
import { textOf } from '../variables/text.ts'

/** The layers of a play's own variables, highest first: `vars_files`, `vars_prompt`, `vars`. */
export async function playLayers(run: Run, play: Play): Promise<Layer[]> {
  const written = asDict(play.keywords['vars'])
  const vars = dictLayer(
    'play vars',
    written,
    (variable) => locate(written, variable, 'key') ?? play.locate('vars'),
  )
  const prompted = dictLayer('vars_prompt', await run.prompt(play))
  const surroundings = {
    playbookDir: play.directory,
    searchPath: () => [join(play.directory, 'vars'), play.directory],
  }
  const layers = [prompted, vars]
  for (const file of asList(play.keywords['vars_files'])) {
    const scope = new Scope([run.extraVars, ...layers], surroundings)
    // A list inside of the list: the first file that exists.
    const choices = Array.isArray(file)
      ? file.flatMap((each) => known(each, scope))
      : [textOf(evaluate(file, scope))]
    const path = choices
      .flatMap((each) =>
        isAbsolute(each) ? [each] : [join(play.directory, 'vars', each), join(play.directory, each)],
      )
      .find((each) => existsSync(each))
    if (path === undefined) {
      throw sourceError(
        `vars file ${choices.join(', ')} was not found`,
        play.locate('vars_files'),
        `looked for in ${play.directory}`,
      )
    }
    const values = run.loader.varsFile(path)
    layers.unshift(
      dictLayer(`vars file ${displayPath(path)}`, values, (variable) => locate(values, variable, 'key')),
    )
  }
  return layers
}

// Of several files to choose from, one whose name cannot be told is passed over.
function known(name: Value, scope: Scope): string[] {
  try {
    return [textOf(evaluate(name, scope))]
  } catch (error) {
    if (error instanceof UndefinedVariable) return []
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
