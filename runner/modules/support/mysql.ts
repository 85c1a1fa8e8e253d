import { effect } from '../../host/state.ts'
import { mysql, type MysqlAnswer, type MysqlServer, withClient } from '../../resources/mysql.ts'
import type { ResourceKind } from '../../resources/resource.ts'
import { type Script, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import { bool, int, optional, path, text } from '../arguments.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, opaqueScript, type Outcome, unchanged } from '../outcome.ts'
import { hostPath } from './host-path.ts'

/** The arguments with which every module for MariaDB and MySQL logs in. */
export const loginArguments = {
  login_user: optional(text('The account that logs in.')),
  login_password: optional(text('Its password.')),
  login_host: text('Where the server is.', { default: 'localhost' }),
  login_port: int('The port.', { default: 3306 }),
  login_unix_socket: optional(path('The socket.')),
  config_file: optional(path('A file of settings on the host. @default ~/.my.cnf')),
  connect_timeout: int('Accepted.', { default: 30 }),
  check_hostname: optional(bool('Accepted.')),
  ca_cert: optional(path('Accepted.', { aliases: ['ssl_ca'] })),
  client_cert: optional(path('Accepted.', { aliases: ['ssl_cert'] })),
  client_key: optional(path('Accepted.', { aliases: ['ssl_key'] })),
}

interface Login {
  readonly login_user?: string
  readonly login_password?: string
  readonly login_host: string
  readonly login_port: number
  readonly login_unix_socket?: string
  readonly config_file?: string
}

export function serverOf(given: Login, planning: Planning): MysqlServer {
  const { login_host: host, login_port: port, login_unix_socket: socket, config_file } = given
  const far = socket === undefined && (host !== 'localhost' || port !== 3306)
  return {
    ...(far ? { host: host === 'localhost' ? '127.0.0.1' : host, port } : {}),
    ...(socket === undefined ? {} : { socket: hostPath(socket, planning) }),
    ...(given.login_user === undefined ? {} : { user: given.login_user }),
    ...(given.login_password === undefined ? {} : { password: given.login_password }),
    ...(config_file === undefined || config_file === '' ? {} : { settings: hostPath(config_file, planning) }),
    as: planning.identity().user,
  }
}

/** What is to become of one thing on a server. */
export interface MysqlWish<Row> {
  /** Statements to carry out; none when it is as it should be. */
  readonly statements: readonly string[]
  readonly after: Row | null
  readonly diff: readonly {
    readonly name: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

/**
 * Plans one thing on a server, from what is there.
 *
 * @param what it is called
 * @param wish what is to become of it, or a message why that cannot be
 */
export function onServer<Key extends { readonly server: MysqlServer }, Row>(
  kind: ResourceKind<Key, MysqlAnswer<Row>>,
  key: Key,
  what: string,
  result: ModuleResult,
  planning: Planning,
  wish: (before: Row | null) => MysqlWish<Row> | { readonly error: string },
): Outcome {
  const found = planning.state.read(kind, key)
  const before = 'error' in found ? (isNewIn(what, planning) ? null : undefined) : found.row
  // Whether the server is started by the run, or not there at all, only a real run can tell.
  if (before === undefined) return asking(key.server, what, 'error' in found ? found.error : '')
  const wanted = wish(before)
  if ('error' in wanted) return failed(wanted.error, result)
  const { statements, after, diff } = wanted
  if (statements.length === 0) return unchanged(result)
  const row: MysqlAnswer<Row> = { row: after }
  return change({
    diff: [{ path: `${kind.name} ${what}`, attributes: diff }],
    script: mysql(key.server, statements),
    after: [effect(kind, key, row)],
    result,
  })
}

/** Something that is carried out without being looked at before. */
export function onServerAlways(
  server: MysqlServer,
  what: string,
  script: Script,
  result: ModuleResult,
): Outcome {
  return opaqueScript({
    what,
    after: [],
    declared: true,
    script: withClient(server, script),
    finish: ({ status, stderr }) => ({
      ...result,
      changed: true,
      ...(status === 0 ? {} : { failed: true, msg: stderr.toString('utf8').trim() }),
    }),
  })
}

// With the client comes the server, and in a new one is nothing but what a new one has.
function isNewIn(what: string, { files }: Planning): boolean {
  if (
    /^(?:root|mysql|mariadb\.sys|debian-sys-maint|sys|information_schema|performance_schema)(?:@|$)/.test(
      what,
    )
  )
    return false
  return ['/usr/bin/mariadb', '/usr/bin/mysql'].some((program) => {
    const { status } = files.stat(program)
    return status.type !== 'absent' && status.type !== 'denied' && status.inode instanceof Unknown
  })
}

function asking(server: MysqlServer, what: string, complaint: string): Outcome {
  return opaqueScript({
    what: `MySQL, asked for ${what}`,
    after: [],
    declared: true,
    script: sh`( ${mysql(server, ['select 1'])} ) >/dev/null`,
    finish: ({ status, stderr }) => ({
      changed: false,
      failed: true,
      msg:
        status === 0
          ? `cannot look at ${what}: ${complaint}`
          : `unable to connect to database: ${stderr.toString('utf8').trim() || complaint}`,
    }),
  })
}
