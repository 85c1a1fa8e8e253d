import { readFile } from 'node:fs/promises'

/** systemd-resolved keeps the real servers here when /etc/resolv.conf names its own stub on loopback. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']

export interface NameServers {
  /** Those that other machines can reach too. */
  shared: string[]
  /** One that only this machine can reach, where there is no other. */
  loopback?: string
}

/** The name servers this machine uses. */
export async function nameServers(): Promise<NameServers> {
  const texts = await Promise.all(files.map(async (file) => readFile(file, 'utf8').catch(() => '')))
  return selectNameServers(texts)
}

/** Chooses from resolv.conf files, of which the first that names a server of use to others counts. */
export function selectNameServers(texts: string[]): NameServers {
  const lists = texts.map((text) =>
    [...text.matchAll(/^nameserver\s+(\d+(?:\.\d+){3})\s*$/gm)].map((match) => match[1]!),
  )
  for (const list of lists) {
    const shared = list.filter((address) => !address.startsWith('127.'))
    if (shared.length > 0) return { shared }
  }
  return { shared: [], loopback: lists.flat()[0] }
}

/** The contents of a sandbox's /etc/resolv.conf. What asks the gateway is passed on to the loopback server. */
export function resolverFile({ shared, loopback }: NameServers, gateway: string): string {
  const servers = loopback === undefined ? shared : [gateway]
  return servers.map((server) => `nameserver ${server}\n`).join('')
}
