import { identifier, literal, postgresExtension } from '../resources/postgresql.ts'
import { args, bool, choice, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { onServer } from './support/on-server.ts'
import { loginArguments, onPostgres, serverOf } from './support/postgresql.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_ext_module.html */
export default defineModule({
  name: 'postgresql_ext',
  summary: 'Adds extensions to databases of PostgreSQL and removes them.',
  args: args({
    name: text('The extension.', { aliases: ['ext'] }),
    db: text('The database.', { aliases: ['login_db'] }),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    schema: optional(text('Where its things are put.')),
    version: optional(text('Its version; not: latest.')),
    cascade: bool('With what it needs, or what needs it.', { default: false }),
    session_role: optional(text('The role that does it.')),
    ...loginArguments,
  }),
  plan: (given, planning) => {
    const { name, state, schema, version, cascade } = given
    const server = serverOf(given, given.db, planning)
    const role = given.session_role === undefined ? [] : [`set role ${identifier(given.session_role)}`]
    const all = cascade ? ' cascade' : ''
    const thing = onPostgres(postgresExtension, { server, name })
    return onServer(thing, { db: given.db, ext: name }, planning, (before) => {
      if (version === 'latest') return { error: 'version=latest is not supported: name the version' }
      if (state === 'absent')
        return before === null
          ? { statements: [], after: null, diff: [] }
          : {
              statements: [...role, `drop extension ${identifier(name)}${all}`],
              after: null,
              diff: [{ name: 'state', before: before.version, after: 'absent' }],
            }
      if (before === null) {
        const options = [
          ...(schema === undefined ? [] : [` schema ${identifier(schema)}`]),
          ...(version === undefined ? [] : [` version ${literal(version)}`]),
        ].join('')
        return {
          statements: [...role, `create extension ${identifier(name)}${options}${all}`],
          after: { version: version ?? '', schema: schema ?? '' },
          diff: [{ name: 'state', before: 'absent', after: version ?? 'present' }],
        }
      }
      const moves = schema !== undefined && before.schema !== '' && schema !== before.schema
      const updates = version !== undefined && before.version !== '' && version !== before.version
      return {
        statements: [
          ...(moves || updates ? role : []),
          ...(moves ? [`alter extension ${identifier(name)} set schema ${identifier(schema)}`] : []),
          ...(updates ? [`alter extension ${identifier(name)} update to ${literal(version)}`] : []),
        ],
        after: { version: version ?? before.version, schema: schema ?? before.schema },
        diff: [
          ...(moves ? [{ name: 'schema', before: before.schema, after: schema }] : []),
          ...(updates ? [{ name: 'version', before: before.version, after: version }] : []),
        ],
      }
    })
  },
})
