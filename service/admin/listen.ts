import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Listens, and answers where. A Unix socket is open to its owner and group alone. Rejects if it cannot. */
export async function listenOn(
  server: Server,
  at: { socket: string } | { host: string; port: number },
): Promise<string> {
  if ('socket' in at) await removeStale(at.socket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const done = () => {
      server.off('error', reject)
      resolve()
    }
    if ('socket' in at) {
      // Node binds at once, so no other user can connect before the mode is set.
      const umask = process.umask(0o117)
      server.listen(at.socket, done)
      process.umask(umask)
    } else server.listen(at.port, at.host, done)
  })
  if ('socket' in at) {
    chmodSync(at.socket, 0o660)
    return at.socket
  }
  const { address, port } = server.address() as AddressInfo
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** A process that was killed leaves its socket behind. One that somebody answers on, and any other file, stays. */
async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
  if (refused) unlinkSync(path)
}
