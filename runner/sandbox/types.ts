/** The Debian releases a sandbox can be, by their code names. */
export const suites = ['bookworm', 'trixie'] as const

export type Suite = (typeof suites)[number]

export const defaultSuite: Suite = 'trixie'

export const engineNames = ['nspawn', 'docker', 'podman'] as const

export type EngineName = (typeof engineNames)[number]

/** A machine that is wanted. */
export interface SandboxSpec {
  /** A host's name in the inventory. */
  name: string
  /** @default 'trixie' */
  suite?: Suite
}

/** A machine that exists, with all that is needed to connect to it. */
export interface SandboxHost {
  name: string
  suite: Suite
  /** An IPv4 address, the same over reboots and resets. */
  address: string
  port: number
  /** May use sudo without a password. `root` may log in with the same key. */
  user: string
  privateKeyFile: string
  /** Lines of a known_hosts file: `address type base64`. */
  hostKeys: string[]
  state: 'running' | 'stopped'
}

export interface SandboxOptions {
  /** The directory whose sandboxes are meant; two checkouts do not see each other's. @default process.cwd() */
  directory?: string
  /** Told what takes time, in the words of a progress line. @default silent */
  progress?: Progress
  /** What new machines run under. @default the first that works here */
  engine?: EngineName
}

export type Progress = (message: string) => void

/** Something is missing or not possible here; the message says what and how to mend it. */
export class SandboxError extends Error {
  override name = 'SandboxError'
}
