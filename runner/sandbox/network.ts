import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { gatewayOf } from './address.ts'
import { stateFolder } from './paths.ts'
import { attempt, hasProgram, run } from './process.ts'
import { nameServers } from './resolver.ts'
import { asRoot } from './root.ts'
import { ruleSet, tableName } from './rules.ts'

const forwarding = '/proc/sys/net/ipv4/ip_forward'

/** Interface names have at most 15 characters. */
export function bridgeName(project: string) {
  return `rh${project}`
}

/** This machine's end of the cable to the sandbox with that address. */
export function linkName(project: string, address: string) {
  return `rh${project}-${address.split('.')[3]}`
}

/**
 * A bridge that joins a project's machines with each other and with this one, and address translation for what they
 * send elsewhere. Does nothing where it is there already.
 */
export async function raiseNetwork(project: string, network: string) {
  const bridge = bridgeName(project)
  await enableForwarding()
  if (networkInterfaces()[bridge] !== undefined) return
  const { loopback } = await nameServers()
  await attempt(asRoot(['ip', 'link', 'delete', bridge]))
  await run(asRoot(['ip', 'link', 'add', bridge, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0']))
  await run(asRoot(['ip', 'address', 'add', `${gatewayOf(network)}/24`, 'dev', bridge]))
  if (loopback) await writeAsRoot(`/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, '1')
  await run(asRoot(['nft', '-f', '-']), { input: ruleSet({ project, network, bridge, loopback }) })
  if (await filtersForwards()) await changeForwardRules('-I', bridge)
  await run(asRoot(['ip', 'link', 'set', bridge, 'up']))
}

/** Takes down what `raiseNetwork` made; `last` when no other project has machines, so that forwarding can go too. */
export async function removeNetwork(project: string, last: boolean) {
  const bridge = bridgeName(project)
  await attempt(asRoot(['ip', 'link', 'delete', bridge]))
  await attempt(asRoot(['nft', 'delete', 'table', 'ip', tableName(project)]))
  if (await filtersForwards()) await changeForwardRules('-D', bridge)
  if (last) await restoreForwarding()
}

/** Docker and ufw drop what is forwarded unless a rule of the same table lets it through. */
async function filtersForwards() {
  if (!(await hasProgram('iptables'))) return false
  const { stdout } = await attempt(asRoot(['iptables', '-w', '-S', 'FORWARD']))
  return !['', '-P FORWARD ACCEPT'].includes(stdout.trim())
}

async function changeForwardRules(change: '-I' | '-D', bridge: string) {
  for (const direction of ['-i', '-o']) {
    await attempt(asRoot(['iptables', '-w', change, 'FORWARD', direction, bridge, '-j', 'ACCEPT']))
  }
}

/** The setting found is written down, to be put back when the last machine goes. */
async function enableForwarding() {
  if ((await readFile(forwarding, 'utf8')).trim() !== '0') return
  await mkdir(stateFolder(), { recursive: true, mode: 0o700 })
  await writeFile(foundForwarding(), '0\n')
  await writeAsRoot(forwarding, '1')
}

async function restoreForwarding() {
  const found = await readFile(foundForwarding(), 'utf8').catch(() => undefined)
  if (found === undefined) return
  await writeAsRoot(forwarding, found)
  await rm(foundForwarding())
}

async function writeAsRoot(file: string, text: string) {
  await run(asRoot(['tee', file]), { input: text })
}

function foundForwarding() {
  return join(stateFolder(), 'ip_forward')
}
