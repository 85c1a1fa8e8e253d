import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loginKey } from '../../runner/sandbox/keys.ts'
import { hostsFile, shortName, writeSeed } from '../../runner/sandbox/seed.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seed-'))
})
afterAll(async () => rm(folder, { recursive: true }))

test.each([
  ['web1', 'web1'],
  ['web1.example.com', 'web1'],
  ['Web_1', 'web-1'],
  ['web_', 'web'],
])('the inventory’s %s calls itself %s', (name, own) => {
  expect(shortName(name)).toBe(own)
})

test('a machine knows its own full name', () => {
  expect(hostsFile('web1.example.com')).toContain('127.0.1.1 web1.example.com web1\n')
})

describe('the login key', () => {
  test('is made once, for its owner only', async () => {
    const key = await loginKey(join(folder, 'project'))
    expect(await loginKey(join(folder, 'project'))).toEqual(key)
    expect((await stat(key.file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'project'))).mode & 0o777).toBe(0o700)
  })

  test('is understood by OpenSSH', async () => {
    const key = await loginKey(join(folder, 'project'))
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-y', '-f', key.file])
    expect(key.publicKey).toContain(stdout.trim().split(' ').slice(0, 2).join(' '))
  })
})

test('a new machine gets host keys of every kind, and the lines to recognize them', async () => {
  const seed = join(folder, 'seed')
  const lines = await writeSeed(seed, 'web1', 'ssh-ed25519 AAAA someone')
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'])
  const privateKey = ssh2.utils.parseKey(await readFile(join(seed, 'ssh_host_ed25519_key')))
  if (privateKey instanceof Error) throw privateKey
  expect(lines[2]).toBe(`ssh-ed25519 ${privateKey.getPublicSSH().toString('base64')}`)
  expect(await readFile(join(seed, 'machine-id'), 'utf8')).toMatch(/^[0-9a-f]{32}\n$/)
})
