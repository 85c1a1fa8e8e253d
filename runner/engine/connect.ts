import { evaluate } from '../expressions/evaluate.ts'
import { inherited, type Node } from '../source/model.ts'
import { pythonPlugin } from '../source/python-plugins.ts'
import { type Connection, Unreachable } from '../transport/session.ts'
import type { Scope } from '../variables/scope.ts'
import { type Dict, omit, type Value } from '../variables/value.ts'
import type { HostRun } from './host-run.ts'
import type { PlayRun } from './run.ts'
import { scopeOf } from './variables.ts'
import { reveal } from './reveal.ts'
import { textOf } from '../variables/text.ts'

export interface ConnectOptions {
  readonly name: string
  readonly scope: Scope
  readonly node: Node
  /** Pinned keys of a sandbox machine. */
  readonly hostKeys: readonly string[] | undefined
  /** What the command line says, below keywords and variables. */
  readonly defaults: Dict
  readonly password: string | undefined
  readonly announce: (secret: string) => void
}

/** Connection variables that a keyword, or a flag of the command line, stands for. */
const KEYWORDS: Record<string, string> = {
  ansible_connection: 'connection',
  ansible_user: 'remote_user',
  ansible_port: 'port',
  ansible_timeout: 'timeout',
  ansible_ssh_private_key_file: 'private_key_file',
  ansible_private_key_file: 'private_key_file',
}

/**
 * Whether a task is for another machine than the play is on this host: `connection: local` where the host is reached by
 * ssh, or the other way round.
 */
export function strays(task: Node, playRun: PlayRun, host: HostRun, scope: Scope): boolean {
  const { defaults } = playRun.run.options
  const known = ofPlays.get(playRun) ?? new Map<HostRun, boolean>()
  ofPlays.set(playRun, known)
  let usual = known.get(host)
  if (usual === undefined) {
    usual = isLocal(scopeOf(playRun, host, playRun.play), playRun.play, defaults)
    known.set(host, usual)
  }
  return isLocal(scope, task, defaults) !== usual
}

/** Whether the plays are on this machine in place of a host. */
const ofPlays = new WeakMap<PlayRun, Map<HostRun, boolean>>()

function isLocal(scope: Scope, node: Node, defaults: Dict): boolean {
  const written = scope.get('ansible_connection') ?? keywordOf(node, 'connection') ?? defaults['connection']
  return (
    written !== undefined &&
    /^(?:ansible\.(?:builtin|legacy)\.)?local$/.test(textOf(evaluate(written, scope)))
  )
}

/** What sets apart one login to a host from another; tasks may say it each for itself. */
export function loginOf(scope: Scope, node: Node, defaults: Dict): string {
  return JSON.stringify([
    machineOf(scope, node, defaults),
    said('ansible_user', 'remote_user', scope, node, defaults),
  ])
}

/** What sets apart the machines that are connected to: several hosts of the inventory may be one. */
export function machineOf(scope: Scope, node: Node, defaults: Dict): string {
  if (isLocal(scope, node, defaults)) return 'here'
  return `${said('ansible_host', '', scope, node, defaults)}:${said('ansible_port', 'port', scope, node, defaults)}`
}

function said(variable: string, keyword: string, scope: Scope, node: Node, defaults: Dict): string {
  const written = scope.get(variable) ?? keywordOf(node, keyword) ?? defaults[keyword]
  return written === undefined ? '' : textOf(evaluate(written, scope))
}

/** Connects to a host as its variables say; a keyword stands in for a variable that is not there. */
export async function connectTo(options: ConnectOptions): Promise<Connection> {
  const { scope, node, defaults, announce } = options
  const variable = (name: string): unknown => {
    const keyword = KEYWORDS[name]
    const said = (written: Value | undefined) => {
      const value = written === undefined ? omit : evaluate(written, scope)
      return value === omit ? undefined : reveal(value, announce)
    }
    if (keyword === undefined) return said(scope.get(name))
    return said(scope.get(name)) ?? said(keywordOf(node, keyword)) ?? said(defaults[keyword])
  }
  const kind = textOf(variable('ansible_connection') ?? 'ssh').replace(/^ansible\.(builtin|legacy)\./, '')
  if (kind === 'local')
    return (await import('../transport/local.ts')).connectLocal({ directory: scope.surroundings.playbookDir })
  if (!['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ssh2'].includes(kind)) {
    const plugin = pythonPlugin('connection', kind, scope.surroundings.searchPath('.'))
    throw new Unreachable(
      plugin
        ? `the connection '${kind}' is a plugin in Python (${plugin.place}), which is not run here`
        : `there is no connection '${kind}'`,
      "ansible_connection is 'ssh' or 'local'",
    )
  }
  const [{ connectSsh }, { sshTarget }] = await Promise.all([
    import('../transport/ssh.ts'),
    import('../transport/ssh-target.ts'),
  ])
  const target = sshTarget(variable, options.name)
  return connectSsh({
    ...target,
    ...(options.password !== undefined && target.password === undefined
      ? { password: options.password }
      : {}),
    ...(options.hostKeys ? { hostKeys: options.hostKeys } : {}),
  })
}

// `timeout` of a task is how long the task may take, not the connection.
function keywordOf(node: Node, keyword: string): Value | undefined {
  return keyword === 'timeout' ? undefined : inherited(node, keyword)?.value
}
