import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { AnyModule } from '../../runner/modules/module.ts'
import mysql_db from '../../runner/modules/mysql_db.ts'
import type { World } from '../../runner/modules/outcome.ts'
import mysql_user from '../../runner/modules/mysql_user.ts'
import { mysql, mysqlAccount, type MysqlAccountKey } from '../../runner/resources/mysql.ts'
import type { Frame } from '../../runner/transport/session.ts'
import type { Script } from '../../runner/transport/shell.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

// What the server keeps of `secret`.
const KEPT = '*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'
const ANN = {
  plugin: 'mysql_native_password',
  authentication: KEPT,
  grants: [
    `GRANT USAGE ON *.* TO \`ann\`@\`localhost\` IDENTIFIED BY PASSWORD '${KEPT}'`,
    'GRANT SELECT, INSERT (`b`, `a`) ON `app`.* TO `ann`@`localhost` WITH GRANT OPTION',
  ],
}
const host: Host = {
  files: { '/usr/bin/mariadb': '', '/srv/dump.sql.gz': '' },
  answer: (kind, key) => {
    const { name } = key as { name: string }
    if (kind === 'mysql account')
      return { row: name === 'ann' && (key as MysqlAccountKey).host === 'localhost' ? ANN : null }
    if (kind === 'mysql database')
      return { row: name === 'app' ? { encoding: 'utf8mb4', collation: 'x' } : null }
    return undefined
  },
}

function sql(module: AnyModule, args: Dict): string {
  const { outcome, again } = plan(module, args, host)
  if (outcome.type !== 'change') throw new Error(JSON.stringify(outcome))
  expect(again(), 'a second run changes nothing').toMatchObject({ type: 'unchanged' })
  const { text } = outcome.script
  const [, quoted = ''] =
    /^printf '%s\\n' ('[^]*') \| "\$client"/.exec(text.slice(text.lastIndexOf('printf '))) ?? []
  return quoted.slice(1, -1).replaceAll(`'\\''`, "'")
}

describe('what is there, as it should be, is left alone', () => {
  test.each<[AnyModule, Dict]>([
    [mysql_user, { name: 'ann', password: 'secret' }],
    [mysql_user, { name: 'ann', password: KEPT.toLowerCase(), encrypted: true }],
    [mysql_user, { name: 'ann', password: 'other', update_password: 'on_create' }],
    [mysql_user, { name: 'ann', priv: 'app.*:insert(a,b),SELECT,GRANT' }],
    [mysql_user, { name: 'ann', priv: { 'app.*': 'SELECT' }, append_privs: true }],
    [mysql_user, { name: 'none', state: 'absent' }],
    [mysql_db, { name: 'app' }],
    [mysql_db, { name: 'none', state: 'absent' }],
  ])('$name: %o', (module, args) => expect(plan(module, args, host).outcome.type).toBe('unchanged'))
})

describe('what differs is changed by statements', () => {
  test.each<[AnyModule, Dict, string[]]>([
    [
      mysql_user,
      { name: "o'x", password: 'a\\b' },
      [`create user 'o''x'@'localhost' identified by 'a\\\\b'`],
    ],
    [
      mysql_user,
      { name: 'ann', host: '%', password: KEPT, encrypted: true, priv: 'app.*:ALL,GRANT/*.*:PROCESS' },
      [
        `create user 'ann'@'%' identified with mysql_native_password as '${KEPT}'`,
        "grant ALL PRIVILEGES on `app`.* to 'ann'@'%' with grant option",
        "grant PROCESS on *.* to 'ann'@'%'",
      ],
    ],
    [mysql_user, { name: 'ann', password: 'other' }, [`alter user 'ann'@'localhost' identified by 'other'`]],
    [
      mysql_user,
      { name: 'ann', plugin: 'unix_socket' },
      [`alter user 'ann'@'localhost' identified with unix_socket`],
    ],
    [
      mysql_user,
      { name: 'ann', priv: 'app.*:SELECT,DELETE/`o.d`.t:SELECT' },
      [
        "revoke GRANT OPTION on `app`.* from 'ann'@'localhost'",
        "revoke INSERT (`a`, `b`) on `app`.* from 'ann'@'localhost'",
        "grant DELETE on `app`.* to 'ann'@'localhost'",
        "grant SELECT on `o.d`.`t` to 'ann'@'localhost'",
      ],
    ],
    [
      mysql_user,
      { name: 'ann', priv: 'new.*:SELECT', append_privs: true },
      ["grant SELECT on `new`.* to 'ann'@'localhost'"],
    ],
    [mysql_user, { name: 'ann', state: 'absent' }, [`drop user 'ann'@'localhost'`]],
    [
      mysql_user,
      { name: 'ann', state: 'absent', sql_log_bin: false },
      ['set sql_log_bin = 0', `drop user 'ann'@'localhost'`],
    ],
    [
      mysql_db,
      { name: 'o`dd', encoding: 'utf8mb4', collation: 'utf8mb4_bin' },
      ["create database `o``dd` character set 'utf8mb4' collate 'utf8mb4_bin'"],
    ],
    [mysql_db, { name: ['app', 'none'], state: 'absent' }, ['drop database `app`']],
  ])('$name: %o', (module, args, statements) =>
    expect(sql(module, args).split('\n')).toEqual(statements.map((each) => `${each};`)),
  )

  test('and nobody is shown a password', () => {
    const { outcome } = plan(mysql_user, { name: 'ann', password: 'new secret' }, host)
    expect(diffLines(outcome)).toEqual(['mysql account ann@localhost', 'password: - → another'])
  })
})

test('an import is carried out, whatever it comes to', () => {
  const { outcome } = plan(mysql_db, { name: 'app', state: 'import', target: '/srv/dump.sql.gz' }, host)
  expect(outcome).toMatchObject({ type: 'opaque', what: 'the import of /srv/dump.sql.gz' })
})

test.each<[AnyModule, Dict, string]>([
  [mysql_db, { name: 'app', state: 'dump' }, 'not supported'],
  [mysql_db, { name: 'all', state: 'absent' }, 'name=all'],
  [mysql_user, { name: 'ann', priv: "app.*:SELECT ON x TO 'eve'@'%'" }, 'invalid privileges string'],
  [mysql_db, { name: 'app', state: 'import' }, 'target is required'],
  [mysql_db, { name: 'app', state: 'import', target: '/none' }, 'does not exist'],
  [mysql_user, { name: 'ann', priv: 'everything' }, 'invalid privileges string'],
  [mysql_user, { name: 'ann', password: 'x', encrypted: true }, 'what the server keeps'],
  [mysql_user, { name: 'ann', plugin: 'a; drop' }, 'no name of a plugin'],
  [mysql_user, { name: 'ann', host_all: true, state: 'absent' }, 'not supported'],
])('$name: %o fails', (module, args, message) => {
  expect(plan(module, args, host).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(message) },
  })
})

test('what the client prints is read', () => {
  const key = { server: { as: 'root' }, name: 'ann', host: 'localhost' }
  const answer = `+unix_socket\t\nGRANT SELECT ON \`a\\\\_b\`.* TO \`x\`@\`%\`\n\0+\0-ERROR 2002 (HY000)\n\0`
  expect(mysqlAccount.parse(Buffer.from(answer), [key, key, key])).toEqual([
    { row: { plugin: 'unix_socket', authentication: '', grants: ['GRANT SELECT ON `a\\_b`.* TO `x`@`%`'] } },
    { row: null },
    { error: 'ERROR 2002 (HY000)' },
  ])
})

test('a password for the server stands in a file, on no command line', () => {
  const { text } = mysql({ user: 'root', password: 'p"w', as: 'root' }, ['select 1'])
  expect(text).toContain(`'password = "p\\"w"' 'default-character-set = utf8mb4' >> "$settings"`)
  expect(text).toContain('"--defaults-extra-file=$settings"')
})

/** Has a shell run a script whose client is a program of the tests. */
function withFake(client: string, script: Script, environment: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'client-'))
  writeFileSync(join(directory, 'mariadb'), `#!/bin/sh\n${client}\n`, { mode: 0o755 })
  const env = { PATH: `${directory}:/usr/bin:/bin`, ...environment }
  const child = spawnSync('sh', ['-c', script.text], { env, encoding: 'utf8' })
  rmSync(directory, { recursive: true })
  return child
}

test('what a client complains of is told without the statement', () => {
  const said = [
    "Warning: mariadb: unknown variable 'loose-ssl-mode=VERIFY_CA'",
    '--------------',
    "alter user x identified by 'secret'",
    '--------------',
    'ERROR 1045: denied',
  ]
  const client = `cat >/dev/null; printf '%s\\n' ${said.map((line) => `"${line}"`).join(' ')} >&2; exit 1`
  const child = withFake(client, mysql({ as: 'root' }, ['select 1']))
  expect(child).toMatchObject({ status: 1, stderr: 'ERROR 1045: denied\n' })
})

test('who logs in, and how, is what the task says, whatever the user’s own file says', () => {
  const HOME = mkdtempSync(join(tmpdir(), 'home-'))
  writeFileSync(join(HOME, '.my.cnf'), '[client]\nuser = other\n')
  const server = { user: 'ann', password: 'a\nb', as: 'root', tls: { authority: '/etc/ca.pem' } }
  const { stdout } = withFake('cat "${1#*=}"; echo "$HOME"', mysql(server, ['select 1']), { HOME })
  rmSync(HOME, { recursive: true })
  expect(stdout.split('\n')).toEqual([
    `!include ${HOME}/.my.cnf`,
    '[client]',
    'user = "ann"',
    'password = "a\\nb"',
    'ssl-ca = "/etc/ca.pem"',
    'loose-ssl-verify-server-cert',
    'loose-ssl-mode = VERIFY_IDENTITY',
    'default-character-set = utf8mb4',
    // Where the client would look for the file once more, and let it have the last word.
    '/nonexistent',
    '',
  ])
})

test.each([
  ['that is whole', '', '', { changed: true }],
  ['that cannot be unpacked', 'no gzip', '', { failed: true, msg: expect.stringContaining('not in gzip') }],
  ['of which a statement fails', '', 'echo ERROR >&2; exit 1', { failed: true, msg: 'ERROR' }],
])('an import of a file %s', async (_, content, after, result) => {
  const directory = mkdtempSync(join(tmpdir(), 'import-'))
  const target = join(directory, 'dump.sql.gz')
  writeFileSync(target, content === '' ? gzipSync('select 1;') : content)
  const on = { ...host, files: { [target]: '' } }
  const { outcome } = plan(mysql_db, { name: 'app', state: 'import', target }, on)
  if (outcome.type !== 'opaque') throw new Error(outcome.type)
  const run = ({ script }: Frame) => {
    const { status, stdout, stderr } = withFake(`cat >/dev/null; ${after}`, script)
    return Promise.resolve({ status: status!, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) })
  }
  expect(await outcome.perform({ run } as World)).toMatchObject(result)
  rmSync(directory, { recursive: true })
})
