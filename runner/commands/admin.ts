import type { Command } from 'commander'
import { addVaultOptions, collect } from '../vault/options.ts'
import { ACTIONS } from '../admin/actions.ts'
import { addConnectionOptions } from './connection-options.ts'
import type { AdminFlags } from './run-admin.ts'

/** Adds `admin HOST [ACTION]` to the program. */
export function registerAdmin(program: Command): void {
  const command = program
    .command('admin')
    .argument('<host>')
    .argument('[action]', 'what to look at or do', 'status')
    .argument('[word...]', 'on or off, a level, the number of a worker')
  addConnectionOptions(addVaultOptions(command))
    .description('look at the service on a host and operate it, through its admin API')
    .option('-i, --inventory <source>', 'inventory file, directory, script or list of hosts', collect)
    .option('-e, --extra-vars <vars>', 'more variables: name=value, {json}, @file', collect)
    .option('--service <unit>', 'the service’s systemd unit (app_name of the inventory, or coderco-app)')
    .option('--json', 'print what the service answers as JSON')
    .option('-f, --follow', 'logs: go on with every new line')
    .option('-n, --lines <count>', 'logs: how many lines', '100')
    .option('--log <name>', 'logs: service, error or audit', 'service')
    .option('--message <text>', 'maintenance on: what visitors are told')
    .option('--retry-after <seconds>', 'maintenance on: when they may come back')
    .option('--prometheus', 'metrics: as Prometheus reads them')
    .addHelpText('after', `\nActions:\n${actions()}`)
    .action(async (host: string, action: string, words: string[], flags: AdminFlags) => {
      const { runAdmin } = await import('./run-admin.ts')
      await runAdmin(host, action, words, flags)
    })
}

function actions(): string {
  const all = {
    ...ACTIONS,
    logs: { summary: 'the last lines of a log; --follow goes on with every new one' },
  }
  return Object.entries(all)
    .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}\n`)
    .join('')
}
