import { type Dict, isDict } from '../../variables/value.ts'
import type { ModuleResult } from '../outcome.ts'

/** What decides how a host is reached, and as whom: no module may say that of the host it ran on. */
const CONNECTION =
  /^ansible_(?:connection|host|port|user|password|timeout|pipelining|private_key_file|remote_tmp|facts|(?:ssh|sftp|scp|become|su|sudo|shell|winrm|paramiko|docker|local)_(?!host_key_)\w+|become|\w+_interpreter)$/

/** The facts in a module's result, but those that would turn the connection. */
export function factsOf(result: ModuleResult): Dict | undefined {
  const facts = result['ansible_facts']
  if (facts === undefined || !isDict(facts)) return undefined
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !CONNECTION.test(`ansible_${name.replace(/^ansible_/, '')}`)),
  )
}
