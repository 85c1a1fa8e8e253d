import type { Command } from 'commander'
import { addVaultOptions, collect } from '../vault/options.ts'
import type { LintFlags } from './lint-playbooks.ts'

/** Adds `lint [PLAYBOOK…]` to the program. */
export function registerLint(program: Command): void {
  addVaultOptions(program.command('lint').argument('[playbook...]', 'a path, or a name under playbooks/'))
    .description('check playbooks, roles and templates without touching a host')
    .option('-i, --inventory <source>', 'inventory whose variables count as defined', collect)
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .option('--json', 'print one finding a line as JSON', false)
    .option('--output <kind>', 'how to print: text, github (annotations)', 'text')
    .addHelpText(
      'after',
      '\nWithout a playbook: every one under playbooks/. Exit code 4 when there are errors.',
    )
    .action(async (playbooks: string[], flags: LintFlags) => {
      const { lintPlaybooks } = await import('./lint-playbooks.ts')
      process.exitCode = await lintPlaybooks(playbooks, flags)
    })
}
