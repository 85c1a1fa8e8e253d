import type { Duplex } from 'node:stream'
import type { Script } from './shell.ts'
import type { Traffic } from './traffic.ts'

/** One script sent through a session. */
export interface Frame {
  readonly script: Script
  /** Bytes the script reads on standard input; without it standard input is `/dev/null`. Any size, any bytes. */
  readonly payload?: Uint8Array
  /** Seconds after which the script's whole process group is ended; none by default. */
  readonly timeout?: number
  /** Bytes of output (both streams) above which the script is ended; 512 MiB by default. */
  readonly outputLimit?: number
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** One long-lived shell on a host, of one user. Frames run one after another; they may be sent without waiting. */
export interface Session {
  readonly user: string
  /**
   * @throws {Unreachable} when the connection is lost before the answer is complete
   * @throws {FrameTimeout} when `timeout` passed; the script and its children have been ended
   * @throws {OutputTooLarge} when it printed more than `outputLimit`; the script and its children have been ended
   * @throws {BecomeFailed} when the user turns out not to be had only now: without a password to be given, the first
   *   frames are sent without waiting for sudo, which saves a round trip
   */
  run(frame: Frame): Promise<Answer>
}

/** How to become another user (Ansible's become keywords). */
export interface Become {
  readonly user: string
  readonly method: 'sudo' | 'su' | 'doas'
  readonly flags?: string
  readonly exe?: string
  readonly password?: string
}

/** One connection to a host, with at most one session for each user. */
export interface Connection {
  /** What its sessions have sent and received so far. */
  readonly traffic: Readonly<Traffic>
  /**
   * A session of the login user, or of the user to become. There is one for each; it is made when first asked for.
   * After a failure to become, every further attempt on this connection fails alike without asking the host again.
   * @throws {BecomeFailed} @throws {Unreachable}
   */
  session(become?: Become): Promise<Session>
  /**
   * A TCP stream to an address as the host sees it (`uri`, `wait_for`); with an absolute path, one to a Unix socket.
   * @throws {Error} with `code` as of `net.connect` where known (`ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT` …)
   */
  open(address: string, port: number): Promise<Duplex>
  /** Ends the session of a user to become, where there is one: no process of theirs is left that is ours. */
  leave(user: string): Promise<void>
  /** The host's key, as `type SHA256:…`; undefined where there is none (`local`). */
  readonly hostKey?: string
  /** Ends every process group still running for this connection, then the connection. */
  close(): Promise<void>
}

/** The host cannot be reached, or the connection was lost. `hint` says what to do. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly hint?: string

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { cause })
    this.hint = hint
  }
}

/** Becoming another user failed: a wrong or missing password, or a user who may not. */
export class BecomeFailed extends Error {
  override readonly name = 'BecomeFailed'
}

/** A script ran longer than its time and was ended. */
export class FrameTimeout extends Error {
  override readonly name = 'FrameTimeout'
  readonly seconds: number

  constructor(seconds: number) {
    super(`timed out after ${seconds} s`)
    this.seconds = seconds
  }
}

/** A script printed more than is kept and was ended. */
export class OutputTooLarge extends Error {
  override readonly name = 'OutputTooLarge'
  readonly limit: number

  constructor(limit: number) {
    super(`printed more than ${limit} bytes`)
    this.limit = limit
  }
}
