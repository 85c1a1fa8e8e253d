import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkTags } from '../../templates/ejs/check.ts'
import { SourceError, type Diagnostic } from '../diagnostic.ts'
import { displayPath, isDirectory } from '../files.ts'
import type { Play } from '../model.ts'
import { authorFile } from './files.ts'
import { visitBlocks, visitTasks } from './visit.ts'

/** `<%-` for anything but `include()`, which would print a value unchecked, and tags without an end. */
export function checkEjsTemplates(plays: readonly Play[]): Diagnostic[] {
  return [...new Set(plays.flatMap(ejsTemplates))].flatMap((path) => {
    try {
      checkTags(displayPath(path), readFileSync(path, 'utf8'))
      return []
    } catch (error) {
      if (error instanceof SourceError) return error.diagnostics
      throw error
    }
  })
}

/** The EJS files that a play's tasks name, and all that lie in its roles' `templates/`. */
export function ejsTemplates(play: Play): string[] {
  const named = [...visitTasks(play)].flatMap(({ task }) => {
    const path = task.action === 'template' ? authorFile(task)?.path : undefined
    return path === undefined ? [] : [path]
  })
  const roles = new Set([...visitBlocks(play)].flatMap(({ role }) => (role ? [role.role.directory] : [])))
  const owned = [...roles].flatMap((directory) => filesBelow(join(directory, 'templates')))
  return [...named, ...owned].filter((path) => path.endsWith('.ejs'))
}

function filesBelow(directory: string): string[] {
  if (!isDirectory(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
