import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readVault, type PasswordSources } from '../../runner/vault/passwords.ts'
import { Vault } from '../../runner/vault/vault.ts'
import { project } from '../inventory/project.ts'

const sealed = (password: string): string =>
  new Vault([{ id: 'x', password: Buffer.from(password) }]).encrypt('opened')
const none = { environment: {} }

describe('vault passwords', () => {
  it('come from files, space around them left out', async () => {
    const file = join(project({ pw: '\n open sesame \n\n' }), 'pw')
    const vault = await readVault({ passwordFiles: [file] }, none)
    expect(vault.ids).toEqual(['default'])
    expect(vault.decrypt(sealed('open sesame'))).toBe('opened')
  })

  it('come with ids', async () => {
    const directory = project({ a: 'one', 'b@c': 'two' })
    const vault = await readVault(
      { vaultIds: [`dev@${directory}/a`, `prod@${directory}/b@c`, `${directory}/a`] },
      none,
    )
    expect(vault.ids).toEqual(['dev', 'prod', 'default'])
    expect(vault.decrypt(sealed('two'))).toBe('opened')
  })

  it('come from programs; a client is told for which id', async () => {
    const directory = project({
      'plain.sh': '#!/bin/sh\n[ $# = 0 ] && echo one\n',
      'keyring-client': '#!/bin/sh\necho "$1 $2"\n',
      'keyring-client.sh': '#!/bin/sh\necho "$2!"\n',
    })
    const at = (name: string) => join(directory, name)
    expect((await readVault({ passwordFiles: [at('plain.sh')] }, none)).decrypt(sealed('one'))).toBe('opened')
    const client = await readVault({ vaultIds: [`prod@${at('keyring-client')}`] }, none)
    expect(client.decrypt(sealed('--vault-id prod'))).toBe('opened')
    expect(
      (await readVault({ vaultIds: [`dev@${at('keyring-client.sh')}`] }, none)).decrypt(sealed('dev!')),
    ).toBe('opened')
  })

  it('are asked for once, twice when they are new', async () => {
    const questions: string[] = []
    const askSecret = async (question: string) => {
      questions.push(question)
      return 'one'
    }
    const sources: PasswordSources = { vaultIds: ['dev@prompt'], ask: true }
    const vault = await readVault(sources, { ...none, askSecret })
    expect(vault.decrypt(sealed('one'))).toBe('opened')
    await readVault({ ask: true }, { ...none, askSecret, confirm: true })
    expect(questions).toEqual([
      'Vault password (dev): ',
      'Vault password (default): ',
      'New vault password (default): ',
      'Confirm vault password (default): ',
    ])
  })

  it('may be vaulted themselves, by a password given before', async () => {
    const outer = new Vault([{ id: 'x', password: Buffer.from('outer') }])
    const directory = project({ outer: 'outer', inner: outer.encrypt('inner\n') })
    const vault = await readVault(
      { passwordFiles: [join(directory, 'outer'), join(directory, 'inner')] },
      none,
    )
    expect(vault.decrypt(sealed('inner'))).toBe('opened')
  })

  it('come from the environment when the command line has none', async () => {
    const directory = project({ a: 'one', b: 'two' })
    const environment = {
      ANSIBLE_VAULT_PASSWORD_FILE: `${directory}/a`,
      ANSIBLE_VAULT_IDENTITY_LIST: `prod@${directory}/b, dev@${directory}/a`,
    }
    expect((await readVault({}, { environment })).ids).toEqual(['prod', 'dev', 'default'])
    expect((await readVault({ passwordFiles: [`${directory}/b`] }, { environment })).ids).toEqual(['default'])
    expect((await readVault({}, none)).ids).toEqual([])
  })

  it.each<[string, Record<string, string>, PasswordSources, string]>([
    ['a missing file', {}, { passwordFiles: ['pw'] }, 'the vault password file pw does not exist'],
    ['a directory', { 'pw/x': '' }, { passwordFiles: ['pw'] }, 'the vault password file pw is a directory'],
    ['an empty file', { pw: ' \n' }, { passwordFiles: ['pw'] }, 'the vault password from pw is empty'],
    [
      'an id without source',
      {},
      { vaultIds: ['dev@'] },
      "--vault-id dev@: after @ a file or 'prompt' is needed",
    ],
    [
      'an id that breaks the header',
      {},
      { vaultIds: ['a;b@pw'] },
      "the vault id 'a;b' must not hold semicolons or spaces",
    ],
    [
      'a program that fails',
      { pw: '#!/bin/sh\necho hidden; exit 3\n' },
      { passwordFiles: ['pw'] },
      'the vault password program pw exited with 3',
    ],
  ])('%s is refused', async (_, files, sources, message) => {
    const directory = project(files)
    const before = process.cwd()
    process.chdir(directory)
    try {
      await expect(readVault(sources, none)).rejects.toMatchObject({ name: 'SourceError', message })
    } finally {
      process.chdir(before)
    }
  })

  it('are not run as a program by mistake', async () => {
    const file = join(project({ pw: 'touch owned' }), 'pw')
    chmodSync(file, 0o755)
    await expect(readVault({ passwordFiles: [file] }, none)).rejects.toThrow(
      /is executable but no program: chmod -x/,
    )
  })
})
