import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ConfigError, loadSettings } from '../../service/config/load.ts'
import { effectiveConfig } from '../../service/config/redact.ts'
import { variableTable } from '../../service/config/variables.ts'
import { temporaryDirectory } from './running.ts'

const key = '0123456789abcdef0123456789abcdef'

function problems(env: Record<string, string>): string[] {
  try {
    loadSettings(env)
    return []
  } catch (error) {
    return (error as ConfigError).problems
  }
}

test('an empty environment gives a development service on 127.0.0.1:5000 with four workers', () => {
  expect(loadSettings({})).toMatchObject({
    ENVIRONMENT: 'development',
    HOST: '127.0.0.1',
    PORT: 5000,
    WORKERS: 4,
    DEBUG: false,
    level: 'info',
    admin: { host: '127.0.0.1', port: 5001 },
  })
})

test('an empty variable counts as unset', () => {
  expect(loadSettings({ PORT: '', LOG_FILE: '', SECRET_KEY: '' })).toMatchObject({
    PORT: 5000,
    LOG_FILE: undefined,
  })
})

describe('a bad value is reported with the name of its variable', () => {
  test.each([
    [{ PORT: 'http' }, 'PORT: expected a whole number from 0 to 65535, got "http"'],
    [{ PORT: '70000' }, 'PORT: expected a whole number from 0 to 65535, got "70000"'],
    [{ PORT: '-1' }, 'PORT: expected a whole number from 0 to 65535, got "-1"'],
    [{ PORT: '5000.5' }, 'PORT: expected a whole number from 0 to 65535, got "5000.5"'],
    [{ WORKERS: '0' }, 'WORKERS: expected a whole number from 1 to 256, got "0"'],
    [{ DEBUG: 'maybe' }, 'DEBUG: expected true or false, got "maybe"'],
    [
      { ENVIRONMENT: 'prod' },
      'ENVIRONMENT: expected one of production, staging, development, test, got "prod"',
    ],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, got "loud"'],
    [{ HOST: 'example.org' }, 'HOST: expected an IP address or localhost, got "example.org"'],
    [
      { TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0.0/33' },
      'TRUSTED_PROXIES: expected IP addresses and networks such as 10.0.0.0/8, separated by commas, got "10.0.0.0/8, 10.0.0.0/33"',
    ],
    [{ LOG_FILE: 'service.log' }, 'LOG_FILE: expected an absolute path, got "service.log"'],
    [{ ADMIN_HOST: '0.0.0.0' }, 'ADMIN_HOST: expected a loopback address (127.0.0.1 or ::1), got "0.0.0.0"'],
    [
      { ADMIN_SOCKET: '/run/a.sock', ADMIN_PORT: '5001' },
      'ADMIN_SOCKET: expected to be unset when ADMIN_PORT is set, or the other way round',
    ],
    [{ ADMIN_TOKEN_FILE: '/nowhere/token' }, 'ADMIN_TOKEN_FILE: cannot read /nowhere/token (ENOENT)'],
    [
      { ENVIRONMENT: 'production' },
      'SECRET_KEY: expected a value, because ENVIRONMENT is production, but it is not set',
    ],
    [
      { ENVIRONMENT: 'production', SECRET_KEY: 'short' },
      'SECRET_KEY: expected at least 32 characters, got 5',
    ],
  ])('%j', (env, message) => {
    expect(problems(env)).toEqual([message])
  })
})

test('all problems are reported at once', () => {
  expect(problems({ PORT: 'x', WORKERS: 'y', DEBUG: 'z' })).toHaveLength(3)
})

test.each([
  ['true', true],
  ['Yes', true],
  ['1', true],
  ['off', false],
  ['0', false],
])('DEBUG=%s is %s', (text, value) => {
  expect(loadSettings({ DEBUG: text }).DEBUG).toBe(value)
})

test('DEBUG turns the log level to debug unless LOG_LEVEL says otherwise', () => {
  expect(loadSettings({ DEBUG: 'true' }).level).toBe('debug')
  expect(loadSettings({ DEBUG: 'true', LOG_LEVEL: 'warn' }).level).toBe('warn')
})

test('systemd names the runtime and state directories', () => {
  const env = {
    RUNTIME_DIRECTORY: '/run/coderco-app',
    STATE_DIRECTORY: '/var/lib/coderco-app:/var/lib/other',
  }
  expect(loadSettings(env)).toMatchObject({
    admin: { socket: '/run/coderco-app/admin.sock' },
    stateDir: '/var/lib/coderco-app',
  })
})

test('secrets come from systemd credentials', () => {
  using directory = temporaryDirectory()
  writeFileSync(join(directory.path, 'secret_key'), `${key}\n`, { mode: 0o400 })
  writeFileSync(join(directory.path, 'admin_token'), `${key}\n`, { mode: 0o400 })
  const settings = loadSettings({ ENVIRONMENT: 'production', CREDENTIALS_DIRECTORY: directory.path })
  expect(settings.secretKey.reveal()).toBe(key)
  expect(settings.adminTokenFile).toBe(join(directory.path, 'admin_token'))
})

test('a secret file that others can read is refused', () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'key')
  writeFileSync(file, key)
  chmodSync(file, 0o644)
  expect(problems({ SECRET_KEY_FILE: file })).toEqual([
    `SECRET_KEY_FILE: expected ${file} to be closed to other users; run chmod o= on it`,
  ])
})

test('the secret is in no rendering of the settings', () => {
  const settings = loadSettings({ ENVIRONMENT: 'production', SECRET_KEY: key })
  const renderings = [
    inspect(settings, { depth: 5 }),
    JSON.stringify(settings),
    String(settings.secretKey),
    JSON.stringify(effectiveConfig(settings, 'info')),
  ]
  for (const rendering of renderings) expect(rendering).not.toContain(key)
})

test('the effective configuration shows a secret as a fingerprint that tells secrets apart', () => {
  expect(shown(key)).toMatch(/^\[redacted, fingerprint [0-9a-f]{8}\]$/)
  expect(shown(key)).toBe(shown(key))
  expect(shown(key)).not.toBe(shown(`${key}x`))
})

test('the README documents exactly the variables that there are', () => {
  const readme = readFileSync(new URL('../../service/README.md', import.meta.url), 'utf8')
  const table = /<!-- variables -->\n([^]*)\n<!-- \/variables -->/.exec(readme)?.[1]
  expect(table).toBe(variableTable())
})

function shown(secret: string) {
  return effectiveConfig(loadSettings({ SECRET_KEY: secret }), 'info')['SECRET_KEY']
}
