import type { Command } from 'commander'
import { REPORT_KINDS } from '../reports/registry.ts'
import { addVaultOptions } from '../vault/options.ts'
import type { ApplyFlags } from './apply-plan.ts'

/** Adds `apply FILE` to the program. */
export function registerApply(program: Command): void {
  addVaultOptions(program.command('apply').argument('<file>', 'a plan that --plan has saved'))
    .description('carry out a saved plan exactly; a host that has changed since is left untouched')
    .option('--open', 'let the run decide what the plan leaves open', false)
    .option('-D, --diff', 'show what changes, line by line', false)
    .option('-f, --forks <number>', 'hosts worked on at the same time', '50')
    .option('-k, --ask-pass', 'ask for the login password')
    .option('-K, --ask-become-pass', 'ask for the become password')
    .option('--json', 'print one event a line (short for --output ndjson)', false)
    .option('--output <kind>', `how to print: ${REPORT_KINDS.join(', ')}`)
    .option(
      '-v, --verbose',
      'say more; up to -vvvv',
      (_: string, before: number | undefined) => (before ?? 0) + 1,
    )
    .action(async (file: string, flags: ApplyFlags) => {
      const { applyPlan } = await import('./apply-plan.ts')
      process.exitCode = await applyPlan(file, flags)
    })
}
