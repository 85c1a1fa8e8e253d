import type { Duplex } from 'node:stream'
import type ssh2 from 'ssh2'
import type { ConnectConfig } from 'ssh2'
import { Authentication, type Credentials } from './authentication.ts'
import type { HostKeys } from './host-keys.ts'
import { fingerprint, wireKeyType } from './known-hosts.ts'
import { Unreachable } from './session.ts'
import { connectFailure } from './ssh-errors.ts'
import { loadSshLibrary } from './ssh-library.ts'

export interface LoginOptions {
  /** How the host is called in messages. */
  readonly name: string
  readonly credentials: Credentials
  readonly hostKeys: HostKeys
  /** Seconds of silence after which the host is given up. */
  readonly timeout: number
  readonly keepalive: { readonly interval: number; readonly count: number }
}

/** A login that takes so many times as long as a silence may last is given up, too. */
const MOST_SILENCES = 3

/** The key by which the host of a connection was verified, as `type SHA256:…`. */
export const hostKeyOf = new WeakMap<ssh2.Client, string>()

/**
 * Makes a stream to an SSH server into a connection of which the host is verified and the user authenticated.
 * @throws {Unreachable} and the stream is destroyed
 */
export async function login(socket: Duplex, options: LoginOptions): Promise<ssh2.Client> {
  const { Client, parseKey } = loadSshLibrary()
  const { hostKeys, credentials, timeout, keepalive } = options
  const authentication = new Authentication(credentials, parseKey)
  let refused: Unreachable | undefined
  const verify = async (key: Buffer, accept: (valid: boolean) => void): Promise<void> => {
    refused = await hostKeys.verify(key)
    hostKeyOf.set(client, `${wireKeyType(key)} ${fingerprint(key)}`)
    accept(refused === undefined)
  }
  const client = new Client()
  const { promise, resolve, reject } = Promise.withResolvers<ssh2.Client>()
  // The first error tells most; later ones (and those of an agent, after which other ways are tried) are passed over.
  client.on('error', (error: Error & { level?: string }) => {
    if (error.level === 'agent') authentication.problems.push(`the agent: ${error.message}`)
    else reject(refused ?? connectFailure(error, options.name, authentication))
  })
  client.on('close', () =>
    reject(refused ?? connectFailure(new Error('closed'), options.name, authentication)),
  )
  client.on('ready', () => resolve(client))
  client.connect({
    sock: socket,
    username: credentials.user,
    readyTimeout: timeout * MOST_SILENCES * 1000,
    keepaliveInterval: keepalive.interval * 1000,
    keepaliveCountMax: keepalive.count,
    algorithms: {
      // Those that rest on SHA-1 are offered no more.
      kex: { remove: [/sha1/] },
      hmac: { remove: [/sha1/] },
      serverHostKey: hostKeys.algorithms,
    },
    hostVerifier: (key: Buffer, accept: (valid: boolean) => void) => void verify(key, accept),
    authHandler: authentication.handler,
  } as unknown as ConnectConfig)
  // A busy host that goes on answering is not given up; one that only ever sends its banner is, in the end.
  const silent = setTimeout(() => client.emit('error', silence()), timeout * 1000)
  const heard = (): void => void silent.refresh()
  socket.on('data', heard)
  try {
    return await promise
  } catch (error) {
    client.on('error', () => {})
    client.destroy()
    socket.destroy()
    throw error
  } finally {
    clearTimeout(silent)
    socket.off('data', heard)
  }
}

function silence(): Error {
  return Object.assign(new Error('Timed out while waiting for handshake'), { level: 'client-timeout' })
}
