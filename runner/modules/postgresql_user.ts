import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import {
  identifier,
  literal,
  type PostgresRole,
  postgresRole,
  ROLE_ATTRIBUTES,
} from '../resources/postgresql.ts'
import { args, bool, choice, int, item, list, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { onServer } from './support/on-server.ts'
import { loginArguments, onPostgres, serverOf } from './support/postgresql.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_user_module.html */
export default defineModule({
  name: 'postgresql_user',
  summary: 'Makes and drops roles of PostgreSQL, and sets their passwords and attributes.',
  args: args({
    name: text('The role.', { aliases: ['user'] }),
    password: optional(text('Its password, or what the server keeps of it: md5…, SCRAM-SHA-256$…')),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    role_attr_flags: list(item.text, 'Its attributes: CREATEDB, NOSUPERUSER …', { default: [] }),
    db: text('The database that is logged in to.', { default: 'postgres', aliases: ['login_db'] }),
    encrypted: bool('Accepted; passwords are always kept encrypted.', { default: true }),
    no_password_changes: bool('A role that is there keeps its password.', { default: false }),
    expires: optional(text('When its password ends: 2030-01-01, infinity.')),
    conn_limit: optional(int('So many connections at most.')),
    comment: optional(text('What is said of it.')),
    session_role: optional(text('The role that does it.')),
    fail_on_user: bool('Fail where it cannot be dropped.', { default: true, aliases: ['fail_on_role'] }),
    priv: optional(text('Not supported: use statements of SQL.')),
    groups: optional(list(item.text, 'Not supported: use statements of SQL.')),
    ...loginArguments,
  }),
  plan: (given, planning) => {
    const { name, state, password } = given
    if (given.priv !== undefined || given.groups !== undefined)
      return failed('priv and groups are not supported: grant them with psql')
    const flags = given.role_attr_flags.map((flag) => flag.trim().toUpperCase()).filter(Boolean)
    const odd = flags.find((flag) => !Object.hasOwn(ROLE_ATTRIBUTES, flag.replace(/^NO/, '')))
    if (odd !== undefined) return failed(`Invalid role_attr_flags specified: ${odd}`)
    const server = serverOf(given, given.db, planning)
    const role = given.session_role === undefined ? [] : [`set role ${identifier(given.session_role)}`]
    const withoutPassword = given.no_password_changes ? { withoutPassword: true } : {}
    const thing = onPostgres(postgresRole, { server, name, ...withoutPassword })
    return onServer(thing, { user: name }, planning, (before) => {
      if (state === 'absent')
        return before === null
          ? { statements: [], after: null, diff: [] }
          : {
              statements: [...role, `drop role ${identifier(name)}`],
              after: null,
              diff: [{ name: 'state', before: 'present', after: 'absent' }],
            }
      const isOn = (flag: string) => before?.on.includes(flag.replace(/^NO/, '')) === !flag.startsWith('NO')
      const wrong = flags.filter((flag) => before === null || !isOn(flag))
      const setsPassword =
        password !== undefined &&
        (before === null || (!given.no_password_changes && !isPassword(password, before.password, name)))
      const expires =
        given.expires !== undefined && (before === null || !sameTime(given.expires, before.expires))
      const limit = given.conn_limit !== undefined && before?.connections !== given.conn_limit
      const comment = given.comment !== undefined && (before?.comment ?? '') !== given.comment
      const options = [
        ...(before === null && !flags.some((flag) => flag.endsWith('LOGIN')) ? ['login'] : []),
        ...wrong.map((flag) => flag.toLowerCase()),
        ...(setsPassword ? [password === '' ? 'password null' : `password ${literal(password)}`] : []),
        ...(expires ? [`valid until ${literal(given.expires!)}`] : []),
        ...(limit ? [`connection limit ${given.conn_limit}`] : []),
      ]
      const verb = before === null ? 'create' : 'alter'
      const main = before === null || options.length > 0
      return {
        statements: [
          ...(main || comment ? role : []),
          ...(main ? [`${verb} role ${identifier(name)} with ${options.join(' ')}`] : []),
          ...(comment ? [`comment on role ${identifier(name)} is ${literal(given.comment!)}`] : []),
        ],
        after: afterwards(
          before,
          { flags, password: setsPassword ? password : undefined, expires, limit },
          given,
        ),
        diff: [
          ...(before === null ? [{ name: 'state', before: 'absent', after: 'present' }] : []),
          ...wrong.map((flag) => ({ name: 'attribute', before: null, after: flag })),
          ...(setsPassword ? [{ name: 'password', before: null, after: 'another' }] : []),
          ...(expires ? [{ name: 'expires', before: before?.expires ?? null, after: given.expires! }] : []),
          ...(limit
            ? [
                {
                  name: 'connection limit',
                  before: before ? String(before.connections) : null,
                  after: String(given.conn_limit),
                },
              ]
            : []),
          ...(comment ? [{ name: 'comment', before: before?.comment ?? null, after: given.comment! }] : []),
        ],
      }
    })
  },
})

function afterwards(
  before: PostgresRole | null,
  set: { flags: readonly string[]; password?: string; expires: boolean; limit: boolean },
  given: {
    readonly expires?: string
    readonly conn_limit?: number
    readonly comment?: string
    readonly name: string
  },
): PostgresRole {
  const on = new Set(before?.on ?? ['INHERIT', 'LOGIN'])
  for (const flag of set.flags) {
    if (flag.startsWith('NO')) on.delete(flag.slice(2))
    else on.add(flag)
  }
  return {
    on: Object.keys(ROLE_ATTRIBUTES).filter((word) => on.has(word)),
    // How the server will keep it is the server's to say; that it is this one can be told of this form, too.
    password: set.password === undefined ? (before?.password ?? null) : kept(set.password, given.name),
    connections: set.limit ? given.conn_limit! : (before?.connections ?? -1),
    expires: set.expires ? given.expires! : (before?.expires ?? null),
    comment: given.comment === undefined ? (before?.comment ?? null) : given.comment || null,
  }
}

const KEPT = /^(?:md5[0-9a-f]{32}$|SCRAM-SHA-256\$)/

function kept(password: string, name: string): string | null {
  if (password === '') return null
  return KEPT.test(password) ? password : md5(password, name)
}

function md5(password: string, name: string): string {
  return `md5${createHash('md5').update(password).update(name).digest('hex')}`
}

/** Whether what the server keeps is of that password. @source https://www.rfc-editor.org/rfc/rfc5803 */
export function isPassword(password: string, stored: string | null, name: string): boolean {
  if (password === '' || stored === null) return password === '' && stored === null
  if (KEPT.test(password) || stored.startsWith('md5')) return kept(password, name) === stored
  const [, rounds, salt, storedKey] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored) ?? []
  if (rounds === undefined) return false
  const salted = pbkdf2Sync(
    password.normalize('NFKC'),
    Buffer.from(salt!, 'base64'),
    Number(rounds),
    32,
    'sha256',
  )
  const key = createHmac('sha256', salted).update('Client Key').digest()
  return createHash('sha256').update(key).digest('base64') === storedKey
}

function sameTime(wanted: string, is: string | null): boolean {
  if (is === null) return false
  const [one, other] = [timeOf(wanted), timeOf(is)]
  if (!one || !other) return wanted === is
  // Without a zone it is meant in the session's, in which the server tells it.
  if (one.zone === undefined || other.zone === undefined) return one.clock === other.clock
  return Date.parse(`${one.clock}${one.zone}`) === Date.parse(`${other.clock}${other.zone}`)
}

/** As the server prints a time, `2030-01-01 00:00:00+00`, or less of it. */
function timeOf(text: string): { readonly clock: string; readonly zone: string | undefined } | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(?:\.0+)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i.exec(
    text,
  )
  if (!match) return undefined
  const [, date, minutes = '00:00', seconds = ':00', zone] = match
  const [, hours, more = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  return { clock: `${date}T${minutes}${seconds}`, zone: hours === undefined ? zone : `${hours}:${more}` }
}
