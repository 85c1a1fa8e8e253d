import { dirname, isAbsolute, join } from 'node:path'
import type { Origin } from './errors.ts'
import type { Frame } from './frame.ts'
import type { Part } from './grammar/nodes.ts'
import { fileSyntax } from './grammar/template.ts'
import { Failure } from './items.ts'
import { parsed } from './parsed.ts'
import { placed } from './placed.ts'
import { readIfThere } from './read-if-there.ts'

export interface Loaded {
  readonly origin: Origin
  readonly parts: readonly Part[]
}

/** The first of the named templates that is there: beside the one that names it, then on the search path. */
export function findTemplate(names: readonly string[], frame: Frame, optional = false): Loaded | undefined {
  const { searchPath, playbookDir } = surroundings(frame)
  const directories = [dirname(frame.origin.location.file), ...searchPath, playbookDir]
  for (const name of names) {
    for (const path of isAbsolute(name) ? [name] : directories.map((directory) => join(directory, name))) {
      const source = readIfThere(path)
      if (source === undefined) continue
      const origin = { source, location: { file: path, line: 1, column: 1 } }
      return { origin, parts: parsedFile(origin) }
    }
  }
  if (optional) return undefined
  throw new Failure(
    `there is no template ${names.map((name) => `'${name}'`).join(' or ')}`,
    `looked in ${directories.join(', ')}`,
  )
}

function surroundings({ evaluation: { scope } }: Frame): { searchPath: string[]; playbookDir: string } {
  return {
    searchPath: scope.surroundings.searchPath('templates'),
    playbookDir: scope.surroundings.playbookDir,
  }
}

function parsedFile(origin: Origin): readonly Part[] {
  try {
    return parsed(origin.source, fileSyntax).parts
  } catch (error) {
    throw placed(error, { origin, at: 0 })
  }
}
