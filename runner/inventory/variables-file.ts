import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { displayPath } from '../source/files.ts'
import { SourceError, sourceError } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { parseYaml } from '../source/yaml.ts'
import { isDict, type Dict } from '../variables/value.ts'
import { readText, type Decrypter } from './text-file.ts'

/** What one file of variables says. */
export interface VariablesFile {
  readonly file: string
  readonly values: Dict
  readonly locate: (variable: string) => Location | undefined
}

const EXTENSIONS = ['', '.yml', '.yaml', '.json']

/**
 * The files of variables for a host or group: `<directory>/<name>`, `.yml`, `.yaml` or `.json`, the first there is; a
 * directory `<name>` gives all its files in the order of their names, also from directories below, hidden ones and
 * backups (`~`) left out. Later files win.
 */
export function findVariablesFiles(directory: VariablesDirectory, name: string): string[] {
  // A name may come from a script: it must not lead out of the directory.
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return []
  for (const extension of EXTENSIONS) {
    const kind = directory.entries.get(name + extension)
    const path = join(directory.path, name + extension)
    if (kind === 'file') return [path]
    if (kind === 'directory' && extension === '') return filesBelow(readVariablesDirectory(path))
  }
  return []
}

/** A directory of variables, listed once: hundreds of hosts are looked up in it. */
export interface VariablesDirectory {
  readonly path: string
  readonly entries: ReadonlyMap<string, 'file' | 'directory'>
}

/** Lists a directory, links followed; one that is not there is empty. */
export function readVariablesDirectory(path: string): VariablesDirectory {
  const names = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path).sort() : []
  const entries = new Map<string, 'file' | 'directory'>()
  for (const name of names) {
    const found = statSync(join(path, name), { throwIfNoEntry: false })
    if (found?.isDirectory()) entries.set(name, 'directory')
    else if (found?.isFile()) entries.set(name, 'file')
  }
  return { path, entries }
}

function filesBelow(directory: VariablesDirectory): string[] {
  return [...directory.entries].flatMap(([name, kind]) => {
    if (name.startsWith('.') || name.endsWith('~')) return []
    const path = join(directory.path, name)
    if (kind === 'directory') return filesBelow(readVariablesDirectory(path))
    return EXTENSIONS.includes(extname(name)) ? [path] : []
  })
}

/** Reads a file of variables (YAML or JSON, maybe encrypted as a whole). Throws `SourceError` with all that is wrong. */
export function readVariablesFile(path: string, vault?: Decrypter): VariablesFile {
  const file = displayPath(path)
  const { text, secret } = readText(path, vault)
  const { value, diagnostics } = parseYaml(text, file, { decrypt: vault?.decrypt, secret })
  if (value === undefined || diagnostics.some(({ severity }) => severity === 'error')) {
    throw new SourceError(diagnostics)
  }
  if (value === null) return { file, values: {}, locate: () => undefined }
  if (!isDict(value)) {
    const place = Array.isArray(value) ? locate(value) : { file, line: 1, column: 1 }
    throw sourceError(`a file of variables must be a dictionary`, place, 'write `name: value`, one a line')
  }
  return { file, values: value, locate: (variable) => locate(value, variable) }
}
