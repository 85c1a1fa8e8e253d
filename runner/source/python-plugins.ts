import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { displayPath } from './files.ts'

/** Kinds of plugins that Ansible takes from a project, by the directories they are in. */
export type PluginKind = 'filter' | 'test' | 'lookup' | 'action' | 'connection'

export interface PythonPlugin {
  /** The file and the line where it is named, as people read it. */
  readonly place: string
}

/**
 * The plugin in Python that a project brings under a name: in `filter_plugins/` and the like, in one of the directories
 * or one that `ANSIBLE_FILTER_PLUGINS` and the like name. None of them can be run here; this only serves to say so.
 *
 * @param directories of the playbook and of roles
 */
export function pythonPlugin(
  kind: PluginKind,
  name: string,
  directories: Iterable<string>,
): PythonPlugin | undefined {
  const configured = (process.env[`ANSIBLE_${kind.toUpperCase()}_PLUGINS`] ?? '').split(delimiter)
  const all = [
    ...Array.from(directories, (directory) => join(directory, `${kind}_plugins`)),
    ...configured.filter((directory) => directory !== '').map((directory) => resolve(directory)),
  ]
  for (const directory of new Set(all)) {
    const found = pluginIn(directory, kind, name)
    if (found) return found
  }
  return undefined
}

/** The directories of the author's plugins for what is written in a file: those around it, up to the third. */
export function aroundFile(file: string): string[] {
  const first = dirname(resolve(file))
  return [first, dirname(first), dirname(dirname(first))]
}

function pluginIn(directory: string, kind: PluginKind, name: string): PythonPlugin | undefined {
  if (kind !== 'filter' && kind !== 'test') {
    const path = join(directory, `${name}.py`)
    return existsSync(path) ? { place: `${displayPath(path)}:1` } : undefined
  }
  // A file brings many of them, in a dictionary of their names.
  for (const file of pythonFiles(directory)) {
    const path = join(directory, file)
    const lines = linesOf(path)
    const at = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`))
    if (at >= 0) return { place: `${displayPath(path)}:${at + 1}` }
  }
  return undefined
}

function pythonFiles(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.py'))
  } catch {
    return []
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** What to do about a plugin that cannot be run. */
export const INSTEAD: Readonly<Record<PluginKind, string>> = {
  filter: 'say it with the filters there are, or with a macro of a template',
  test: 'say it with the tests and filters there are',
  lookup: "run it as a program, lookup('pipe', …), or say it with the lookups there are",
  action: 'write it as a module in library/, in any language, or as a file of tasks',
  connection: "hosts are reached by 'ssh' or 'local'",
}
