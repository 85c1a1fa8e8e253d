import { readdirSync, statSync } from 'node:fs'
import { extname, isAbsolute, join } from 'node:path'
import { AuthorFileMissing, openAuthorFile } from '../modules/author-files.ts'
import { roleOf } from '../source/model.ts'
import type { Scope } from '../variables/scope.ts'
import { textOf } from '../variables/text.ts'
import { asList, type Dict, isDict, own, type Value } from '../variables/value.ts'
import { type ControlResult, runControlTask } from './control-task.ts'
import { findAuthorFile } from './includes.ts'
import { mergeDicts } from '../variables/merge-dicts.ts'
import { conceal } from './reveal.ts'
import type { TaskContext, TaskEnd } from './task.ts'

/**
 * `include_vars`: variables from a file or a directory of files, for the rest of the run.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/include_vars_module.html
 */
export async function includeVars(context: TaskContext): Promise<TaskEnd> {
  const include = (args: Dict, scope: Scope, take: Take) => {
    const problem = wrongArguments(args)
    if (problem !== undefined) return failure(problem)
    const directory = own(args, 'dir')
    return directory === undefined
      ? includeFile(args, scope, take)
      : includeDirectory(textOf(directory), args, context, take)
  }
  return runControlTask(
    context,
    (args, scope) => include(args, scope, (files) => takeIn(args, files, context, scope)),
    (args, scope, maybe) =>
      void include(args, scope, (files) => {
        // Where it may be included or not, nobody can tell what these variables will be.
        for (const name of Object.keys(valuesOf(args, files, context)))
          context.host.includedVariables.set(name, maybe)
        return { changed: false, result: {} }
      }),
  )
}

type Take = (files: readonly string[]) => ControlResult

const OF_FILES = ['file', 'free_form', '_raw_params']
const OF_DIRECTORIES = [
  'dir',
  'depth',
  'files_matching',
  'ignore_files',
  'extensions',
  'ignore_unknown_extensions',
]

function wrongArguments(args: Dict): string | undefined {
  const given = Object.keys(args)
  const unknown = given.find(
    (name) => ![...OF_FILES, ...OF_DIRECTORIES, 'name', 'hash_behaviour'].includes(name),
  )
  if (unknown !== undefined) return `${unknown} is not a valid option in include_vars`
  if (given.some((name) => OF_FILES.includes(name)) && given.some((name) => OF_DIRECTORIES.includes(name)))
    return 'You are mixing file only and dir only arguments, these are incompatible'
  return undefined
}

function includeFile(args: Dict, scope: Scope, take: Take): ControlResult {
  const written = own(args, 'file') ?? own(args, 'free_form') ?? null
  const file = Array.isArray(written) && written.length === 0 ? '' : textOf(written).trim()
  if (file === '') return failure(`Could not find file on the Ansible Controller: no file is named`)
  try {
    return take([findAuthorFile(file, scope.surroundings.searchPath('vars'))])
  } catch (error) {
    if (error instanceof AuthorFileMissing) return failure(error.message)
    throw error
  }
}

function includeDirectory(written: string, args: Dict, context: TaskContext, take: Take): ControlResult {
  const directory = placeOf(written, context)
  const status = statSync(directory, { throwIfNoEntry: false })
  if (!status) return failure(`${directory} directory does not exist`)
  if (!status.isDirectory()) return failure(`${directory} is not a directory`)
  const text = (name: string) => (own(args, name) === undefined ? undefined : textOf(own(args, name)))
  const matching = text('files_matching')
  const extensions = asList(own(args, 'extensions') ?? ['yaml', 'yml', 'json']).flatMap((each) =>
    textOf(each).split(','),
  )
  const ignored = asList(own(args, 'ignore_files') ?? []).flatMap((each) =>
    typeof each === 'string' ? each.split(/\s+/) : [textOf(each)],
  )
  const role = roleOf(context.task)?.role
  const files: string[] = []
  for (const path of filesBelow(directory, Number(own(args, 'depth') ?? 0))) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (ignored.some((pattern) => new RegExp(`${pattern}$`).test(name))) continue
    if (matching !== undefined && !new RegExp(matching).test(name)) continue
    // It has been read with the role itself.
    if (role && path === join(role.directory, 'vars', 'main.yml')) continue
    if (extensions.includes(extname(name).slice(1))) files.push(path)
    else if (own(args, 'ignore_unknown_extensions') !== true)
      return failure(`${path} does not have a valid extension: ${extensions.join(', ')}`)
  }
  return take(files)
}

// In a role below its `vars/`, elsewhere beside the file that names it.
function placeOf(directory: string, { task }: TaskContext): string {
  if (isAbsolute(directory)) return directory
  const role = roleOf(task)?.role
  if (!role) return join(task.file, '..', directory)
  const inRole = join(role.directory, directory)
  if (directory.split('/')[0] === 'vars' && statSync(inRole, { throwIfNoEntry: false })) return inRole
  return join(role.directory, 'vars', directory)
}

/** Files of a directory and of those below it, down to a depth (0: all of them), each directory's sorted. */
function filesBelow(directory: string, depth: number, level = 1): string[] {
  const names = readdirSync(directory).sort()
  const isFolder = (name: string) => statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory()
  return [
    ...names.filter((name) => !isFolder(name)).map((name) => join(directory, name)),
    ...(depth === 0 || level < depth
      ? names.filter(isFolder).flatMap((name) => filesBelow(join(directory, name), depth, level + 1))
      : []),
  ]
}

function valuesOf(args: Dict, files: readonly string[], { playRun }: TaskContext): Dict {
  const read = files.map((file) => playRun.run.loader.varsFile(file))
  const name = own(args, 'name')
  const found: Dict = Object.fromEntries(read.flatMap((values) => Object.entries(values)))
  return typeof name === 'string' && name !== '' ? Object.fromEntries([[name, found]]) : found
}

function takeIn(args: Dict, files: readonly string[], context: TaskContext, scope: Scope): ControlResult {
  const { host } = context
  const merge = own(args, 'hash_behaviour') === 'merge'
  const values = valuesOf(args, files, context)
  for (const [variable, value] of Object.entries(values))
    host.includedVariables.set(variable, merge ? merged(scope.get(variable), value) : value)
  const result = { ansible_facts: values, ansible_included_var_files: [...files] }
  const secret = files.some((file) => openAuthorFile(file)?.startsWith(VAULT))
  return {
    changed: false,
    result: secret ? { ...result, ansible_facts: conceal(values), censored: HIDDEN } : result,
  }
}

const VAULT = Buffer.from('$ANSIBLE_VAULT;')
const HIDDEN = 'the output has been hidden, because one of the files is in a vault'

function merged(known: Value | undefined, value: Value): Value {
  return known !== undefined && isDict(known) && isDict(value) ? mergeDicts(known, value) : value
}

function failure(msg: string): ControlResult {
  return { changed: false, failed: true, result: { msg, message: msg } }
}
