import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeHostKeys } from './keys.ts'
import { nameServers, resolverFile } from './resolver.ts'

/**
 * Writes the folder `seed` from which a new machine gets its identity, as a cloud image does from its provider: name,
 * machine id, host keys, who may log in. Gives the host keys as `type base64` lines.
 */
export async function writeSeed(folder: string, name: string, publicKey: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = {
    hostname: `${shortName(name)}\n`,
    hosts: hostsFile(name),
    'machine-id': `${randomUUID().replaceAll('-', '')}\n`,
    authorized_keys: `${publicKey}\n`,
  }
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  return makeHostKeys(folder)
}

/** Writes what may have changed since: this machine's name servers. */
export async function refreshSeed(folder: string, gateway: string) {
  await writeFile(join(folder, 'resolv.conf'), resolverFile(await nameServers(), gateway))
}

/** A host's own name: the inventory's up to the first dot, without the underscores that a host name cannot have. */
export function shortName(name: string) {
  return name.split('.')[0]!.replaceAll('_', '-').replace(/-+$/, '').toLowerCase()
}

export function hostsFile(name: string) {
  const names = [...new Set([name, shortName(name)])].join(' ')
  return [
    '127.0.0.1 localhost',
    `127.0.1.1 ${names}`,
    '',
    '::1 localhost ip6-localhost ip6-loopback',
    'ff02::1 ip6-allnodes',
    'ff02::2 ip6-allrouters',
    '',
  ].join('\n')
}
