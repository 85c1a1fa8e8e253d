import { dirname, resolve } from 'node:path'
import { Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { describe } from './check-value.ts'
import { displayPath, isFile } from './files.ts'
import { staticText } from './imports.ts'
import { Loading } from './loading.ts'
import type { Location } from './location.ts'
import type { Play } from './model.ts'
import { asDict, nodeOf } from './node.ts'
import type { LoadOptions } from './options.ts'
import { loadPlay } from './play.ts'
import { locate } from './positions.ts'
import { checkKeys } from './task-keys.ts'

/**
 * Reads playbooks with everything they import, checked. Nothing is evaluated: templates stand where they were written.
 *
 * @param files paths of playbooks, as `findPlaybook` gives them
 * @throws {SourceError} with everything that is wrong in all files
 */
export function loadPlaybooks(files: readonly string[], options: LoadOptions): Play[] {
  const loading = new Loading(options)
  const plays = files.flatMap((file) => loadPlaybook(loading, resolve(loading.cwd, file)))
  loading.finish()
  return plays
}

interface Importing {
  /** Playbooks inside of which this one is imported. */
  readonly chain: readonly string[]
  /** What the imports make of a play's keywords. */
  readonly keywords: (keywords: Dict) => Dict
}

function loadPlaybook(
  loading: Loading,
  file: string,
  importing: Importing = { chain: [], keywords: (keywords) => keywords },
): Play[] {
  const start: Location = { file: displayPath(file), line: 1, column: 1 }
  const written = loading.read(file)
  if (written === undefined) return []
  if (!Array.isArray(written) || written.length === 0) {
    const empty = written === null || (Array.isArray(written) && written.length === 0)
    const message = empty
      ? 'the playbook is empty'
      : `a playbook must be a list of plays, not ${describe(written)}`
    const hint = `begin each play with '- hosts: …'`
    loading.error(message, start, hint, empty ? 'A playbook must contain at least one play' : undefined)
    return []
  }
  return written.flatMap((value, index) => {
    const dict = asDict(loading, value, written, index, 'a play')
    if (dict === undefined) return []
    const key = IMPORTS.find((key) => Object.hasOwn(dict, key))
    return key === undefined
      ? [loadPlay(loading, dict, file, importing.keywords)]
      : importPlaybook(loading, dict, key, file, { ...importing, chain: [...importing.chain, file] })
  })
}

const IMPORTS = ['import_playbook', 'ansible.builtin.import_playbook', 'ansible.legacy.import_playbook']

function importPlaybook(
  loading: Loading,
  written: Dict,
  key: string,
  file: string,
  { chain, keywords }: Importing,
): Play[] {
  const location = locate(written, key)!
  const node = nodeOf(loading, written, 'import')
  checkKeys(loading, written, 'import', 'an imported playbook')
  const value = own(written, key)
  if (!(typeof value === 'string' || value instanceof Template)) return []
  const name = staticText(loading, value, node, location)
  if (name === undefined) return []
  const path = resolve(dirname(file), name)
  if (chain.includes(path)) {
    loading.error(
      `'${displayPath(path)}' imports itself`,
      location,
      [...chain, path].map(displayPath).join(' → '),
    )
    return []
  }
  if (!isFile(path)) {
    loading.error(`there is no playbook '${name}'`, location, `looked for ${displayPath(path)}`)
    return []
  }
  return loadPlaybook(loading, path, { chain, keywords: (inner) => keywords(imported(node.keywords, inner)) })
}

/** An import's condition and tags hold for its plays besides their own; its variables stand over theirs. */
function imported(outer: Dict, inner: Dict): Dict {
  const merged = new Map<string, Value>(Object.entries(inner))
  for (const [keyword, asList] of [
    ['when', conditions],
    ['tags', tags],
  ] as const) {
    if (Object.hasOwn(outer, keyword))
      merged.set(keyword, [...asList(own(outer, keyword)), ...asList(own(inner, keyword))])
  }
  if (isDict(outer['vars'])) {
    const vars = own(inner, 'vars')
    merged.set(
      'vars',
      Object.fromEntries([...(isDict(vars) ? Object.entries(vars) : []), ...Object.entries(outer['vars'])]),
    )
  }
  return Object.fromEntries(merged)
}

function conditions(value: Value | undefined): Value[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

function tags(value: Value | undefined): Value[] {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : conditions(value)
}

/**
 * The path of a playbook: the path itself, or a name under the project's `playbooks/`, with or without its ending.
 * Undefined when there is none.
 */
export function findPlaybook(name: string, cwd: string = process.cwd()): string | undefined {
  const candidates = [
    name,
    `playbooks/${name}`,
    ...['.yml', '.yaml'].flatMap((end) => [name + end, `playbooks/${name}${end}`]),
  ]
  return candidates.map((candidate) => resolve(cwd, candidate)).find(isFile)
}
