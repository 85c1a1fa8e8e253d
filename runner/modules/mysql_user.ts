import { createHash } from 'node:crypto'
import { literal, type MysqlAccount, mysqlAccount } from '../resources/mysql.ts'
import { textOf } from '../variables/text.ts'
import { isDict, type Value } from '../variables/value.ts'
import { args, bool, choice, optional, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { loginArguments, onMysql, serverOf } from './support/mysql.ts'
import {
  type Grants,
  grantsOf,
  grantStatements,
  parseGrants,
  sameGrants,
  withGrants,
} from './support/mysql-grants.ts'
import { onServer } from './support/on-server.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/mysql/mysql_user_module.html */
export default defineModule({
  name: 'mysql_user',
  summary: 'Makes and drops accounts of MariaDB and MySQL, and sets their passwords and privileges.',
  args: args({
    name: text('The account’s name.', { aliases: ['user'] }),
    host: text('From where it may log in: localhost, %, 192.0.2.%.', { default: 'localhost' }),
    host_all: bool('Not supported.', { default: false }),
    password: optional(text('Its password.')),
    encrypted: bool('`password` is what the server keeps of it.', { default: false }),
    update_password: choice(['always', 'on_create', 'on_new_username'], 'When the password is set.', {
      default: 'always',
    }),
    plugin: optional(text('The plugin that lets it in: unix_socket.')),
    plugin_hash_string: optional(text('Not supported.')),
    plugin_auth_string: optional(text('What the plugin goes by.')),
    priv: optional(raw('Privileges: db.table:SELECT,INSERT/other.*:ALL, or a dictionary of them.')),
    append_privs: bool('Privileges that are not named stay.', { default: false }),
    subtract_privs: bool('Not supported.', { default: false }),
    sql_log_bin: bool('Whether it is written to the binary log, and so done on replicas too.', {
      default: true,
    }),
    column_case_sensitive: optional(bool('Accepted.')),
    check_implicit_admin: bool('Accepted.', { default: false }),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    ...loginArguments,
  }),
  plan: (given, planning) => {
    const { name, host, password, state, plugin } = given
    if (given.host_all || given.subtract_privs || given.plugin_hash_string !== undefined)
      return failed('host_all, subtract_privs and plugin_hash_string are not supported')
    if (plugin !== undefined && !/^\w+$/.test(plugin)) return failed(`'${plugin}' is no name of a plugin`)
    if (given.encrypted && password !== undefined && !/^\*[0-9A-F]{40}$/i.test(password))
      return failed('with encrypted the password is to be what the server keeps: * and 40 hexadecimal digits')
    const wanted =
      given.priv === undefined || given.priv === null ? undefined : wantedGrants(given.priv as Value)
    if (typeof wanted === 'string') return failed(`invalid privileges string: ${wanted}`)
    const account = `${literal(name)}@${literal(host)}`
    const server = serverOf(given, planning)
    const thing = onMysql(mysqlAccount, { server, name, host }, `${name}@${host}`)
    const first = given.sql_log_bin ? [] : ['set sql_log_bin = 0']
    return onServer(thing, { user: name }, planning, (before) => {
      if (state === 'absent')
        return before === null
          ? { statements: [], after: null, diff: [] }
          : {
              statements: [...first, `drop user ${account}`],
              after: null,
              diff: [{ name: 'state', before: 'present', after: 'absent' }],
            }
      const has = before === null ? new Map<string, ReadonlySet<string>>() : grantsOf(before.grants)
      const after = wanted === undefined ? has : given.append_privs ? withGrants(has, wanted) : wanted
      const lets = identification(given)
      const setsPassword = lets !== '' && (before === null || mustIdentify(before, given))
      const grants = sameGrants(has, after) ? [] : grantStatements(has, after, account)
      return {
        statements: withFirst(first, [
          ...(before === null
            ? [`create user ${account}${lets}`]
            : setsPassword
              ? [`alter user ${account}${lets}`]
              : []),
          ...grants,
        ]),
        after: {
          plugin: plugin ?? before?.plugin ?? 'mysql_native_password',
          authentication:
            setsPassword && password !== undefined
              ? kept(password, given.encrypted)
              : (before?.authentication ?? ''),
          grants: asLines(after),
        },
        diff: [
          ...(before === null ? [{ name: 'state', before: 'absent', after: 'present' }] : []),
          ...(setsPassword && before !== null
            ? [
                plugin === undefined
                  ? { name: 'password', before: null, after: 'another' }
                  : { name: 'plugin', before: before.plugin, after: plugin },
              ]
            : []),
          ...(grants.length === 0 ? [] : [{ name: 'privileges', before: told(has), after: told(after) }]),
        ],
      }
    })
  },
})

function withFirst(first: readonly string[], statements: readonly string[]): readonly string[] {
  return statements.length === 0 ? [] : [...first, ...statements]
}

interface Given {
  readonly password?: string
  readonly encrypted: boolean
  readonly plugin?: string
  readonly plugin_auth_string?: string
  readonly update_password: string
}

function identification({ password, encrypted, plugin, plugin_auth_string }: Given): string {
  if (plugin !== undefined)
    return ` identified with ${plugin}${plugin_auth_string === undefined ? '' : ` as ${literal(plugin_auth_string)}`}`
  if (password === undefined) return ''
  return encrypted
    ? ` identified with mysql_native_password as ${literal(password.toUpperCase())}`
    : ` identified by ${literal(password)}`
}

function mustIdentify({ plugin, authentication }: MysqlAccount, given: Given): boolean {
  if (given.update_password !== 'always') return false
  if (given.plugin !== undefined)
    return (
      plugin !== given.plugin ||
      (given.plugin_auth_string !== undefined && authentication !== given.plugin_auth_string)
    )
  return authentication.toUpperCase() !== kept(given.password!, given.encrypted)
}

/** As the plugin mysql_native_password keeps it. */
function kept(password: string, encrypted: boolean): string {
  if (encrypted) return password.toUpperCase()
  if (password === '') return ''
  const once = createHash('sha1').update(password).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

function wantedGrants(priv: Value): Grants | string {
  if (!isDict(priv)) return parseGrants(textOf(priv))
  return parseGrants(
    Object.entries(priv)
      .map(([where, what]) => `${where}:${textOf(what)}`)
      .join('/'),
  )
}

function asLines(grants: Grants): string[] {
  return [...grants].map(([where, what]) => {
    const words = [...what].filter((each) => each !== 'GRANT')
    return `GRANT ${words.join(', ') || 'USAGE'} ON ${where} TO x${what.has('GRANT') ? ' WITH GRANT OPTION' : ''}`
  })
}

function told(grants: Grants): string {
  return (
    [...grants].map(([where, what]) => `${where.replaceAll('`', '')}: ${[...what].join(', ')}`).join('; ') ||
    'none'
  )
}
