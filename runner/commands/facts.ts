import type { Command } from 'commander'
import { addVaultOptions, collect } from '../vault/options.ts'
import { addConnectionOptions } from './connection-options.ts'
import type { FactsFlags } from './show-facts.ts'

/** Adds `facts HOST [NAME…]` to the program. */
export function registerFacts(program: Command): void {
  const command = program
    .command('facts')
    .argument('<host>')
    .argument('[name...]', 'only these: distribution, default_ipv4.address, a pattern such as date_*')
  addConnectionOptions(addVaultOptions(command))
    .description('connect to a host and print its facts as JSON, as ansible_facts holds them')
    .option('-i, --inventory <source>', 'inventory file, directory, script or list of hosts', collect)
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .action(async (host: string, names: string[], flags: FactsFlags) => {
      const { showFacts } = await import('./show-facts.ts')
      await showFacts(host, names, flags)
    })
}
