import type { Duplex, Readable, Writable } from 'node:stream'
import type { Unreachable } from './session.ts'
import type { Script } from './shell.ts'

/** A command running on a host, with its streams. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the command has ended and its output has been read: how, or that the connection was lost. */
  readonly ended: Promise<string | Unreachable>
  /** Lets go of the command: closes all streams at once. */
  close(): void
}

/** What a way to reach a host has to offer; sessions, become and frames are built on it. */
export interface Carrier {
  /** The login user. */
  readonly user: string
  /** Seconds that a shell may take to start. */
  readonly timeout: number
  /** As `Connection.hostKey`. */
  readonly hostKey?: string
  /** Has a command run by the login shell. @throws {Unreachable} */
  execute(command: Script): Promise<Channel>
  /** As `Connection.open`. */
  open(address: string, port: number): Promise<Duplex>
  end(): Promise<void>
}
