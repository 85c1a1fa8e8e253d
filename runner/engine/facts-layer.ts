import type { Layer } from '../variables/scope.ts'
import type { HostRun } from './host-run.ts'

/** What decides how a host is reached, and as whom: no fact may say that, whichever way it came. */
const CONNECTION =
  /^ansible_(?:connection|host|port|user|password|timeout|pipelining|private_key_\w+|host_key_checking|async_dir|remote_tmp|facts|(?:ssh|sftp|scp|become|su|sudo|shell|winrm|paramiko|docker|local)_(?!host_key_(?!checking$))\w+|become|\w+_interpreter)$/

/** Facts under their `ansible_` names. Asking for one that was not gathered finds nothing. */
export function factsLayer(host: HostRun): Layer {
  return {
    name: 'facts',
    get: (variable) => {
      if (!host.facts || !variable.startsWith('ansible_') || CONNECTION.test(variable)) return undefined
      const name = variable.slice('ansible_'.length)
      host.factsUsed?.add(name)
      return Object.hasOwn(host.facts, name) ? host.facts[name] : undefined
    },
    names: () =>
      Object.keys(host.facts ?? {}).flatMap((name) =>
        CONNECTION.test(`ansible_${name}`) ? [] : `ansible_${name}`,
      ),
  }
}
