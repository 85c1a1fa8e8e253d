import type { Command } from 'commander'
import { addVaultOptions, collect } from '../vault/options.ts'
import type { VarsFlags } from './show-vars.ts'

/** Adds `vars HOST [NAME]` to the program. */
export function registerVars(program: Command): void {
  addVaultOptions(program.command('vars').argument('<host>').argument('[name]'))
    .description('say what a host’s variables are, where they come from and what they override')
    .option('-p, --playbook <playbook>', 'with the variables of its plays and roles', collect)
    .option('-i, --inventory <source>', 'inventory file, directory, script or list of hosts', collect)
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .option('--json', 'print one variable a line as JSON', false)
    .addHelpText(
      'after',
      '\nNothing is connected to: values that need facts or results are shown as they were written. Secrets are masked.' +
        '\nVariables that describe the run itself (inventory_hostname, groups …) are shown when asked for by name.',
    )
    .action(async (host: string, name: string | undefined, flags: VarsFlags) => {
      const { showVars } = await import('./show-vars.ts')
      await showVars(host, name, flags)
    })
}
