import { identifier, literal, postgresDatabase } from '../resources/postgresql.ts'
import { args, bool, choice, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { onServer } from './support/on-server.ts'
import { loginArguments, onPostgres, serverOf } from './support/postgresql.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_db_module.html */
export default defineModule({
  name: 'postgresql_db',
  summary: 'Makes and drops databases of PostgreSQL.',
  args: args({
    name: text('The database.', { aliases: ['db'] }),
    state: choice(['absent', 'dump', 'present', 'rename', 'restore'], 'Not: dump, rename, restore.', {
      default: 'present',
    }),
    owner: optional(text('The role that owns it.')),
    template: optional(text('What it is made from.')),
    encoding: optional(text('Its encoding: UTF-8.')),
    lc_collate: optional(text('Its order of letters.')),
    lc_ctype: optional(text('Its kinds of letters.')),
    conn_limit: optional(text('So many connections at most.')),
    tablespace: optional(text('Where it lies.')),
    comment: optional(text('What is said of it.')),
    maintenance_db: text('The database that is logged in to meanwhile.', { default: 'postgres' }),
    session_role: optional(text('The role that does it.')),
    force: bool('Drop it though somebody uses it.', { default: false }),
    ...loginArguments,
  }),
  plan: (written, planning) => {
    const given = withoutEmpty(written)
    const { name, state } = given
    if (state !== 'present' && state !== 'absent')
      return failed(`state=${state} is not supported: use a command`)
    const limit = given.conn_limit === undefined ? undefined : Number(given.conn_limit)
    if (limit !== undefined && !Number.isInteger(limit))
      return failed(`conn_limit '${given.conn_limit}' is no whole number`)
    const server = serverOf(given, given.maintenance_db, planning)
    const role = given.session_role === undefined ? [] : [`set role ${identifier(given.session_role)}`]
    const thing = onPostgres(postgresDatabase, { server, name })
    return onServer(thing, { db: name }, planning, (before) => {
      if (state === 'absent')
        return before === null
          ? { statements: [], after: null, diff: [] }
          : {
              statements: [...role, `drop database ${identifier(name)}${given.force ? ' with (force)' : ''}`],
              after: null,
              diff: [{ name: 'state', before: 'present', after: 'absent' }],
            }
      if (before === null) {
        const options = [
          ...(given.owner === undefined ? [] : [`owner ${identifier(given.owner)}`]),
          ...(given.template === undefined ? [] : [`template ${identifier(given.template)}`]),
          ...(given.encoding === undefined ? [] : [`encoding ${literal(given.encoding)}`]),
          ...(given.lc_collate === undefined ? [] : [`lc_collate ${literal(given.lc_collate)}`]),
          ...(given.lc_ctype === undefined ? [] : [`lc_ctype ${literal(given.lc_ctype)}`]),
          ...(given.tablespace === undefined ? [] : [`tablespace ${identifier(given.tablespace)}`]),
          ...(limit === undefined ? [] : [`connection limit ${limit}`]),
        ]
        return {
          statements: [
            ...role,
            [`create database ${identifier(name)}`, ...options].join(' '),
            ...(given.comment === undefined ? [] : [commentOn(name, given.comment)]),
          ],
          after: {
            owner: given.owner ?? given.session_role ?? given.login_user,
            encoding: given.encoding ?? 'UTF8',
            collate: given.lc_collate ?? '',
            ctype: given.lc_ctype ?? '',
            connections: limit ?? -1,
            tablespace: given.tablespace ?? 'pg_default',
            comment: given.comment ?? null,
          },
          diff: [
            { name: 'state', before: 'absent', after: 'present' },
            ...(given.owner === undefined ? [] : [{ name: 'owner', before: null, after: given.owner }]),
          ],
        }
      }
      const fixed: [string, string | undefined, string][] = [
        ['encoding', given.encoding && encodingName(given.encoding), encodingName(before.encoding)],
        ['LC_COLLATE', given.lc_collate, before.collate],
        ['LC_CTYPE', given.lc_ctype, before.ctype],
      ]
      const wrong = fixed.find(([, wanted, is]) => wanted !== undefined && is !== '' && wanted !== is)
      if (wrong) return { error: `Changing ${wrong[0]} is not supported. Current ${wrong[0]}: ${wrong[2]}` }
      const changes: [string, string | null, string, string][] = []
      const say = (what: string, is: string | null, wanted: string | undefined, statement: () => string) => {
        if (wanted !== undefined && wanted !== is) changes.push([what, is, wanted, statement()])
      }
      const alter = `alter database ${identifier(name)}`
      say('owner', before.owner, given.owner, () => `${alter} owner to ${identifier(given.owner!)}`)
      say(
        'connection limit',
        String(before.connections),
        limit?.toString(),
        () => `${alter} connection limit ${limit}`,
      )
      say(
        'tablespace',
        before.tablespace,
        given.tablespace,
        () => `${alter} set tablespace ${identifier(given.tablespace!)}`,
      )
      say('comment', before.comment ?? '', given.comment, () => commentOn(name, given.comment!))
      return {
        statements: changes.length === 0 ? [] : [...role, ...changes.map(([, , , statement]) => statement)],
        after: {
          ...before,
          owner: given.owner ?? before.owner,
          connections: limit ?? before.connections,
          tablespace: given.tablespace ?? before.tablespace,
          comment: given.comment === undefined ? before.comment : given.comment || null,
        },
        diff: changes.map(([what, is, wanted]) => ({ name: what, before: is, after: wanted })),
      }
    })
  },
})

/** Texts that are empty count as not given, but for a comment, which is taken away by it. */
function withoutEmpty<Given extends object>(given: Given): Given {
  const told = Object.entries(given).filter(([name, value]) => value !== '' || KEPT_EMPTY.has(name))
  return Object.fromEntries(told) as Given
}

const KEPT_EMPTY: ReadonlySet<string> = new Set(['comment', 'login_host', 'login_unix_socket'])

function commentOn(name: string, comment: string): string {
  return `comment on database ${identifier(name)} is ${literal(comment)}`
}

/** UTF8 is the server's word for UTF-8. */
function encodingName(encoding: string): string {
  return encoding.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}
