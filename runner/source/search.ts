import { dirname, isAbsolute, join, resolve } from 'node:path'
import { isFile } from './files.ts'
import { roleOf, type Block, type Node, type Play, type Task } from './model.ts'

/** The play that a node stands in. */
export function playOf(node: Node): Play | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if ((at as Partial<Play>).kind === 'play') return at as Play
  }
  return undefined
}

/**
 * The directories in which files, templates, variables or tasks that a node names are looked for, nearest first: those
 * of its role and of the roles around it, beside the file it is written in, beside the playbook.
 */
export function searchPath(node: Node, kind: 'files' | 'templates' | 'vars' | 'tasks'): string[] {
  const directories: string[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    const { role } = at as Partial<Block>
    if (role) directories.push(join(role.role.directory, kind), role.role.directory)
  }
  const { file } = node as Partial<Task>
  if (file !== undefined) directories.push(join(dirname(file), kind), dirname(file))
  const directory = playOf(node)?.directory
  if (directory !== undefined) directories.push(join(directory, kind), directory)
  return [...new Set(directories)]
}

export interface Found {
  readonly path?: string
  /** Every path that was looked at. */
  readonly tried: readonly string[]
}

/**
 * The file that `include_tasks` or `import_tasks` names: beside the file that names it, in the role's `tasks/` (or
 * `handlers/`), in the role, beside the playbook.
 */
export function findTaskFile(name: string, task: Pick<Task, 'file' | 'handler' | 'parent'>): Found {
  const role = task.parent && roleOf(task.parent)?.role
  const play = task.parent && playOf(task.parent)
  const directories = [
    dirname(task.file),
    ...(role
      ? [
          join(role.directory, task.handler ? 'handlers' : 'tasks'),
          join(role.directory, 'tasks'),
          role.directory,
        ]
      : []),
    ...(play ? [play.directory, join(play.directory, 'tasks')] : []),
  ]
  const tried = isAbsolute(name)
    ? [name]
    : [...new Set(directories.map((directory) => resolve(directory, name)))]
  return { path: tried.find(isFile), tried }
}
