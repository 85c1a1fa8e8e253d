import type { Command } from 'commander'
import { addVaultOptions } from '../vault/options.ts'
import type { ShowFlags } from './show-plan.ts'

/** Adds `show FILE` to the program. */
export function registerShow(program: Command): void {
  addVaultOptions(program.command('show').argument('<file>', 'a plan that --plan has saved'))
    .description('print what a saved plan would do, with diffs')
    .option('--json', 'print one event a line (short for --output ndjson)', false)
    .option('--output <kind>', 'how to print: text, ndjson, github', 'text')
    .action(async (file: string, flags: ShowFlags) => {
      const { showPlan } = await import('./show-plan.ts')
      await showPlan(file, flags)
    })
}
