import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { suggestion } from '../source/nearest.ts'
import { whyUnreadable } from '../source/unreadable.ts'
import { EXIT, UserError } from './fatal.ts'
import type { RunFlags } from './run-flags.ts'

const CONNECTIONS = ['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh', 'ssh2']

/** Whether the values of a run's flags are of their kind, before anything else is done. @throws {UserError} */
export function checkFlags(flags: RunFlags): void {
  const { forks, timeout, taskTimeout, becomeMethod, connection, plan } = flags
  const whole = (flag: string, value: string | undefined, least: number) => {
    if (value === undefined || (/^\d+$/.test(value) && Number(value) >= least)) return
    throw new UserError(`${flag} must be a whole number from ${least} on, not '${value}'`)
  }
  whole('--forks', forks, 1)
  whole('--timeout', timeout, 1)
  whole('--task-timeout', taskTimeout, 0)
  oneOf('--become-method', becomeMethod, ['sudo', 'su', 'doas'])
  oneOf('--connection', connection, CONNECTIONS)
  if (plan !== undefined) checkWritable(plan)
}

function oneOf(flag: string, value: string | undefined, choices: readonly string[]): void {
  const name = value?.replace(/^(?:ansible\.(?:builtin|legacy)|community\.general)\./, '')
  if (name === undefined || choices.includes(name)) return
  const hint = suggestion(name, choices)
  throw new UserError(`${flag} is one of ${choices.join(', ')}, not '${value}'${hint ? `; ${hint}` : ''}`)
}

// Rather than at the end of a long dry run.
function checkWritable(file: string): void {
  let why = 'it is a directory'
  try {
    if (!statSync(file, { throwIfNoEntry: false })?.isDirectory())
      return accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    why = `${dirname(file)}: ${whyUnreadable(error)}`.replace('such file', 'such directory')
  }
  throw new UserError(`the plan cannot be written to ${file}: ${why}`, EXIT.unreadable)
}
