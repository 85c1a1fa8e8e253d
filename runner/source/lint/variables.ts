import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileSyntax } from '../../expressions/grammar/template.ts'
import { namesIn } from '../../expressions/names.ts'
import { Template } from '../../variables/template.ts'
import { isDict, own, type Value } from '../../variables/value.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { SourceError } from '../diagnostic.ts'
import { loadVarsFile } from '../dynamic.ts'
import { displayPath, isFile } from '../files.ts'
import type { Block, Node, Play, Task } from '../model.ts'
import { suggestion } from '../nearest.ts'
import { findTaskFile, searchPath } from '../search.ts'
import { ejsNames } from './ejs-names.ts'
import { namesOf } from './expressions.ts'
import { authorFile } from './files.ts'
import type { LintOptions } from './options.ts'
import { textsOf, type Text } from './texts.ts'
import { loopVariables, visitBlocks, visitTasks } from './visit.ts'

/**
 * Variables that nothing defines: no play, role, task, file, inventory or earlier task. What is asked for with
 * `is defined` or `default` anywhere counts as one that may be missing. Where variables come from a place whose content
 * cannot be known before a run, nothing is said.
 */
export function checkVariables(plays: readonly Play[], options: LintOptions): Diagnostic[] {
  const all = plays.map((play) => ({ play, texts: [...textsOf(play, options.modules)] }))
  const optional = new Set(all.flatMap(({ texts }) => texts.flatMap(({ source }) => askedFor(source))))
  const fromTasks = all.map(({ play }) => setByTasks(play, options))
  if (fromTasks.some((names) => names === undefined)) return []
  const shared = new Set([
    ...(options.variables ?? []),
    ...optional,
    ...fromTasks.flatMap((names) => names ?? []),
  ])
  return all.flatMap(({ play, texts }) => {
    const ofPlay = playVariables(play, options)
    if (ofPlay === undefined) return []
    const known = (name: string) => shared.has(name) || ofPlay.has(name) || isMagic(name)
    return [
      ...texts.flatMap((text) => undefinedIn(text, known, ofPlay)),
      ...[...visitTasks(play)].flatMap(({ task, includes }) =>
        undefinedInTemplate(task, includes, known, ofPlay),
      ),
    ]
  })
}

function undefinedIn(text: Text, known: (name: string) => boolean, near: ReadonlySet<string>): Diagnostic[] {
  const names = namesOf(text)
  if (names instanceof SourceError) return []
  const local = localNames(text.node, text.includes)
  return [...names].flatMap((name): Diagnostic[] => {
    if (known(name) || local.has(name)) return []
    return [undefinedName(name, { ...text.location, ...placeOf(name, text) }, [...local, ...near])]
  })
}

function undefinedName(
  name: string,
  location: Diagnostic['location'],
  candidates: Iterable<string>,
): Diagnostic {
  return {
    severity: 'error',
    message: `nothing defines '${name}'`,
    location,
    hint: suggestion(name, candidates),
  }
}

/** A template file that a task renders. */
function undefinedInTemplate(
  task: Task,
  includes: readonly Task[],
  known: (name: string) => boolean,
  near: ReadonlySet<string>,
): Diagnostic[] {
  const path = task.action === 'template' ? authorFile(task)?.path : undefined
  if (path === undefined || !isFile(path)) return []
  const source = readFileSync(path, 'utf8')
  const file = displayPath(path)
  const optional = new Set(askedFor(source))
  const local = localNames(task, includes)
  return namesInFile(file, source)
    .filter(({ name }) => !known(name) && !local.has(name) && !optional.has(name))
    .map(({ name, line, column }) => undefinedName(name, { file, line, column }, [...local, ...near]))
}

function namesInFile(file: string, source: string): { name: string; line: number; column: number }[] {
  if (file.endsWith('.ejs')) return ejsNames(source)
  try {
    const location = { file, line: 1, column: 1 }
    return [...namesIn(new Template(source, location), fileSyntax)].map((name) => ({
      name,
      ...placeOf(name, { source, location }),
    }))
  } catch (error) {
    if (error instanceof SourceError) return []
    throw error
  }
}

/** Where a name is first used in a text. */
function placeOf(name: string, { source, location }: Pick<Text, 'source' | 'location'>) {
  const index = new RegExp(String.raw`(?<![\w.])${name}\b`).exec(source)?.index ?? 0
  const before = source.slice(0, index).split('\n')
  const column = before.at(-1)!.length + (before.length === 1 ? location.column : 1)
  return { line: location.line + before.length - 1, column }
}

/** Names that a text asks for in case they are there. */
function askedFor(source: string): string[] {
  const guarded = source.matchAll(
    /(?<![\w.])([A-Za-z_]\w*)(?=(?:\.\w+|\[[^\]]*\]|\))*\s*(?:is\s+(?:not\s+)?(?:un)?defined|\|\s*(?:default|d)\b))/g,
  )
  const members = source.matchAll(/['"](\w+)['"]\s+(?:not\s+)?in\s+(?:vars|hostvars)\b/g)
  const typeofs = source.matchAll(/typeof\s+(\w+)/g)
  return [...guarded, ...members, ...typeofs].map(([, name]) => name!)
}

/** Variables that a node sees beside those of its whole play. */
function localNames(node: Play | Block | Task, includes: readonly Task[]): Set<string> {
  const names = new Set<string>()
  for (const from of [node, ...includes]) {
    for (const name of (from as Task).kind === 'task' ? loopVariables(from as Task) : []) names.add(name)
    for (let at: Node | undefined = from; at !== undefined; at = at.parent) {
      for (const dict of [own(at.keywords, 'vars'), ...roleVariables(at)]) {
        if (isDict(dict)) for (const name of Object.keys(dict)) names.add(name)
      }
    }
  }
  return names
}

function roleVariables(node: Node): (Value | undefined)[] {
  const { role } = node as Partial<Block>
  if (!role) return []
  // What a specification asks for is there when the role's tasks run: that is checked first.
  const entries = Object.values(role.role.argumentSpecs).filter(isDict)
  return [role.params, role.role.defaults, role.role.vars, ...entries.map((entry) => own(entry, 'options'))]
}

/** What a whole play sees; undefined when that cannot be known. */
function playVariables(play: Play, options: LintOptions): Set<string> | undefined {
  const names = new Set<string>()
  const add = (value: Value | undefined) => {
    if (isDict(value)) for (const name of Object.keys(value)) names.add(name)
  }
  const vars = own(play.keywords, 'vars')
  if (vars instanceof Template) return undefined
  add(vars)
  const prompts = own(play.keywords, 'vars_prompt')
  for (const prompt of Array.isArray(prompts) ? prompts : []) {
    if (isDict(prompt) && typeof own(prompt, 'name') === 'string') names.add(own(prompt, 'name') as string)
  }
  for (const name of asList(own(play.keywords, 'vars_files'))) {
    const found = typeof name === 'string' ? varsFile(play, name, options) : undefined
    if (found === undefined) return undefined
    for (const each of found) names.add(each)
  }
  for (const { role } of visitBlocks(play)) {
    if (role?.public !== true) continue
    add(role.role.defaults)
    add(role.role.vars)
  }
  return names
}

function varsFile(node: Node, name: string, { decrypt }: LintOptions): string[] | undefined {
  const path = searchPath(node, 'vars')
    .map((directory) => resolve(directory, name))
    .find(isFile)
  if (path === undefined) return undefined
  try {
    return Object.keys(loadVarsFile(path, { decrypt }).values)
  } catch {
    return undefined
  }
}

/** Facts that modules set beside `ansible_facts`. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  package_facts: ['packages'],
  service_facts: ['services'],
  mount_facts: ['mount_points'],
}

/** Variables that tasks of a play set for the rest of the run; undefined when that cannot be known. */
function setByTasks(play: Play, options: LintOptions): string[] | undefined {
  const names: string[] = []
  for (const { task } of visitTasks(play)) {
    const register = own(task.keywords, 'register')
    if (typeof register === 'string') names.push(register.split(/[.[]/)[0]!)
    names.push(...(FACTS[task.action] ?? []))
    if (task.action === 'set_fact') {
      if (task.argsTemplate || Object.keys(task.args).some((name) => name.includes('{{'))) return undefined
      names.push(...Object.keys(task.args))
    } else if (task.action === 'include_vars') {
      const found = includedVariables(task, options)
      if (found === undefined) return undefined
      names.push(...found)
    } else if (task.action === 'include_tasks' || task.action === 'include_role') {
      if (unknownInclude(task)) return undefined
    }
  }
  return names
}

function includedVariables(task: Task, options: LintOptions): string[] | undefined {
  const name = own(task.args, 'name')
  if (typeof name === 'string') return [name]
  const file = own(task.args, 'file')
  return typeof file === 'string' ? varsFile(task, file, options) : undefined
}

/** Whether an include may bring tasks that nobody has seen. */
function unknownInclude(task: Task): boolean {
  const name = own(task.args, task.action === 'include_tasks' ? 'file' : 'name') ?? own(task.args, 'role')
  if (typeof name !== 'string') return true
  return task.action === 'include_tasks' && findTaskFile(name, task).path === undefined
}

const MAGIC = new Set([
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_dir',
  'inventory_file',
  'group_names',
  'groups',
  'hostvars',
  'play_hosts',
  'playbook_dir',
  'role_name',
  'role_names',
  'role_path',
  'omit',
  'vars',
  'environment',
  'discovered_interpreter_python',
  'gather_subset',
  'module_setup',
])

/** Facts and what describes the run itself. */
function isMagic(name: string): boolean {
  return MAGIC.has(name) || name.startsWith('ansible_')
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
}
