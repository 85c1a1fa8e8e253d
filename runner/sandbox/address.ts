import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { nameServers } from './resolver.ts'

/** Networks are taken from 10.213.0.0/16, which is private and seldom used. */
const prefix = '10.213'
const firstHost = 10
const lastHost = 250

/**
 * A network of 256 addresses for a project, as its first three numbers: the project's own choice by its id, or the
 * next that nothing else on this machine uses (interfaces, routes, name servers, other projects).
 */
export async function chooseNetwork(id: string, taken: Iterable<string>): Promise<string> {
  const used = new Set([...taken, ...(await networksInUse())])
  const start = Number.parseInt(id.slice(0, 2), 16)
  for (let step = 0; step < 256; step++) {
    const network = `${prefix}.${(start + step) % 256}`
    if (!used.has(network)) return network
  }
  throw new Error(`Every network of ${prefix}.0.0/16 is in use`)
}

/** The machine running the sandboxes, as they see it. */
export function gatewayOf(network: string) {
  return `${network}.1`
}

/**
 * The hardware address that goes with an address. It is the same at every boot and reset, or neighbours would send to
 * the old one for half a minute.
 */
export function hardwareAddress(address: string) {
  const bytes = address.split('.').map((number) => Number(number).toString(16).padStart(2, '0'))
  return ['02', '00', ...bytes].join(':')
}

/** The first address of a network that no machine has. */
export function chooseAddress(network: string, taken: Iterable<string>): string {
  const used = new Set(taken)
  for (let host = firstHost; host <= lastHost; host++) {
    const address = `${network}.${host}`
    if (!used.has(address)) return address
  }
  throw new Error(`No free address in ${network}.0/24`)
}

/** Destinations of `/proc/net/route` as the networks of our range they lie in: hexadecimal, last number first. */
export function routedNetworks(table: string): string[] {
  const rows = table.trim().split('\n').slice(1)
  return rows.flatMap((row) => {
    const destination = row.split('\t')[1] ?? ''
    const numbers = destination.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []
    const network = numbers.reverse().slice(0, 3).join('.')
    return network.startsWith(`${prefix}.`) ? [network] : []
  })
}

async function networksInUse() {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const routes = routedNetworks(await readFile('/proc/net/route', 'utf8').catch(() => ''))
  const addresses = [...own.map(({ address }) => address), ...(await nameServers()).shared]
  return [...routes, ...addresses.map((address) => address.split('.').slice(0, 3).join('.'))]
}
