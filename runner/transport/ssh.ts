import { setTimeout as sleep } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { dialCommand, dialTcp, dialThrough } from './dial.ts'
import { EndpointLimit } from './endpoint-limit.ts'
import { FramedConnection } from './framed-connection.ts'
import { HostKeys } from './host-keys.ts'
import { findRoute, type Route } from './route.ts'
import type { Connection, Unreachable } from './session.ts'
import { SshCarrier } from './ssh-carrier.ts'
import { login } from './ssh-client.ts'
import { connectFailure, worthRetrying } from './ssh-errors.ts'
import { loadSshLibrary } from './ssh-library.ts'
import type { SshTarget } from './target.ts'

export interface SshOptions {
  /** Asks for the passphrase of an encrypted key file; undefined or absent: such keys are not used. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>
}

/** Connections to one endpoint that may be in the making at once; see `EndpointLimit`. */
const LIMIT = 8
const ATTEMPTS = 5

const limit = new EndpointLimit(LIMIT)

/**
 * Connects, verifies the host and logs in.
 * @throws {Unreachable} saying why and what to do
 */
export async function connectSsh(target: SshTarget, options: SshOptions = {}): Promise<Connection> {
  const route = await findRoute(target)
  const { client, jumps } = await reach(route, target, options)
  return new FramedConnection(new SshCarrier(client, route, jumps))
}

interface Reached {
  readonly client: Client
  /** The connections it goes through, which end with it. */
  readonly jumps: readonly Client[]
}

async function reach(route: Route, target: SshTarget, options: SshOptions): Promise<Reached> {
  const jumps: Client[] = []
  try {
    for (const jump of route.jumps) {
      const hop = await findRoute(jump)
      jumps.push(await attempts(hop, jump, options, jumps.at(-1)))
    }
    return { client: await attempts(route, target, options, jumps.at(-1)), jumps }
  } catch (error) {
    for (const jump of jumps) jump.end()
    throw error
  }
}

async function attempts(
  route: Route,
  target: SshTarget,
  options: SshOptions,
  through?: Client,
): Promise<Client> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await limit.run(`${route.host}:${route.port}`, () =>
        connectOnce(route, target, options, through),
      )
    } catch (error) {
      if (attempt === ATTEMPTS || !worthRetrying(error)) throw error
      await sleep(100 * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

async function connectOnce(
  route: Route,
  target: SshTarget,
  options: SshOptions,
  through?: Client,
): Promise<Client> {
  // Loading the library and the known keys takes as long as connecting, so it is done meanwhile.
  const dialled = dial(route, through)
  dialled.catch(() => {})
  const hostKeys = HostKeys.load(route.hostKeyPolicy)
  hostKeys.catch(() => {})
  loadSshLibrary()
  const { stream, ended } = await dialled
  try {
    return await login(stream, {
      name: route.name,
      hostKeys: await hostKeys,
      timeout: route.timeout,
      keepalive: route.keepalive,
      credentials: {
        user: route.user,
        password: target.password,
        privateKeyFile: route.privateKeyFile,
        privateKeyPassphrase: target.privateKeyPassphrase,
        identityFiles: route.identityFiles,
        agent: route.agent,
        askPassphrase: options.askPassphrase,
      },
    })
  } catch (error) {
    stream.destroy()
    // A proxy command that gave up says more than that the connection was closed.
    throw worthRetrying(error) ? ((await Promise.race([ended, sleep(500)])) ?? error) : error
  }
}

interface Dialled {
  readonly stream: Duplex
  readonly ended?: Promise<Unreachable>
}

async function dial(route: Route, through: Client | undefined): Promise<Dialled> {
  try {
    if (through) return { stream: await dialThrough(through, route.host, route.port) }
    if (route.proxyCommand !== undefined) return dialCommand(route.proxyCommand)
    return { stream: await dialTcp(route.host, route.port, route.timeout) }
  } catch (error) {
    throw connectFailure(error, route.name)
  }
}
