import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Frame } from './frame.ts'
import { Failure } from './items.ts'

type Kind = 'files' | 'templates' | 'vars' | 'tasks'

/** The nearest of the author's files with that name. @throws Failure that says where it was looked for. */
export function findFile(name: string, kind: Kind, frame: Frame): string {
  const found = tryFindFile(name, kind, frame)
  if (found !== undefined) return found
  const places = isAbsolute(expandHome(name)) ? '' : `looked in ${directories(kind, frame).join(', ')}`
  throw new Failure(`No such file or directory: '${name}'`, places || undefined)
}

export function tryFindFile(name: string, kind: Kind, frame: Frame): string | undefined {
  const path = expandHome(name)
  if (isAbsolute(path)) return existsSync(path) ? path : undefined
  return directories(kind, frame)
    .map((directory) => resolve(directory, path))
    .find((candidate) => existsSync(candidate))
}

/** Where a relative name is looked for, nearest first. */
export function directories(kind: Kind, { evaluation: { scope } }: Frame): string[] {
  const { surroundings } = scope
  return [...new Set([...surroundings.searchPath(kind), surroundings.playbookDir])]
}

export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}
