/** Where and how to connect by SSH. What is left out is decided by ssh_config, or by ssh's own defaults. */
export interface SshTarget {
  /** Address, DNS name, or an alias of ssh_config. */
  readonly host: string
  /** @default 22 */
  readonly port?: number
  /** @default the local user */
  readonly user?: string
  readonly password?: string
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: string
  /** Known_hosts lines that alone decide whether the host is the right one (sandbox). */
  readonly hostKeys?: readonly string[]
  /** @default 'yes' */
  readonly hostKeyChecking?: HostKeyChecking
  /** @default ~/.ssh/known_hosts, ~/.ssh/known_hosts2, /etc/ssh/ssh_known_hosts, /etc/ssh/ssh_known_hosts2 */
  readonly knownHostsFiles?: readonly string[]
  /** Name to look up in known_hosts instead of `host`. */
  readonly hostKeyAlias?: string
  /** Seconds to connect and authenticate in. @default 10 */
  readonly timeout?: number
  /** `[user@]host[:port]`, several with commas: hosts to connect through. */
  readonly proxyJump?: string
  /** A local command whose standard input and output are the connection; `%h`, `%p`, `%r`, `%n` are filled in. */
  readonly proxyCommand?: string
  /** Path of the agent's socket; `false` for none. @default SSH_AUTH_SOCK */
  readonly agent?: string | false
  /** Further arguments as for the `ssh` command, from which options are taken (`-o ProxyJump=…`, `-J`, `-F` …). */
  readonly sshArguments?: readonly string[]
}

/** `yes`: only known keys. `accept-new`: unknown ones are noted and accepted. `no`: anything, at one's own risk. */
export type HostKeyChecking = 'yes' | 'accept-new' | 'no'
