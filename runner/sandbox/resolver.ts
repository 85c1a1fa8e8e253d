import { readFile } from 'node:fs/promises'

/** systemd-resolved keeps the real servers here when /etc/resolv.conf names its own stub on loopback. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']

/** The name servers this machine uses, as far as another machine can reach them too. */
export async function resolverAddresses(): Promise<string[]> {
  for (const file of files) {
    const servers = reachableServers(await readFile(file, 'utf8').catch(() => ''))
    if (servers.length > 0) return servers
  }
  return []
}

/** The contents of /etc/resolv.conf for a sandbox. */
export async function resolverFile(): Promise<string> {
  const servers = await resolverAddresses()
  return servers.map((server) => `nameserver ${server}\n`).join('')
}

/** The IPv4 servers of a resolv.conf that do not lie on loopback. */
export function reachableServers(text: string): string[] {
  const servers = [...text.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map((match) => match[1]!)
  return servers.filter((server) => !server.startsWith('127.'))
}
