import type { Command } from 'commander'
import { REPORT_KINDS } from '../reports/registry.ts'
import { addVaultOptions } from '../vault/options.ts'
import { addConnectionOptions } from './connection-options.ts'
import type { RunFlags } from './run-flags.ts'

const collect = (value: string, before: string[] = []) => [...before, value]
const count = (_: string, before = 0) => before + 1
const commaSeparated = (value: string, before: string[] = []) => [
  ...before,
  ...value
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean),
]

/** Adds what happens without a command: running playbooks. Flags have Ansible's names and meaning. */
export function registerRun(program: Command, otherCommands: string): void {
  addConnectionOptions(addVaultOptions(program))
    .description('Runs Ansible-style playbooks over SSH. With --check it tells beforehand what would change.')
    .argument('<playbook...>', 'a path, or a name under playbooks/')
    .option('-i, --inventory <source>', 'inventory file, directory, script or list of hosts', collect)
    .option('-l, --limit <pattern>', 'only these hosts')
    .option('-t, --tags <tags>', 'only tasks with these tags', commaSeparated)
    .option('--skip-tags <tags>', 'no tasks with these tags', commaSeparated)
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .option('-C, --check', 'a dry run: predict, change nothing', false)
    .option('-D, --diff', 'show what changes, line by line', false)
    .option('-f, --forks <number>', 'hosts worked on at the same time', '50')
    .option('--force-handlers', 'run notified handlers even where a task failed', false)
    .option('--flush-cache', 'forget the facts that earlier runs have kept')
    .option('--task-timeout <seconds>', 'how long a task may take that does not say itself')
    .option('--start-at-task <name>', 'begin at this task')
    .option('--step', 'ask before each task', false)
    .option('--syntax-check', 'only check the files', false)
    .option('--list-hosts', 'only list the hosts', false)
    .option('--list-tasks', 'only list the tasks', false)
    .option('--list-tags', 'only list the tags', false)
    .option('--detailed-exitcode', 'with --check: exit with 10 when changes are pending', false)
    .option('--plan <file>', 'save the dry run (implies --check), for `play show` and `play apply`')
    .option('--encrypt-vault-id <id>', 'the vault id to encrypt the plan with, where several are given')
    .option('--recipient <key>', 'encrypt the plan with age for this recipient (age1…)', collect)
    .option('--json', 'print one event a line (short for --output ndjson)', false)
    .option('--output <kind>', `how to print: ${REPORT_KINDS.join(', ')}`)
    .option('-v, --verbose', 'say more; up to -vvvv', count)
    .addHelpText('after', otherCommands)
    .action(async (playbooks: string[], flags: RunFlags) => {
      if (flags.plan !== undefined) {
        const { savePlan } = await import('./save-plan.ts')
        process.exitCode = await savePlan(flags.plan, playbooks, { ...flags, check: true })
        return
      }
      const { runPlaybooks } = await import('./run-playbooks.ts')
      process.exitCode = await runPlaybooks(playbooks, flags)
    })
}
