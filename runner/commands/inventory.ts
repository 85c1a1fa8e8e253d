import type { Command } from 'commander'
import type { Dict } from '../variables/value.ts'
import type { InventoryCommandOptions } from './show-inventory.ts'
import { addVaultOptions, collect } from '../vault/options.ts'

export interface InventoryDependencies {
  /** `ansible_host` and its like of a sandbox that runs, undefined when it does not. */
  readonly sandboxVariables?: (hostName: string) => Promise<Dict | undefined> | Dict | undefined
}

/** Adds `inventory [--list|--graph|--host HOST]` to the program. */
export function registerInventory(program: Command, dependencies: InventoryDependencies = {}): void {
  addVaultOptions(program.command('inventory'))
    .description('show hosts, groups and variables as they are known before a run')
    .option('-i, --inventory <source>', 'inventory file, directory, script or list of hosts', collect)
    .option('--list', 'all hosts, groups and variables as JSON')
    .option('--graph', 'groups and hosts as a tree')
    .option('--host <host>', 'the variables of one host as JSON')
    .option('-l, --limit <pattern>', 'only these hosts')
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .option('--export', 'accepted: variables of groups are listed with their hosts')
    .option('-v, --verbose', 'accepted')
    .option('--playbook-dir <directory>', 'where group_vars and host_vars are looked for too')
    .action(async (options: InventoryCommandOptions) => {
      const { showInventory } = await import('./show-inventory.ts')
      await showInventory(options, dependencies.sandboxVariables)
    })
}
