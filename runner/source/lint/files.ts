import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { own } from '../../variables/value.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { displayPath } from '../files.ts'
import type { Play, Task } from '../model.ts'
import { searchPath } from '../search.ts'
import { locate } from '../positions.ts'
import { visitTasks } from './visit.ts'

/** Modules that take a file of the author's, by argument, and where it is kept. */
const FILES: Readonly<Record<string, { argument: string; kind: 'files' | 'templates' | 'vars' }>> = {
  copy: { argument: 'src', kind: 'files' },
  template: { argument: 'src', kind: 'templates' },
  unarchive: { argument: 'src', kind: 'files' },
  script: { argument: 'cmd', kind: 'files' },
  include_vars: { argument: 'file', kind: 'vars' },
}

/** Files and templates that are named and are not there. */
export function checkFiles(plays: readonly Play[]): Diagnostic[] {
  return plays.flatMap((play) => [
    ...[...visitTasks(play)].flatMap(({ task }) => {
      const file = authorFile(task)
      if (file === undefined || file.path !== undefined) return []
      return [missing(file.name, file.tried, task.locateArgument(file.argument))]
    }),
    ...varsFiles(play),
  ])
}

export interface AuthorFile {
  readonly argument: string
  readonly name: string
  readonly path?: string
  readonly tried: readonly string[]
}

/** The file that a task names, when its name is written as it is. */
export function authorFile(task: Task): AuthorFile | undefined {
  const use = FILES[task.action]
  if (use === undefined || !Object.hasOwn(FILES, task.action)) return undefined
  const value = own(task.args, use.argument)
  if (typeof value !== 'string' || value.trim() === '' || own(task.args, 'remote_src') !== undefined)
    return undefined
  const name = task.action === 'script' ? value.trim().split(/\s+/)[0]! : value
  if (name.startsWith('~') || name.includes('://')) return undefined
  const tried = isAbsolute(name)
    ? [name]
    : searchPath(task, use.kind).map((directory) => resolve(directory, name))
  return { argument: use.argument, name, path: tried.find((path) => existsSync(path)), tried }
}

function varsFiles(play: Play): Diagnostic[] {
  const written = own(play.keywords, 'vars_files')
  const list = Array.isArray(written) ? written : []
  return list.flatMap((name, index) => {
    if (typeof name !== 'string') return []
    const tried = searchPath(play, 'vars').map((directory) => resolve(directory, name))
    if (tried.some((path) => existsSync(path))) return []
    return [missing(name, tried, locate(list, index) ?? play.locate('vars_files'))]
  })
}

function missing(name: string, tried: readonly string[], location: Diagnostic['location']): Diagnostic {
  const hint = `looked for ${tried.map(displayPath).join(', ')}`
  return { severity: 'error', message: `there is no file '${name}'`, location, hint }
}
