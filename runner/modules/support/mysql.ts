import { mysql, type MysqlServer, type MysqlTls, withClient } from '../../resources/mysql.ts'
import type { ResourceKind } from '../../resources/resource.ts'
import type { ServerAnswer } from '../../resources/server-answer.ts'
import type { Script } from '../../transport/shell.ts'
import { bool, int, optional, path, text } from '../arguments.ts'
import type { Planning } from '../module.ts'
import { type ModuleResult, opaqueScript, type Outcome } from '../outcome.ts'
import { hostPath } from './host-path.ts'
import type { ServerThing } from './on-server.ts'

/** The arguments with which every module for MariaDB and MySQL logs in. */
export const loginArguments = {
  login_user: optional(text('The account that logs in.')),
  login_password: optional(text('Its password.')),
  login_host: text('Where the server is.', { default: 'localhost' }),
  login_port: int('The port.', { default: 3306 }),
  login_unix_socket: optional(path('The socket.')),
  config_file: optional(path('A file of settings on the host. @default ~/.my.cnf')),
  connect_timeout: int('Accepted.', { default: 30 }),
  check_hostname: optional(
    bool('Whether the server’s certificate is to have its name. @default where `ca_cert` is given'),
  ),
  ca_cert: optional(
    path('PEM file on the host: who the server’s certificate is to be signed by.', { aliases: ['ssl_ca'] }),
  ),
  client_cert: optional(path('PEM file on the host: the certificate to show.', { aliases: ['ssl_cert'] })),
  client_key: optional(path('PEM file on the host: its key.', { aliases: ['ssl_key'] })),
}

interface Login {
  readonly login_user?: string
  readonly login_password?: string
  readonly login_host: string
  readonly login_port: number
  readonly login_unix_socket?: string
  readonly config_file?: string
  readonly check_hostname?: boolean
  readonly ca_cert?: string
  readonly client_cert?: string
  readonly client_key?: string
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
    ...tlsOf(given, planning),
    as: planning.identity().user,
  }
}

function tlsOf(given: Login, planning: Planning): { readonly tls?: MysqlTls } {
  const { ca_cert, client_cert, client_key, check_hostname: name } = given
  const at = (file: string | undefined) => (file === undefined ? undefined : hostPath(file, planning))
  const tls = { authority: at(ca_cert), certificate: at(client_cert), key: at(client_key), name }
  return Object.values(tls).some((each) => each !== undefined) ? { tls } : {}
}

/** An account or a database. */
export function onMysql<Key extends { readonly server: MysqlServer }, Row>(
  kind: ResourceKind<Key, ServerAnswer<Row>>,
  key: Key,
  what: string,
): ServerThing<Key, Row> {
  return {
    kind,
    key,
    what,
    server: 'MySQL',
    clients: ['/usr/bin/mariadb', '/usr/bin/mysql'],
    inherent:
      /^(?:root|mysql|mariadb\.sys|debian-sys-maint|sys|information_schema|performance_schema)(?:@|$)/.test(
        what,
      ),
    carryOut: (statements) => mysql(key.server, statements),
  }
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
