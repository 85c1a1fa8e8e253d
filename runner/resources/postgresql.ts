import { type Script, sh } from '../transport/shell.ts'
import { exported } from './environment.ts'
import { defineResource, type ResourceKind } from './resource.ts'
import {
  answersOf,
  asking,
  describeAnswer,
  isSameAnswer,
  type ServerAnswer,
  serverId,
} from './server-answer.ts'

export interface PostgresTls {
  /** As libpq knows it: require, verify-full … */
  readonly mode: string
  /** Absolute path of a PEM file on the host: who the server's certificate is to be signed by. */
  readonly authority?: string
}

/** How a server of PostgreSQL is reached from the host. */
export interface PostgresServer {
  /** The host's name, or a directory with a socket; the usual socket without it. */
  readonly host?: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** The database that is logged in to. */
  readonly database: string
  readonly tls?: PostgresTls
  /** The user on the host who asks: it decides by which right. */
  readonly as: string
}

export interface PostgresName {
  readonly server: PostgresServer
  readonly name: string
  /** What is kept of a password is not asked for, which not every server tells everybody who may change roles. */
  readonly withoutPassword?: boolean
}

export interface PostgresRole {
  /** Of its attributes those that are on: SUPERUSER, LOGIN … */
  readonly on: readonly string[]
  /** As the server keeps it: `md5…` or `SCRAM-SHA-256$…`; null without one. */
  readonly password: string | null
  readonly connections: number
  /** Seconds since 1970, or `infinity`; null where it never expires. */
  readonly expires: string | null
  readonly comment: string | null
}

export interface PostgresDatabase {
  readonly owner: string
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  readonly connections: number
  readonly tablespace: string
  readonly comment: string | null
}

export interface PostgresExtension {
  readonly version: string
  readonly schema: string
}

/** Attributes of a role, by the column that tells them. */
export const ROLE_ATTRIBUTES: Readonly<Record<string, string>> = {
  SUPERUSER: 'rolsuper',
  CREATEROLE: 'rolcreaterole',
  CREATEDB: 'rolcreatedb',
  INHERIT: 'rolinherit',
  LOGIN: 'rolcanlogin',
  REPLICATION: 'rolreplication',
  BYPASSRLS: 'rolbypassrls',
}

/** What `pg_roles` shows in the place of any password, also of none. */
const HIDDEN = '********'

export const postgresRole = defineResource<PostgresName, ServerAnswer<PostgresRole>>({
  name: 'postgresql role',
  ...asked<PostgresRole>(
    ({
      name,
      withoutPassword = false,
    }) => `select json_build_object('on', array_remove(array[${Object.entries(ROLE_ATTRIBUTES)
      .map(([word, column]) => `case when ${column} then ${literal(word)} end`)
      .join(
        ', ',
      )}], null), 'password', rolpassword, 'connections', rolconnlimit, 'expires', rolvaliduntil::text,
  'comment', shobj_description(oid, 'pg_authid')) from ${withoutPassword ? 'pg_roles' : 'pg_authid'} where rolname = ${literal(name)};`,
    // The server decides how it keeps a password, and how it writes a time.
    (predicted, observed) =>
      predicted.on.join() === observed.on.join() &&
      predicted.connections === observed.connections &&
      predicted.comment === observed.comment &&
      (observed.password === HIDDEN || (predicted.password === null) === (observed.password === null)) &&
      (predicted.expires === null) === (observed.expires === null),
  ),
})

export const postgresDatabase = defineResource<PostgresName, ServerAnswer<PostgresDatabase>>({
  name: 'postgresql database',
  ...asked<PostgresDatabase>(
    ({
      name,
    }) => `select json_build_object('owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
  'collate', datcollate, 'ctype', datctype, 'connections', datconnlimit,
  'tablespace', (select spcname from pg_tablespace where oid = dattablespace),
  'comment', shobj_description(oid, 'pg_database')) from pg_database where datname = ${literal(name)};`,
    (predicted, observed) =>
      predicted.owner === observed.owner &&
      predicted.connections === observed.connections &&
      predicted.comment === observed.comment,
  ),
})

export const postgresExtension = defineResource<PostgresName, ServerAnswer<PostgresExtension>>({
  name: 'postgresql extension',
  ...asked<PostgresExtension>(
    ({ name }) =>
      `select json_build_object('version', extversion, 'schema', (select nspname from pg_namespace where oid = extnamespace)) from pg_extension where extname = ${literal(name)};`,
    (predicted, observed) => predicted.version === '' || predicted.version === observed.version,
  ),
})

function asked<Row>(
  query: (key: PostgresName) => string,
  isSame: (predicted: Row, observed: Row) => boolean,
): Omit<ResourceKind<PostgresName, ServerAnswer<Row>>, 'name'> {
  return {
    id: ({ server, name, withoutPassword }) =>
      `${name} ${serverId(server)}${withoutPassword === true ? ' without its password' : ''}`,
    dear: true,
    read: (keys) => sh`${keys.map((key) => asking(psql(key.server, query(key))))}`,
    matches: (predicted, observed) => isSameAnswer(predicted, observed, isSame),
    describe: describeAnswer,
    parse: (answer, keys) => answersOf(answer, keys.length, 'psql', (text) => rowOf<Row>(text.trim())),
  }
}

/** A row comes as JSON. */
function rowOf<Row>(text: string): ServerAnswer<Row> {
  try {
    return { row: text === '' ? null : (JSON.parse(text) as Row) }
  } catch {
    return { error: text }
  }
}

/** Has psql carry out statements; they come on its standard input, a password out of a file of the user's own. */
export function psql(server: PostgresServer, statements: string): Script {
  const { host, port, user, password, database, tls } = server
  const where = host === undefined ? [] : ['-h', host]
  const words = [
    '-X',
    '-q',
    '-A',
    '-t',
    '-w',
    '-v',
    'ON_ERROR_STOP=1',
    '-p',
    String(port),
    '-U',
    user,
    '-d',
    database,
  ]
  const run = sh`${tls === undefined ? sh`` : exported(tlsVariables(tls))}
printf '%s\\n' ${statements} | psql ${words} ${where} -f -`
  if (password === undefined) return run
  const escaped = password.replaceAll(/[\\:]/g, '\\$&')
  return sh`umask 077
file=$(mktemp -- "\${TMPDIR:-/tmp}/pgpass.XXXXXXXX") || exit
trap 'rm -f -- "$file"' EXIT
printf '*:*:*:*:%s\\n' ${escaped} > "$file"
export PGPASSFILE="$file"
${run}`
}

function tlsVariables({ mode, authority }: PostgresTls): Record<string, string> {
  return { PGSSLMODE: mode, ...(authority === undefined ? {} : { PGSSLROOTCERT: authority }) }
}

/** A text in SQL. @throws {RangeError} for a NUL, which none can hold */
export function literal(text: string): string {
  if (text.includes('\0')) throw new RangeError('a text in SQL cannot hold a NUL character')
  const quoted = `'${text.replaceAll("'", "''")}'`
  // Whatever the server takes a backslash for.
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** A name in SQL. */
export function identifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a name in SQL cannot hold a NUL character')
  return `"${name.replaceAll('"', '""')}"`
}
