import { assert, property, uint8Array } from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { open, parseEnvelope, seal } from '../../runner/vault/format.ts'

// Made by ansible-vault 2.14.
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
const password = Buffer.from('open sesame')
const PLAIN = Buffer.from('db_password: s3crët\nport: 5432\n')

describe('the vault format', () => {
  it.each<[string, string, string, string | undefined, Buffer]>([
    ['version 1.1', 'default.vault', 'open sesame', undefined, PLAIN],
    ['version 1.2 with a vault id', 'prod.vault', 'the other', 'prod', PLAIN],
    ['bytes that are no text', 'binary.vault', 'open sesame', undefined, Buffer.from([0, 1, 255, 254])],
  ])('opens what Ansible made: %s', (_, file, secret, label, plain) => {
    const envelope = parseEnvelope(fixture(file))
    expect(envelope.label).toBe(label)
    expect(open(envelope, Buffer.from(secret))).toEqual(plain)
  })

  it('opens what it made itself, of any content and length', () => {
    assert(
      property(uint8Array({ maxLength: 100 }), uint8Array({ minLength: 1 }), (plain, secret) => {
        expect(open(parseEnvelope(seal(plain, secret)), secret)).toEqual(Buffer.from(plain))
      }),
      { numRuns: 25 },
    )
  })

  it('is written as Ansible writes it', () => {
    const lines = seal(PLAIN, password, 'prod').split('\n')
    expect(lines[0]).toBe('$ANSIBLE_VAULT;1.2;AES256;prod')
    expect(lines.slice(1, -2).every((line) => /^[0-9a-f]{80}$/.test(line))).toBe(true)
    expect(lines.at(-1)).toBe('')
    expect(seal(PLAIN, password, 'default').split('\n')[0]).toBe('$ANSIBLE_VAULT;1.1;AES256')
  })

  it('is never the same twice', () => {
    expect(seal(PLAIN, password)).not.toBe(seal(PLAIN, password))
  })

  it('may be indented and hold Windows line ends, as in a YAML file', () => {
    const text = `\n  ${fixture('default.vault').trimEnd().replaceAll('\n', '\r\n   ')}  \r\n`
    expect(open(parseEnvelope(text), password)).toEqual(PLAIN)
  })

  it('does not open with another password', () => {
    expect(open(parseEnvelope(fixture('default.vault')), Buffer.from('open sesam'))).toBeUndefined()
  })

  it('does not open when a single bit was changed', () => {
    const { salt, hmac, ciphertext } = parseEnvelope(fixture('default.vault'))
    const flipped = Buffer.from(ciphertext)
    flipped[3]! ^= 1
    expect(open({ salt, hmac, ciphertext: flipped }, password)).toBeUndefined()
  })

  it.each([
    ['nothing', '', 'it does not begin with $ANSIBLE_VAULT'],
    [
      'an unknown version',
      '$ANSIBLE_VAULT;2.0;AES256\n6162',
      'its version 2.0 is not known (only 1.1 and 1.2)',
    ],
    ['an unknown cipher', '$ANSIBLE_VAULT;1.1;AES\n6162', 'its cipher AES is not known (only AES256)'],
    ['no body', '$ANSIBLE_VAULT;1.1;AES256\n', 'it is damaged: it does not hold salt, check sum and text'],
    ['half a body', fixture('default.vault').slice(0, 200), 'it is damaged'],
    [
      'a letter that is none',
      '$ANSIBLE_VAULT;1.1;AES256\n61zz',
      'it is damaged: it holds something that is not hexadecimal',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseEnvelope(text)).toThrow(message)
  })
})
