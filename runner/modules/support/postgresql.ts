import { type AnyEffect, effect } from '../../host/state.ts'
import {
  type PostgresAnswer,
  type PostgresName,
  type PostgresServer,
  psql,
} from '../../resources/postgresql.ts'
import type { ResourceKind } from '../../resources/resource.ts'
import { sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import { int, optional, path, text } from '../arguments.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, opaqueScript, type Outcome, unchanged } from '../outcome.ts'

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
  ssl_mode: text('Accepted; the server decides.', { default: 'prefer' }),
  ca_cert: optional(path('Accepted.', { aliases: ['ssl_rootcert'] })),
  trust_input: text('Accepted; everything is quoted.', { default: 'true' }),
}

interface Login {
  readonly login_user: string
  readonly login_password?: string
  readonly login_host: string
  readonly login_unix_socket: string
  readonly port: number
}

export function serverOf(given: Login, database: string, planning: Planning): PostgresServer {
  const host = given.login_unix_socket || given.login_host
  return {
    ...(host === '' ? {} : { host }),
    port: given.port,
    user: given.login_user,
    ...(given.login_password === undefined ? {} : { password: given.login_password }),
    database,
    as: planning.identity().user,
  }
}

/** What is to become of one thing on a server. */
export interface PostgresWish<Row> {
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
 * @param wish what is to become of it, or a message why that cannot be
 */
export function onServer<Row>(
  kind: ResourceKind<PostgresName, PostgresAnswer<Row>>,
  key: PostgresName,
  result: ModuleResult,
  planning: Planning,
  wish: (before: Row | null) => PostgresWish<Row> | { readonly error: string },
): Outcome {
  const found = planning.state.read(kind, key)
  const before = 'error' in found ? (isNewIn(key.name, planning) ? null : undefined) : found.row
  // Whether the server is started by the run, or not there at all, only a real run can tell.
  if (before === undefined) return asking(key, 'error' in found ? found.error : '')
  const wanted = wish(before)
  if ('error' in wanted) return failed(wanted.error, result)
  const { statements, after, diff } = wanted
  if (statements.length === 0) return unchanged({ ...result, queries: [] })
  const row: PostgresAnswer<Row> = { row: after }
  return change({
    diff: [{ path: `${kind.name} ${key.name}`, attributes: diff }],
    script: psql(key.server, statements.map((each) => `${each};`).join('\n')),
    after: [effect(kind, key, row) satisfies AnyEffect],
    result,
  })
}

// With the client comes the server, and in a new one is nothing but what a new one has.
function isNewIn(name: string, { files }: Planning): boolean {
  if (['postgres', 'template0', 'template1', 'plpgsql'].includes(name)) return false
  const { status } = files.stat('/usr/bin/psql')
  return status.type !== 'absent' && status.type !== 'denied' && status.inode instanceof Unknown
}

function asking({ server, name }: PostgresName, complaint: string): Outcome {
  return opaqueScript({
    what: `PostgreSQL, asked for ${name}`,
    after: [],
    declared: true,
    script: sh`( ${psql(server, 'select 1')} ) >/dev/null`,
    finish: ({ status, stderr }) => ({
      changed: false,
      failed: true,
      msg:
        status === 0
          ? `cannot look at ${name}: ${complaint}`
          : `unable to connect to database: ${stderr.toString('utf8').trim() || complaint}`,
    }),
  })
}
