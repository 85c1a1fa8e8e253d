import { type Script, sh } from '../transport/shell.ts'
import { defineResource, type ResourceKind } from './resource.ts'
import {
  answersOf,
  asking,
  describeAnswer,
  isSameAnswer,
  type ServerAnswer,
  serverId,
} from './server-answer.ts'

/** How a server of PostgreSQL is reached from the host. */
export interface PostgresServer {
  /** The host's name, or a directory with a socket; the usual socket without it. */
  readonly host?: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** The database that is logged in to. */
  readonly database: string
  /** The user on the host who asks: it decides by which right. */
  readonly as: string
}

export interface PostgresName {
  readonly server: PostgresServer
  readonly name: string
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

export const postgresRole = defineResource<PostgresName, ServerAnswer<PostgresRole>>({
  name: 'postgresql role',
  ...asked<PostgresRole>(
    (name) => `select json_build_object('on', array_remove(array[${Object.entries(ROLE_ATTRIBUTES)
      .map(([word, column]) => `case when ${column} then ${literal(word)} end`)
      .join(
        ', ',
      )}], null), 'password', rolpassword, 'connections', rolconnlimit, 'expires', rolvaliduntil::text,
  'comment', shobj_description(oid, 'pg_authid')) from pg_authid where rolname = ${literal(name)};`,
    // The server decides how it keeps a password, and how it writes a time.
    (predicted, observed) =>
      predicted.on.join() === observed.on.join() &&
      predicted.connections === observed.connections &&
      predicted.comment === observed.comment &&
      (predicted.password === null) === (observed.password === null) &&
      (predicted.expires === null) === (observed.expires === null),
  ),
})

export const postgresDatabase = defineResource<PostgresName, ServerAnswer<PostgresDatabase>>({
  name: 'postgresql database',
  ...asked<PostgresDatabase>(
    (
      name,
    ) => `select json_build_object('owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
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
    (name) =>
      `select json_build_object('version', extversion, 'schema', extnamespace::regnamespace::text) from pg_extension where extname = ${literal(name)};`,
    (predicted, observed) => predicted.version === '' || predicted.version === observed.version,
  ),
})

function asked<Row>(
  query: (name: string) => string,
  isSame: (predicted: Row, observed: Row) => boolean,
): Omit<ResourceKind<PostgresName, ServerAnswer<Row>>, 'name'> {
  return {
    id: ({ server, name }) => `${name} ${serverId(server)}`,
    dear: true,
    read: (keys) => sh`${keys.map(({ server, name }) => asking(psql(server, query(name))))}`,
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
export function psql({ host, port, user, password, database }: PostgresServer, statements: string): Script {
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
  const run = sh`printf '%s\\n' ${statements} | psql ${words} ${where} -f -`
  if (password === undefined) return run
  const escaped = password.replaceAll(/[\\:]/g, '\\$&')
  return sh`umask 077
file=$(mktemp -- "\${TMPDIR:-/tmp}/pgpass.XXXXXXXX") || exit
trap 'rm -f -- "$file"' EXIT
printf '*:*:*:*:%s\\n' ${escaped} > "$file"
export PGPASSFILE="$file"
${run}`
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
