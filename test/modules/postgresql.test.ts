import { describe, expect, test } from 'vitest'
import type { AnyModule } from '../../runner/modules/module.ts'
import postgresql_db from '../../runner/modules/postgresql_db.ts'
import postgresql_ext from '../../runner/modules/postgresql_ext.ts'
import postgresql_user, { isPassword } from '../../runner/modules/postgresql_user.ts'
import {
  literal,
  postgresExtension,
  type PostgresName,
  postgresRole,
  psql,
} from '../../runner/resources/postgresql.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

const SCRAM =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
const ANN = { on: ['INHERIT', 'LOGIN'], password: SCRAM, connections: -1, expires: null, comment: null }
const APP = {
  owner: 'ann',
  encoding: 'UTF8',
  collate: 'C',
  ctype: 'C',
  connections: -1,
  tablespace: 'pg_default',
  comment: null,
}
const there: Dict = {
  'postgresql role ann': ANN,
  'postgresql role bea': { ...ANN, expires: '2030-01-02 00:00:00+00' },
  'postgresql database app': APP,
}
const host: Host = {
  files: { '/usr/bin/psql': '' },
  answer: (kind, key) => {
    if (!kind.startsWith('postgresql')) return undefined
    const { name } = key as { name: string }
    if (kind === 'postgresql extension')
      return { row: name === 'hstore' ? { version: '1.8', schema: 'public' } : null }
    return { row: there[`${kind} ${name}`] ?? null }
  },
}

function sql(module: AnyModule, args: Dict): string | undefined {
  const { outcome, again } = plan(module, args, host)
  if (outcome.type !== 'change') throw new Error(JSON.stringify(outcome))
  expect(again(), 'a second run changes nothing').toMatchObject({ type: 'unchanged' })
  return /printf '%s\\n' '?([^]*?)'? \| psql/.exec(outcome.script.text)?.[1]!.replaceAll(`'\\''`, "'")
}

describe('what is there, as it should be, is left alone', () => {
  test.each<[AnyModule, Dict]>([
    [postgresql_user, { name: 'ann' }],
    // RFC 7677's own example.
    [postgresql_user, { name: 'ann', password: 'pencil', role_attr_flags: 'login,NOCREATEDB' }],
    [postgresql_user, { name: 'ann', password: SCRAM, conn_limit: -1 }],
    [postgresql_user, { name: 'ann', password: 'other', no_password_changes: true }],
    [postgresql_user, { name: 'bea', expires: '2030-01-02' }],
    [postgresql_user, { name: 'bea', expires: '2030-01-02T00:00' }],
    [postgresql_user, { name: 'bea', expires: '2030-01-02 02:00+02' }],
    [postgresql_user, { name: 'none', state: 'absent' }],
    [
      postgresql_db,
      { name: 'app', owner: '', encoding: '', template: '', lc_ctype: '', conn_limit: '', tablespace: '' },
    ],
    [postgresql_db, { name: 'app', owner: 'ann', encoding: 'utf-8', lc_collate: 'C' }],
    [postgresql_db, { name: 'none', state: 'absent' }],
    [postgresql_ext, { name: 'hstore', db: 'app', version: '1.8' }],
    [postgresql_ext, { name: 'none', db: 'app', state: 'absent' }],
  ])('$name: %o', (module, args) => expect(plan(module, args, host).outcome.type).toBe('unchanged'))
})

describe('what differs is changed by statements', () => {
  test.each<[AnyModule, Dict, string]>([
    [
      postgresql_user,
      { name: 'bo"b', password: "it's", role_attr_flags: ['CREATEDB', 'NOLOGIN'], expires: 'infinity' },
      `create role "bo""b" with createdb nologin password 'it''s' valid until 'infinity';`,
    ],
    [postgresql_user, { name: 'bob' }, 'create role "bob" with login;'],
    [postgresql_user, { name: 'ann', password: 'a\\b' }, `alter role "ann" with password  E'a\\\\b';`],
    [
      postgresql_user,
      { name: 'ann', role_attr_flags: 'SUPERUSER', conn_limit: 3 },
      'alter role "ann" with superuser connection limit 3;',
    ],
    ...['2030-01-02 12:00', '2030-01-02 00:00+02', '2030-01-0'].map((expires): [AnyModule, Dict, string] => [
      postgresql_user,
      { name: 'bea', expires },
      `alter role "bea" with valid until '${expires}';`,
    ]),
    [
      postgresql_user,
      { name: 'ann', state: 'absent', session_role: 'dba' },
      'set role "dba";\ndrop role "ann";',
    ],
    [
      postgresql_db,
      { name: 'new', owner: 'ann', encoding: 'UTF-8', template: 'template0', conn_limit: '', lc_ctype: '' },
      `create database "new" owner "ann" template "template0" encoding 'UTF-8';`,
    ],
    [
      postgresql_db,
      { name: 'app', owner: 'bob', conn_limit: '9' },
      'alter database "app" owner to "bob";\nalter database "app" connection limit 9;',
    ],
    [postgresql_db, { name: 'app', state: 'absent', force: true }, 'drop database "app" with (force);'],
    [
      postgresql_ext,
      { name: 'pgcrypto', db: 'app', schema: 'public', cascade: true },
      'create extension "pgcrypto" schema "public" cascade;',
    ],
    [postgresql_ext, { name: 'hstore', db: 'app', version: '2' }, `alter extension "hstore" update to '2';`],
    [postgresql_ext, { name: 'hstore', db: 'app', state: 'absent' }, 'drop extension "hstore";'],
  ])('$name: %o', (module, args, statements) => expect(sql(module, args)).toBe(statements))

  test('and nobody is shown a password', () => {
    const { outcome } = plan(postgresql_user, { name: 'ann', password: "new\\ 'secret" }, host)
    expect(diffLines(outcome)).toEqual(['postgresql role ann', 'password: - → another'])
    expect(outcome).toMatchObject({ result: { queries: ['alter role "ann" with password ********'] } })
  })
})

test.each<[AnyModule, Dict, string]>([
  [postgresql_db, { name: 'app', encoding: 'LATIN1' }, 'Changing encoding is not supported'],
  [postgresql_db, { name: 'app', state: 'dump' }, 'not supported'],
  [postgresql_db, { name: 'app', conn_limit: 'many' }, 'no whole number'],
  [postgresql_user, { name: 'ann', role_attr_flags: 'FLYING' }, 'Invalid role_attr_flags specified: FLYING'],
  [postgresql_user, { name: 'ann', priv: 'ALL' }, 'not supported'],
  [postgresql_ext, { name: 'x', db: 'app', version: 'latest' }, 'not supported'],
])('$name: %o fails', (module, args, message) => {
  expect(plan(module, args, host).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(message) },
  })
})

test('a password is that which the server keeps, or not', () => {
  const md5 = 'md51a2f3ea92b7c6ee3c5bd3b1a0c6a0dd8'
  expect(isPassword('pencil', SCRAM, 'user')).toBe(true)
  expect(isPassword('Pencil', SCRAM, 'user')).toBe(false)
  expect(isPassword('x', md5, 'user')).toBe(false)
  expect(isPassword(md5, md5, 'user')).toBe(true)
  expect(isPassword('', null, 'user')).toBe(true)
})

test('answers of the server are read as rows, and what else it says as an error', () => {
  const name = { server: { port: 5432, user: 'postgres', database: 'postgres', as: 'root' }, name: 'ann' }
  const answer = `+${JSON.stringify(ANN)}\0+\0-psql: error: refused\n\0`
  expect(postgresRole.parse(Buffer.from(answer), [name, name, name])).toEqual([
    { row: ANN },
    { row: null },
    { error: 'psql: error: refused' },
  ])
})

test('passwords are not looked at where they are not to be changed, which a managed server allows nobody', () => {
  const key = { server: { port: 5432, user: 'postgres', database: 'postgres', as: 'root' }, name: 'ann' }
  expect(postgresRole.read([key]).text).toContain('from pg_authid')
  const read = postgresRole.read([{ ...key, withoutPassword: true }]).text
  expect(read).toContain('from pg_roles')
  expect(read).not.toContain('from pg_authid')
  const asked: unknown[] = []
  const answer = (_kind: string, of: unknown) => (asked.push(of), { row: ANN })
  plan(postgresql_user, { name: 'ann', password: 'x', no_password_changes: true }, { ...host, answer })
  expect(asked).toMatchObject([{ withoutPassword: true }])
})

test('a schema is told by its name, not by how that is quoted', () => {
  const key = { server: { port: 5432, user: 'postgres', database: 'postgres', as: 'root' }, name: 'hstore' }
  expect(postgresExtension.read([key]).text).toContain('nspname')
})

test('the connection is as safe as is asked for', () => {
  const keys: unknown[] = []
  const answer = (_kind: string, of: unknown) => (keys.push(of), { row: ANN })
  const args = { name: 'bob', ssl_mode: 'verify-full', ca_cert: '/etc/ca.pem' }
  plan(postgresql_user, args, { ...host, answer })
  expect(keys).toMatchObject([{ server: { tls: { mode: 'verify-full', authority: '/etc/ca.pem' } } }])
  const { text } = psql((keys[0] as PostgresName).server, 'select 1')
  expect(text).toMatch(
    /^export PGSSLMODE; PGSSLMODE=verify-full\nexport PGSSLROOTCERT; PGSSLROOTCERT=\/etc\/ca.pem\n/,
  )
})

test('a password for the server stands in a file, on no command line', () => {
  const { text } = psql({ port: 5432, user: 'a', password: 'p:w', database: 'd', as: 'root' }, 'select 1')
  expect(text).toContain(`printf '*:*:*:*:%s\\n' 'p\\:w' > "$file"`)
  expect(() => literal('a\0b')).toThrow(RangeError)
})
