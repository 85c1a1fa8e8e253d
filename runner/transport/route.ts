import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { HostKeyPolicy } from './host-keys.ts'
import { resolveSshConfig, type SshConfig } from './ssh-config.ts'
import type { HostKeyChecking, SshTarget } from './target.ts'

/** A target with everything decided: its own settings, then ssh_config's, then ssh's defaults. */
export interface Route {
  /** `user@host:port`, for messages. */
  readonly name: string
  /** Name or address to connect to. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Seconds. */
  readonly timeout: number
  readonly hostKeyPolicy: HostKeyPolicy
  readonly privateKeyFile?: string
  readonly identityFiles: readonly string[]
  readonly agent?: string
  /** Hosts to go through, the nearest first. */
  readonly jumps: readonly SshTarget[]
  readonly proxyCommand?: string
  readonly keepalive: { readonly interval: number; readonly count: number }
}

/** @throws {Unreachable} when ssh_config cannot be read */
export async function findRoute(target: SshTarget): Promise<Route> {
  const config = isComplete(target)
    ? undefined
    : await resolveSshConfig(target.host, {
        user: target.user,
        port: target.port,
        arguments: target.sshArguments ?? [],
      })
  return combine(target, config, {
    user: userInfo().username,
    home: homedir(),
    agent: process.env['SSH_AUTH_SOCK'] || undefined,
  })
}

/** Pure. `here` is what this machine contributes. */
export function combine(
  target: SshTarget,
  config: SshConfig | undefined,
  here: { readonly user: string; readonly home: string; readonly agent?: string },
): Route {
  const one = (keyword: string): string | undefined => config?.get(keyword)?.[0]
  const named = (keyword: string): string | undefined => (one(keyword) === 'none' ? undefined : one(keyword))
  const untilde = (path: string): string =>
    path.replace(/^~(?=\/|$)/, here.home).replace(/^%d(?=\/)/, here.home)
  const host = one('hostname') ?? target.host
  const port = target.port ?? Number(one('port') ?? 22)
  const user = target.user ?? one('user') ?? here.user
  const proxyJump = target.proxyJump ?? (target.proxyCommand ? undefined : named('proxyjump'))
  const proxyCommand = target.proxyJump ? undefined : (target.proxyCommand ?? named('proxycommand'))
  const words = (keyword: string): string[] =>
    (named(keyword)?.split(/\s+/) ?? []).map((path) => untilde(path))
  const filesOfConfig = [...words('userknownhostsfile'), ...words('globalknownhostsfile')]
  const defaultFiles = [
    join(here.home, '.ssh/known_hosts'),
    join(here.home, '.ssh/known_hosts2'),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ]
  const identities = config?.get('identityfile')?.map((path) => untilde(path))
  const onlyIdentities = one('identitiesonly') === 'yes'
  const agentOfConfig = named('identityagent')
  const agent = agentOfConfig && agentOfConfig !== 'SSH_AUTH_SOCK' ? untilde(agentOfConfig) : here.agent
  return {
    name: `${user}@${host}${port === 22 ? '' : `:${port}`}`,
    host,
    port,
    user,
    timeout: target.timeout ?? positive(one('connecttimeout')) ?? 10,
    hostKeyPolicy: {
      host: target.hostKeyAlias ?? named('hostkeyalias') ?? host,
      // An alias is looked up as it is.
      port: (target.hostKeyAlias ?? named('hostkeyalias')) ? 22 : port,
      checking: target.hostKeyChecking ?? checkingOf(one('stricthostkeychecking')),
      files: target.knownHostsFiles ?? (config ? filesOfConfig : defaultFiles),
      pinned: target.hostKeys,
      hash: one('hashknownhosts') === 'yes',
    },
    privateKeyFile: target.privateKeyFile && untilde(target.privateKeyFile),
    identityFiles:
      identities ?? ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(here.home, '.ssh', name)),
    agent:
      target.agent === false || onlyIdentities || agentOfConfigIsNone(config)
        ? undefined
        : (target.agent ?? agent),
    jumps: (proxyJump ? parseJumps(proxyJump) : []).map((jump) => ({
      ...jump,
      sshArguments: configFile(target),
    })),
    proxyCommand:
      proxyCommand && expand(proxyCommand, { '%h': host, '%p': String(port), '%r': user, '%n': target.host }),
    keepalive: {
      interval: positive(one('serveraliveinterval')) ?? 10,
      count: positive(one('serveralivecountmax')) ?? 3,
    },
  }
}

/** `[user@]host[:port],…`; the scheme `ssh://` may stand before each (ssh_config(5), ProxyJump). */
export function parseJumps(text: string): SshTarget[] {
  return text.split(',').map((hop) => {
    const [, user, host, port] =
      /^(?:ssh:\/\/)?(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(hop.trim()) ?? []
    return {
      host: (host ?? hop).replace(/^\[|\]$/g, ''),
      user: user || undefined,
      port: port ? Number(port) : undefined,
    }
  })
}

/** The file that stands in for ssh_config goes for jump hosts too; all other arguments are for the target alone. */
function configFile({ sshArguments = [] }: SshTarget): string[] {
  const index = sshArguments.findIndex((word) => word.startsWith('-F'))
  return index < 0 ? [] : sshArguments.slice(index, index + (sshArguments[index] === '-F' ? 2 : 1))
}

/** Whether nothing could be left for ssh_config to say: a sandbox's host. */
function isComplete(target: SshTarget): boolean {
  const key = target.privateKeyFile !== undefined || target.password !== undefined
  return Boolean(target.hostKeys && target.user && target.port && key && !target.sshArguments?.length)
}

function checkingOf(value: string | undefined): HostKeyChecking {
  if (value === 'accept-new') return 'accept-new'
  return value === 'no' || value === 'off' || value === 'false' ? 'no' : 'yes'
}

function agentOfConfigIsNone(config: SshConfig | undefined): boolean {
  return config?.get('identityagent')?.[0] === 'none'
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text)
  return number > 0 ? number : undefined
}

function expand(command: string, values: Record<string, string>): string {
  return command.replaceAll(/%[hprn%]/g, (token) => (token === '%%' ? '%' : values[token]!))
}
