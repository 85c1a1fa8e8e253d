import { type Script, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'
import {
  answersOf,
  asking,
  describeAnswer,
  isSameAnswer,
  type ServerAnswer,
  serverId,
} from './server-answer.ts'

/** Absolute paths of PEM files on the host. */
export interface MysqlTls {
  /** Who the server's certificate is to be signed by. */
  readonly authority?: string
  readonly certificate?: string
  readonly key?: string
  /** Whether it is to be the server's name that is in it. @default true, where an authority is given */
  readonly name?: boolean
}

/** How a server of MariaDB or MySQL is reached from the host. */
export interface MysqlServer {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly user?: string
  readonly password?: string
  /** A file of settings on the host, absolute; the user's own without it. */
  readonly settings?: string
  readonly tls?: MysqlTls
  /** The user on the host who asks: it decides by which right. */
  readonly as: string
}

export interface MysqlAccountKey {
  readonly server: MysqlServer
  readonly name: string
  /** From where the account may log in. */
  readonly host: string
}

export interface MysqlAccount {
  readonly plugin: string
  /** What the server keeps of a password. */
  readonly authentication: string
  /** As `SHOW GRANTS` tells them. */
  readonly grants: readonly string[]
}

export interface MysqlDatabaseKey {
  readonly server: MysqlServer
  readonly name: string
}

export interface MysqlDatabase {
  readonly encoding: string
  readonly collation: string
}

export const mysqlAccount = defineResource<MysqlAccountKey, ServerAnswer<MysqlAccount>>({
  name: 'mysql account',
  id: ({ server, name, host }) => `${name}@${host} ${serverId(server)}`,
  dear: true,
  read: (keys) =>
    sh`${keys.map(({ server, name, host }) => {
      const account = `${literal(name)}@${literal(host)}`
      const look = `select plugin, authentication_string from mysql.user where User = ${literal(name)} and Host = ${literal(host)};`
      return asking(
        withClient(
          server,
          sh`told=$(printf '%s\\n' ${look} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names) || exit
[ -z "$told" ] || { printf '%s\\n' "$told"; printf '%s\\n' ${`show grants for ${account};`} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names; }`,
        ),
      )
    })}`,
  parse: (answer, keys) =>
    rowsOf(answer, keys.length, ([first, ...grants]) => {
      const [plugin = '', authentication = ''] = first!
      return { plugin, authentication, grants: grants.map((fields) => fields.join('\t')) }
    }),
  // How the server keeps what it is given is the server's to say.
  matches: (predicted, observed) => isSameAnswer(predicted, observed, () => true),
  describe: describeAnswer,
})

export const mysqlDatabase = defineResource<MysqlDatabaseKey, ServerAnswer<MysqlDatabase>>({
  name: 'mysql database',
  id: ({ server, name }) => `${name} ${serverId(server)}`,
  dear: true,
  read: (keys) =>
    sh`${keys.map(({ server, name }) =>
      asking(
        withClient(
          server,
          sh`printf '%s\\n' ${`select default_character_set_name, default_collation_name from information_schema.schemata where schema_name = ${literal(name)};`} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names`,
        ),
      ),
    )}`,
  parse: (answer, keys) =>
    rowsOf(answer, keys.length, ([first]) => {
      const [encoding = '', collation = ''] = first!
      return { encoding, collation }
    }),
  matches: (predicted, observed) => isSameAnswer(predicted, observed, () => true),
  describe: describeAnswer,
})

/**
 * Sets `$client` and `$settings` for what it is put around; a password stands in a file that nobody else can read, after
 * what the user's own file says: so what is given here counts. `$settings.broken` may be made, and goes with it.
 */
export function withClient(server: MysqlServer, script: Script): Script {
  const { host, port, socket, user, password, settings, tls } = server
  const lines = [
    ...(settings === undefined ? [] : [`!include ${settings}`]),
    '[client]',
    ...(host === undefined ? [] : [`host = ${quoted(host)}`]),
    ...(port === undefined ? [] : [`port = ${port}`]),
    ...(socket === undefined ? [] : [`socket = ${quoted(socket)}`]),
    ...(user === undefined ? [] : [`user = ${quoted(user)}`]),
    ...(password === undefined ? [] : [`password = ${quoted(password)}`]),
    ...(tls === undefined ? [] : tlsLines(tls)),
    'default-character-set = utf8mb4',
  ]
  return sh`umask 077
client=$(command -v mariadb || command -v mysql) || { echo 'neither mariadb nor mysql is there' >&2; exit 1; }
settings=$(mktemp -- "\${TMPDIR:-/tmp}/my.XXXXXXXX") || exit
trap 'rm -f -- "$settings" "$settings.said" "$settings.broken"' EXIT
${settings === undefined ? sh`[ ! -r "$HOME/.my.cnf" ] || printf '!include %s\\n' "$HOME/.my.cnf" > "$settings"` : sh``}
printf '%s\\n' ${lines} >> "$settings"
# The client would read the user's own file once more, after this one.
( export HOME=/nonexistent
${script}
) 2> "$settings.said"
status=$?
# The client repeats the statement that failed, with whatever password is in it; of what it need not know, it warns.
sed -e '/unknown variable .loose-/d' -e '/^-\\{14\\}$/,/^-\\{14\\}$/d' "$settings.said" >&2
exit "$status"`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

// The clients of MariaDB and of MySQL each know one of the words by which they look at a certificate.
function tlsLines({ authority, certificate, key, name = authority !== undefined }: MysqlTls): string[] {
  return [
    ...(authority === undefined ? [] : [`ssl-ca = ${quoted(authority)}`]),
    ...(certificate === undefined ? [] : [`ssl-cert = ${quoted(certificate)}`]),
    ...(key === undefined ? [] : [`ssl-key = ${quoted(key)}`]),
    ...(name ? ['loose-ssl-verify-server-cert'] : []),
    ...(authority === undefined ? [] : [`loose-ssl-mode = ${name ? 'VERIFY_IDENTITY' : 'VERIFY_CA'}`]),
  ]
}

/** Has the client carry out statements, which come on its standard input. */
export function mysql(server: MysqlServer, statements: readonly string[]): Script {
  const text = statements.map((each) => `${each};`).join('\n')
  return withClient(server, sh`printf '%s\\n' ${text} | "$client" "--defaults-extra-file=$settings" --batch`)
}

/** A text in SQL. @throws {RangeError} for a NUL, which none is given */
export function literal(text: string): string {
  if (text.includes('\0')) throw new RangeError('a text in SQL cannot hold a NUL character')
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`
}

/** A name in SQL. */
export function identifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a name in SQL cannot hold a NUL character')
  return `\`${name.replaceAll('`', '``')}\``
}

// In a batch, the client writes a tab between fields and escapes what is in them.
function rowsOf<Row>(
  records: Buffer,
  count: number,
  rowOf: (lines: readonly (readonly string[])[]) => Row,
): ServerAnswer<Row>[] {
  return answersOf(records, count, 'the client', (text) => {
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        line
          .split('\t')
          .map((field) => field.replaceAll(/\\(.)/g, (_whole, letter: string) => ESCAPED[letter] ?? letter)),
      )
    return { row: lines.length === 0 ? null : rowOf(lines) }
  })
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', 0: '\0' }
