import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { displayPath, isDirectory } from '../source/files.ts'
import type { Play, Step } from '../source/model.ts'
import { asList } from '../variables/value.ts'

/** Folders beside a playbook or an inventory that runs read from. */
const FOLDERS = ['group_vars', 'host_vars', 'vars', 'files', 'templates', 'tasks', 'handlers']

/** Files and directories that plays are made from: playbooks, roles, folders of files and variables, the inventory. */
export function rootsOf(
  plays: readonly Play[],
  inventory: readonly string[],
  more: Iterable<string> = [],
): string[] {
  const roots = new Set<string>(more)
  for (const play of plays) {
    roots.add(play.file)
    for (const folder of FOLDERS) roots.add(join(play.directory, folder))
    for (const file of asList(play.keywords['vars_files'] ?? []).flat())
      if (typeof file === 'string') roots.add(resolve(play.directory, file))
    const sections = [play.preTasks, play.roles, play.tasks, play.postTasks, play.handlers]
    for (const step of sections.flat()) addFiles(step, roots)
  }
  for (const source of inventory.length > 0 ? inventory : ['inventory.yml']) {
    if (source.includes(',')) continue
    const path = resolve(source)
    roots.add(path)
    const directory = isDirectory(path) ? path : dirname(path)
    roots.add(join(directory, 'group_vars'))
    roots.add(join(directory, 'host_vars'))
  }
  return [...new Set([...roots].map((root) => displayPath(resolve(root))))].sort()
}

function addFiles(step: Step, roots: Set<string>): void {
  if (step.kind === 'task') return void roots.add(step.file)
  const { role } = step
  for (const each of role ? [role.role, ...role.dependencies] : []) roots.add(each.directory)
  for (const inner of [...step.block, ...step.rescue, ...step.always]) addFiles(inner, roots)
}

/** The digest of every file at or below the roots. */
export function digestSources(roots: readonly string[]): Record<string, string> {
  const files = new Set(roots.flatMap((root) => filesBelow(root)))
  return Object.fromEntries(
    [...files].sort().map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  )
}

function filesBelow(path: string): string[] {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status?.isFile()) return [path]
  if (!status?.isDirectory()) return []
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== '.git' && name !== 'node_modules')
    .flatMap(({ name }) => filesBelow(join(path, name)))
}

/** What became of the sources since: `changed`, `new` or `gone`, by file. */
export function sourcesSince(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const files = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return files.flatMap((file) => {
    if (before[file] === now[file]) return []
    return [`${file} is ${before[file] === undefined ? 'new' : now[file] === undefined ? 'gone' : 'changed'}`]
  })
}
