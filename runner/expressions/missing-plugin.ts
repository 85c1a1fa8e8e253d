import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { INSTEAD, pythonPlugin } from '../source/python-plugins.ts'
import type { Surroundings } from '../variables/scope.ts'
import { Failure } from './items.ts'
import { didYouMean } from './nearest.ts'
import { bareName } from './plugin-name.ts'

/** Says that there is no filter, test or lookup of a name; of one that the project brings in Python, where that is. */
export function missingPlugin(
  kind: 'filter' | 'test' | 'lookup',
  name: string,
  known: Iterable<string>,
  surroundings: Surroundings | undefined,
): Failure {
  const plugin = surroundings && pythonPlugin(kind, bareName(name), directories(surroundings))
  if (plugin)
    return new Failure(
      `the ${kind} '${name}' is a plugin in Python (${plugin.place}), which is not run here`,
      INSTEAD[kind],
    )
  return new Failure(`there is no ${kind} '${name}'`, didYouMean(bareName(name), known))
}

// Ansible has the plugins of all roles everywhere.
function directories(surroundings: Surroundings): string[] {
  const { playbookDir } = surroundings
  const roles = join(playbookDir, 'roles')
  return [playbookDir, ...surroundings.searchPath('.'), ...namesIn(roles).map((role) => join(roles, role))]
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
