import { lstatSync, readFileSync, statSync, type Stats } from 'node:fs'
import { isAbsolute, dirname, resolve } from 'node:path'
import { asText } from '../convert.ts'
import { expandHome } from '../findFile.ts'
import type { Item } from '../items.ts'
import { plain, type Routine, type Routines } from '../routine.ts'

function path(holds: (path: string) => boolean): Routine {
  return plain('value', (_, value: Item) => holds(expandHome(asText(value))))
}

const absolute = path(isAbsolute)
const directory = path((name) => stat(name)?.isDirectory() ?? false)
const file = path((name) => stat(name)?.isFile() ?? false)
const link = path((name) => lstat(name)?.isSymbolicLink() ?? false)
const mount = path(isMount)
const sameFile = plain('value other', (_, value, other) => {
  const [a, b] = [stat(expandHome(asText(value))), stat(expandHome(asText(other)))]
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino
})

/** Files of this machine. */
export const fileTests: Routines = {
  abs: absolute,
  is_abs: absolute,
  directory,
  is_dir: directory,
  file,
  is_file: file,
  link,
  is_link: link,
  exists: path((name) => stat(name) !== undefined),
  link_exists: path((name) => lstat(name) !== undefined),
  mount,
  is_mount: mount,
  same_file: sameFile,
  is_same_file: sameFile,
  vaulted_file: path(
    (name) => stat(name)?.isFile() === true && readFileSync(name, 'latin1').startsWith('$ANSIBLE_VAULT;'),
  ),
}

function stat(name: string): Stats | undefined {
  return statSync(name, { throwIfNoEntry: false })
}

function lstat(name: string): Stats | undefined {
  return lstatSync(name, { throwIfNoEntry: false })
}

/** A directory on another device than its parent, or that is its own parent. */
function isMount(name: string): boolean {
  const own = lstat(name)
  if (own === undefined || own.isSymbolicLink()) return false
  const parent = stat(dirname(resolve(name)))
  return parent === undefined || parent.dev !== own.dev || parent.ino === own.ino
}
