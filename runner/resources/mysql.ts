import { createHash } from 'node:crypto'
import { openScratch } from '../packages/scratch.ts'
import { type Script, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** How a server of MariaDB or MySQL is reached from the host. */
export interface MysqlServer {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly user?: string
  readonly password?: string
  /** A file of settings on the host, absolute; the user's own without it. */
  readonly settings?: string
  /** The user on the host who asks: it decides by which right. */
  readonly as: string
}

export type MysqlAnswer<Row> = { readonly row: Row | null } | { readonly error: string }

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

export const mysqlAccount = defineResource<MysqlAccountKey, MysqlAnswer<MysqlAccount>>({
  name: 'mysql account',
  id: ({ server, name, host }) => `${name}@${host} ${serverId(server)}`,
  dear: true,
  read: (keys) =>
    sh`${keys.map(({ server, name, host }) => {
      const account = `${literal(name)}@${literal(host)}`
      const look = `select plugin, authentication_string from mysql.user where User = ${literal(name)} and Host = ${literal(host)};`
      return asking(
        server,
        sh`told=$(printf '%s\\n' ${look} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names) || exit
[ -z "$told" ] || { printf '%s\\n' "$told"; printf '%s\\n' ${`show grants for ${account};`} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names; }`,
      )
    })}`,
  parse: (answer, keys) =>
    answersOf(answer, keys.length, ([first, ...grants]) => {
      const [plugin = '', authentication = ''] = first!
      return { plugin, authentication, grants: grants.map((fields) => fields.join('\t')) }
    }),
  // How the server keeps what it is given is the server's to say.
  matches: (predicted, observed) => sameness(predicted, observed),
  describe: (value) => words(value),
})

export const mysqlDatabase = defineResource<MysqlDatabaseKey, MysqlAnswer<MysqlDatabase>>({
  name: 'mysql database',
  id: ({ server, name }) => `${name} ${serverId(server)}`,
  dear: true,
  read: (keys) =>
    sh`${keys.map(({ server, name }) =>
      asking(
        server,
        sh`printf '%s\\n' ${`select default_character_set_name, default_collation_name from information_schema.schemata where schema_name = ${literal(name)};`} | "$client" "--defaults-extra-file=$settings" --batch --skip-column-names`,
      ),
    )}`,
  parse: (answer, keys) =>
    answersOf(answer, keys.length, ([first]) => {
      const [encoding = '', collation = ''] = first!
      return { encoding, collation }
    }),
  matches: (predicted, observed) => sameness(predicted, observed),
  describe: (value) => words(value),
})

function serverId({ password: _, ...open }: MysqlServer): string {
  return createHash('sha256').update(JSON.stringify(open)).digest('hex').slice(0, 16)
}

function asking(server: MysqlServer, question: Script): Script {
  return sh`( ${openScratch}
# What is only warned of is no part of the answer.
said=$(mktemp -- "$scratch/said.XXXXXXXX") || exit
if answer=$( exec 2>"$said"
${withClient(server, question)} ); then printf '+%s\\0' "$answer"; else printf -- '-%s\\0' "$(cat -- "$said")"; fi
rm -f -- "$said" )
`
}

/** Sets `$client` and `$settings` for what it is put around; a password stands in a file of the user's own. */
export function withClient(server: MysqlServer, script: Script): Script {
  const { host, port, socket, user, password, settings } = server
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  const lines = [
    ...(settings === undefined ? [] : [`!include ${settings}`]),
    '[client]',
    ...(host === undefined ? [] : [`host = ${quoted(host)}`]),
    ...(port === undefined ? [] : [`port = ${port}`]),
    ...(socket === undefined ? [] : [`socket = ${quoted(socket)}`]),
    ...(user === undefined ? [] : [`user = ${quoted(user)}`]),
    ...(password === undefined ? [] : [`password = ${quoted(password)}`]),
    'default-character-set = utf8mb4',
  ]
  return sh`umask 077
client=$(command -v mariadb || command -v mysql) || { echo 'neither mariadb nor mysql is there' >&2; exit 1; }
settings=$(mktemp -- "\${TMPDIR:-/tmp}/my.XXXXXXXX") || exit
trap 'rm -f -- "$settings" "$settings.said"' EXIT
printf '%s\\n' ${lines} > "$settings"
( ${script}
) 2> "$settings.said"
status=$?
# The client repeats the statement that failed, with whatever password is in it.
sed '/^-\\{14\\}$/,/^-\\{14\\}$/d' "$settings.said" >&2
exit "$status"`
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
function answersOf<Row>(
  answer: Buffer,
  count: number,
  rowOf: (lines: readonly (readonly string[])[]) => Row,
): MysqlAnswer<Row>[] {
  const records = answer.toString('utf8').split('\0')
  return Array.from({ length: count }, (_, index) => {
    const record = records[index] ?? ''
    if (!record.startsWith('+')) return { error: record.slice(1).trim() || 'the client gave no answer' }
    const lines = record
      .slice(1)
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

function sameness<Row>(predicted: MysqlAnswer<Row>, observed: MysqlAnswer<Row>): boolean {
  if ('error' in predicted || 'error' in observed) return 'error' in predicted === 'error' in observed
  return (predicted.row === null) === (observed.row === null)
}

// What the server keeps of a password is for nobody's eyes.
function words<Row>(value: MysqlAnswer<Row>): string {
  if ('error' in value) return value.error
  return value.row === null ? 'absent' : 'present'
}
