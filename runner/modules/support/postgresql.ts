import { type PostgresName, type PostgresServer, type PostgresTls, psql } from '../../resources/postgresql.ts'
import type { ResourceKind } from '../../resources/resource.ts'
import type { ServerAnswer } from '../../resources/server-answer.ts'
import { choice, int, optional, path, text } from '../arguments.ts'
import type { Planning } from '../module.ts'
import { hostPath } from './host-path.ts'
import type { ServerThing } from './on-server.ts'

/** The arguments with which every module for PostgreSQL logs in. */
export const loginArguments = {
  login_user: text('The role that logs in.', { default: 'postgres', aliases: ['login'] }),
  login_password: optional(text('Its password.')),
  login_host: text('Where the server is; empty for the socket of the host.', {
    default: '',
    aliases: ['host'],
  }),
  login_unix_socket: text('The directory of the socket.', { default: '', aliases: ['unix_socket'] }),
  port: int('The port.', { default: 5432, aliases: ['login_port'] }),
  ssl_mode: choice(
    ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full'],
    'Whether the connection is encrypted, and the server’s certificate looked at.',
    { default: 'prefer' },
  ),
  ca_cert: optional(
    path('PEM file on the host: who the server’s certificate is to be signed by.', {
      aliases: ['ssl_rootcert'],
    }),
  ),
  trust_input: text('Accepted; everything is quoted.', { default: 'true' }),
}

interface Login {
  readonly login_user: string
  readonly login_password?: string
  readonly login_host: string
  readonly login_unix_socket: string
  readonly port: number
  readonly ssl_mode: string
  readonly ca_cert?: string
}

export function serverOf(given: Login, database: string, planning: Planning): PostgresServer {
  const host = given.login_unix_socket || given.login_host
  return {
    ...(host === '' ? {} : { host }),
    port: given.port,
    user: given.login_user,
    ...(given.login_password === undefined ? {} : { password: given.login_password }),
    database,
    ...tlsOf(given, planning),
    as: planning.identity().user,
  }
}

function tlsOf({ ssl_mode: mode, ca_cert }: Login, planning: Planning): { readonly tls?: PostgresTls } {
  if (ca_cert !== undefined) return { tls: { mode, authority: hostPath(ca_cert, planning) } }
  // What the host's own settings say counts, as far as they go further.
  return mode === 'prefer' ? {} : { tls: { mode } }
}

/** A role, a database or an extension. */
export function onPostgres<Row>(
  kind: ResourceKind<PostgresName, ServerAnswer<Row>>,
  key: PostgresName,
): ServerThing<PostgresName, Row> {
  return {
    kind,
    key,
    what: key.name,
    server: 'PostgreSQL',
    clients: ['/usr/bin/psql'],
    inherent: ['postgres', 'template0', 'template1', 'plpgsql'].includes(key.name),
    carryOut: (statements) => psql(key.server, statements.map((each) => `${each};`).join('\n')),
    tells: (statements) => ({
      queries: statements.map((each) => each.replace(/(?<= password ) ?E?'(?:[^']|'')*'/, '********')),
    }),
  }
}
