import { engineAction } from './engine-actions.ts'
import type { ModuleDefinition, ModuleTable } from './options.ts'

/** Collections whose modules are known here by their short names. */
const COLLECTIONS = ['ansible.builtin', 'ansible.legacy', 'ansible.posix', 'community.general']

/** The module or engine's action that a name in a task means: `copy`, `ansible.builtin.copy`. */
export function findModule(written: string, modules: ModuleTable): ModuleDefinition | undefined {
  const short = shortName(written)
  const own = /^(ansible\.legacy\.)?\w+$/.test(written) ? modules.own?.(short) : undefined
  return engineAction(short) ?? own ?? modules.get(short) ?? modules.get(written)
}

/** The name without the prefix of a known collection. */
export function shortName(written: string): string {
  const prefix = COLLECTIONS.find((collection) => written.startsWith(`${collection}.`))
  return prefix === undefined ? written : written.slice(prefix.length + 1)
}
