import { readdirSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { describe } from './check-value.ts'
import { displayPath, isDirectory, isFile } from './files.ts'
import type { Loading } from './loading.ts'
import type { Location } from './location.ts'
import type { Role } from './model.ts'
import { locate } from './positions.ts'

export interface RoleFiles extends Role {
  readonly meta: Dict
}

/** Reads the variables and the description of a role. */
export function loadRoleFiles(
  loading: Loading,
  name: string,
  directory: string,
  from: { readonly vars?: string; readonly defaults?: string },
  location: Location,
): RoleFiles {
  const defaults = variables(loading, directory, 'defaults', from.defaults, location)
  const vars = variables(loading, directory, 'vars', from.vars, location)
  const meta = dictOf(loading, findRoleFile(directory, 'meta', 'main'), {})
  return {
    name,
    directory,
    defaults: defaults.values,
    vars: vars.values,
    meta,
    argumentSpecs: argumentSpecs(loading, directory),
    locateVariable: (kind, variable) => (kind === 'defaults' ? defaults : vars).locate(variable),
  }
}

const EXTENSIONS = ['.yml', '.yaml', '.json']

/** The path of a role's file: `main` with an extension, or the name given by `tasks_from`, with or without one. */
export function findRoleFile(
  directory: string,
  kind: string,
  name: string,
  given = false,
): string | undefined {
  const extensions = given ? ['', ...EXTENSIONS] : [...EXTENSIONS, '']
  const folder = join(directory, kind)
  const path = extensions.map((extension) => join(folder, name + extension)).find(isFile)
  return path !== undefined && relative(folder, path).startsWith('..') ? undefined : path
}

/** Tells that a file which was named is not there. */
export function missingRoleFile(
  loading: Loading,
  directory: string,
  kind: string,
  name: string,
  location: Location,
): void {
  const folder = join(directory, kind)
  if (isAbsolute(name) || relative(folder, join(folder, name)).startsWith('..')) {
    const words = `as it is not inside the expected role path: '${displayPath(folder)}'`
    loading.error(`'${name}' cannot be the role's ${kind}, ${words}`, location)
    return
  }
  const tried = ['', ...EXTENSIONS].map((extension) => displayPath(join(directory, kind, name + extension)))
  loading.error(`the role has no ${kind} file '${name}'`, location, `looked for ${tried.join(', ')}`)
}

interface Variables {
  readonly values: Dict
  locate(variable: string): Location | undefined
}

/** `defaults` or `vars`: one file, or all files of the directory `main/`, later ones over earlier ones. */
function variables(
  loading: Loading,
  directory: string,
  kind: 'defaults' | 'vars',
  from: string | undefined,
  location: Location,
): Variables {
  const name = from ?? 'main'
  const file = findRoleFile(directory, kind, name, from !== undefined)
  const folder = join(directory, kind, name)
  const files = file !== undefined ? [file] : isDirectory(folder) ? filesBelow(folder) : []
  if (files.length === 0 && from !== undefined) missingRoleFile(loading, directory, kind, from, location)
  const dicts = files.map((path) => dictOf(loading, path, { secrets: true }))
  return {
    values:
      dicts.length === 1 ? dicts[0]! : Object.fromEntries(dicts.flatMap((dict) => Object.entries(dict))),
    locate: (variable) => {
      const dict = dicts.findLast((dict) => Object.hasOwn(dict, variable))
      return dict && locate(dict, variable, 'key')
    },
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith('~'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (isDirectory(path)) return filesBelow(path)
      return EXTENSIONS.some((extension) => entry.name.endsWith(extension)) || !entry.name.includes('.')
        ? [path]
        : []
    })
}

/** A file's dictionary; an empty one for no file, an empty file, or one that holds something else, which is told. */
export function dictOf(
  loading: Loading,
  path: string | undefined,
  how: { readonly secrets?: boolean; readonly templates?: boolean },
): Dict {
  const value = path === undefined ? null : loading.read(path, how)
  if (isDict(value)) return value
  if (value !== null && value !== undefined) tellNoDict(loading, path!, value)
  return {}
}

function tellNoDict(loading: Loading, path: string, value: Value): void {
  const location = { file: displayPath(path), line: 1, column: 1 }
  loading.error(`the file must hold a dictionary, not ${describe(value)}`, location, `write 'name: value'`)
}

/** Read as plain text: a specification documents, and is not evaluated. */
function argumentSpecs(loading: Loading, directory: string): Dict {
  const path = findRoleFile(directory, 'meta', 'argument_specs') ?? findRoleFile(directory, 'meta', 'main')
  const specs = own(dictOf(loading, path, { templates: false }), 'argument_specs')
  return isDict(specs) ? specs : {}
}
