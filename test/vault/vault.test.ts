import { generateX25519Identity } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { encryptAge, recipientsOf } from '../../runner/vault/age.ts'
import { Vault } from '../../runner/vault/vault.ts'

const password = (id: string, text: string) => ({ id, password: Buffer.from(text) })
const both = new Vault([password('dev', 'one'), password('prod', 'two')])

describe('a vault', () => {
  it('has the ids it was given', () => {
    expect(both.ids).toEqual(['dev', 'prod'])
  })

  it('opens what any of its passwords made, whatever the label says', () => {
    const others = new Vault([password('staging', 'two')])
    expect(both.decrypt(both.encrypt('x', 'prod'))).toBe('x')
    expect(both.decrypt(others.encrypt('y'))).toBe('y')
  })

  it('encrypts again by the password and label that opened', async () => {
    const text = new Vault([password('staging', 'two')]).encrypt('before')
    const again = await (await both.encrypterLike(text))(Buffer.from('after'))
    expect(again).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;staging\n/)
    expect(new Vault([password('any', 'two')]).decrypt(again)).toBe('after')
  })

  it.each<[string, Vault, string | undefined, string]>([
    ['no password', new Vault([]), undefined, 'no vault password was given'],
    [
      'several ids and none chosen',
      both,
      undefined,
      'there are several vault ids (dev, prod): choose one with --encrypt-vault-id',
    ],
    ['an unknown id', both, 'test', "no password was given for the vault id 'test', only for dev, prod"],
  ])('does not encrypt with %s', (_, vault, id, message) => {
    expect(() => vault.encrypt('x', id)).toThrow(message)
  })

  it('says what it was encrypted for, and never what it holds', () => {
    const text = new Vault([password('staging', 'three')]).encrypt('the content')
    expect(() => both.decrypt(text)).toThrow(
      "it was encrypted for the vault id 'staging', and no password that was given opens it (dev, prod)",
    )
    expect(() => new Vault([]).decrypt(text)).toThrow(
      'no vault password was given (use --vault-password-file',
    )
  })

  it('keeps bytes that are no text for those who ask for bytes', () => {
    const text = both.encrypt(Buffer.from([255, 0]), 'dev')
    expect(both.decryptBytes(text)).toEqual(Buffer.from([255, 0]))
    expect(() => both.decrypt(text)).toThrow('what it holds is no UTF-8 text')
  })

  it('shows nothing of its passwords when printed', async () => {
    const { inspect } = await import('node:util')
    expect(inspect(both, { depth: 9, showHidden: true }) + JSON.stringify(both)).not.toMatch(
      /one|two|6f6e65|74776f/,
    )
  })
})

describe('age-encrypted text', () => {
  it('opens with an identity among the passwords', async () => {
    const identity = await generateX25519Identity()
    const vault = new Vault([
      password('dev', 'one'),
      password('age', `# created by age-keygen\n${identity}\n`),
    ])
    const text = await encryptAge(Buffer.from('grüße'), await recipientsOf([identity]))
    expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/)
    expect(vault.decrypt(text)).toBe('grüße')
    const again = await (await vault.encrypterLike(text))(Buffer.from('after'))
    expect(vault.decrypt(again)).toBe('after')
  })

  it('opens with a passphrase', async () => {
    const { armor, Encrypter } = await import('age-encryption')
    const encrypter = new Encrypter()
    encrypter.setPassphrase('two')
    encrypter.setScryptWorkFactor(10)
    expect(both.decrypt(armor.encode(await encrypter.encrypt('hello')))).toBe('hello')
  })

  it('does not open for somebody else', async () => {
    const text = await encryptAge(Buffer.from('x'), await recipientsOf([await generateX25519Identity()]))
    expect(() => both.decrypt(text)).toThrow('no age identity or passphrase that was given opens it')
  })

  it('is not encrypted again in a way that shuts somebody out', async () => {
    const identities = [await generateX25519Identity(), await generateX25519Identity()]
    const text = await encryptAge(Buffer.from('x'), await recipientsOf(identities))
    const vault = new Vault([password('age', identities[0]!)])
    expect(vault.decrypt(text)).toBe('x')
    await expect(vault.encrypterLike(text)).rejects.toThrow('name all of them with --recipient')
  })

  it('is told apart from a password when encrypting', async () => {
    const vault = new Vault([password('age', await generateX25519Identity())])
    expect(() => vault.encrypt('x')).toThrow('no vault password was given')
  })
})
