import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  fingerprint,
  hostKeyAlgorithms,
  judgeHostKey,
  knownHostLine,
  parseKnownHosts,
} from '../../runner/transport/known-hosts.ts'

// The keys and the hashed file were made by ssh-keygen.
const fixtures = join(import.meta.dirname, 'fixtures')
const read = (file: string) => parseKnownHosts(readFileSync(join(fixtures, file), 'utf8'), file)
const key = (name: string) =>
  Buffer.from(readFileSync(join(fixtures, `${name}.pub`), 'utf8').split(' ')[1]!, 'base64')
const keys = { ed25519: key('ed25519'), ecdsa: key('ecdsa'), rsa: key('rsa'), other: key('other') }

describe('a key is judged by known_hosts', () => {
  const plain = read('known_hosts')
  const cases: [string, number, keyof typeof keys, string][] = [
    ['plain.example', 22, 'ed25519', 'known at line 3'],
    ['PLAIN.example', 22, 'ed25519', 'known at line 3'],
    ['192.0.2.1', 22, 'ed25519', 'known at line 3'],
    ['ported.example', 2222, 'ed25519', 'known at line 4'],
    ['ported.example', 22, 'ed25519', 'unknown'],
    ['ported.example', 2223, 'ed25519', 'unknown'],
    ['plain.example', 2222, 'ed25519', 'known at line 3'],
    ['a.wild.example', 22, 'ecdsa', 'known at line 5'],
    ['not.wild.example', 22, 'ecdsa', 'unknown'],
    ['host.example', 22, 'rsa', 'known at line 6'],
    ['hoost.example', 22, 'rsa', 'unknown'],
    ['plain-example', 22, 'ed25519', 'unknown'],
    ['plain.example', 22, 'other', 'revoked at line 7'],
    ['new.example', 22, 'other', 'revoked at line 7'],
    ['plain.example', 22, 'rsa', 'changed at line 3'],
    ['rsa-only.example', 22, 'ed25519', 'changed at line 10'],
    ['two.example', 22, 'ed25519', 'known at line 13'],
    ['two.example', 22, 'rsa', 'known at line 14'],
    ['two.example', 22, 'ecdsa', 'changed at line 13'],
    ['x.ca.example', 22, 'ed25519', 'unknown, authority at line 8'],
    ['marker.example', 22, 'ed25519', 'unknown'],
    ['broken.example', 22, 'ed25519', 'unknown'],
    ['lonely.example', 22, 'ed25519', 'unknown'],
  ]
  test.each(cases)('%s:%i showing the %s key is %4$s', (host, port, name, expected) => {
    expect(verdict(plain, host, port, name)).toBe(expected)
  })
})

describe('hashed names are found', () => {
  const hashed = read('hashed_known_hosts')
  test.each<[string, number, keyof typeof keys, string]>([
    ['plain.example', 22, 'ed25519', 'known at line 1'],
    ['ported.example', 2222, 'ed25519', 'known at line 2'],
    ['192.0.2.7', 22, 'rsa', 'known at line 3'],
    ['192.0.2.7', 2200, 'rsa', 'known at line 4'],
    ['192.0.2.7', 22, 'ed25519', 'changed at line 3'],
    ['192.0.2.8', 22, 'rsa', 'unknown'],
  ])('%s:%i showing the %s key is %4$s', (host, port, name, expected) => {
    expect(verdict(hashed, host, port, name)).toBe(expected)
  })
})

test('types known for a host are asked for first, and SHA-1 never', () => {
  const entries = read('known_hosts')
  expect(hostKeyAlgorithms(entries, 'rsa-only.example', 22).slice(0, 2)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
  ])
  expect(hostKeyAlgorithms(entries, 'a.wild.example', 22)[0]).toBe('ecdsa-sha2-nistp256')
  expect(hostKeyAlgorithms(entries, 'new.example', 22)[0]).toBe('ssh-ed25519')
  expect(hostKeyAlgorithms(entries, 'rsa-only.example', 22)).not.toContain('ssh-rsa')
})

test('a fingerprint is what `ssh-keygen -l` prints', () => {
  expect(fingerprint(keys.ed25519)).toBe('SHA256:zXYVQbZ8HTx4Y100hmeXwfCJILuNn8U4teOmTxg8wQ8')
})

describe('a line that is written is found again', () => {
  test.each([
    ['host.example', 22, undefined],
    ['host.example', 2222, undefined],
    ['2001:db8::1', 22, undefined],
    ['host.example', 2222, Buffer.alloc(20, 7)],
  ])('%s:%i', (host, port, salt) => {
    const line = knownHostLine(host, port, keys.ecdsa, salt)
    expect(line.includes(host)).toBe(salt === undefined)
    expect(judgeHostKey(parseKnownHosts(line, 'new'), host, port, keys.ecdsa).kind).toBe('known')
    expect(judgeHostKey(parseKnownHosts(line, 'new'), 'elsewhere', port, keys.ecdsa).kind).toBe('unknown')
  })
})

function verdict(
  entries: ReturnType<typeof read>,
  host: string,
  port: number,
  name: keyof typeof keys,
): string {
  const judged = judgeHostKey(entries, host, port, keys[name])
  if (judged.kind !== 'unknown') return `${judged.kind} at line ${judged.entry.line}`
  return judged.authority ? `unknown, authority at line ${judged.authority.line}` : 'unknown'
}
