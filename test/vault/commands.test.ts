import { execFile, spawn } from 'node:child_process'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parseYaml } from '../../runner/source/yaml.ts'
import type { Secret } from '../../runner/variables/secret.ts'
import { Vault } from '../../runner/vault/vault.ts'
import { project } from '../inventory/project.ts'

// Each test starts programs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const PLAY = join(import.meta.dirname, 'play-vault.ts')
const vault = new Vault([{ id: 'default', password: Buffer.from('open sesame') }])
const PASSWORD = ['--vault-password-file', 'pw']

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `play vault …` in a directory, without a terminal. */
function play(cwd: string, args: string[], { stdin = '', editor = 'false' } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], EDITOR: editor }
    const child = execFile(
      'setsid',
      ['-w', process.execPath, PLAY, 'vault', ...args],
      { cwd, env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
      },
    )
    child.stdin?.end(stdin)
  })
}

const workplace = (files: Record<string, string> = {}) =>
  project({ pw: 'open sesame\n', pw2: 'the other\n', ...files })

describe('play vault', () => {
  it('encrypts files in place and keeps their mode, and decrypts them again', async () => {
    const directory = workplace({ 'a.yml': 'a: 1\n', 'b.yml': 'b: 2\n' })
    const file = join(directory, 'a.yml')
    chmodSync(file, 0o640)
    expect(await play(directory, ['encrypt', ...PASSWORD, 'a.yml', 'b.yml'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'a.yml encrypted\nb.yml encrypted\n',
    })
    expect(vault.decrypt(readFileSync(file, 'utf8'))).toBe('a: 1\n')
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(await play(directory, ['view', ...PASSWORD, 'a.yml', 'b.yml'])).toMatchObject({
      stdout: 'a: 1\nb: 2\n',
    })
    expect((await play(directory, ['decrypt', ...PASSWORD, 'a.yml'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('a: 1\n')
  })

  it('works on streams, and into another file', async () => {
    const directory = workplace()
    const { stdout } = await play(directory, ['encrypt', ...PASSWORD], { stdin: 'from stdin' })
    expect(vault.decrypt(stdout)).toBe('from stdin')
    expect(await play(directory, ['decrypt', ...PASSWORD], { stdin: stdout })).toMatchObject({
      stdout: 'from stdin',
    })
    await play(directory, ['decrypt', ...PASSWORD, '--output', 'out.txt', '-'], { stdin: stdout })
    expect(readFileSync(join(directory, 'out.txt'), 'utf8')).toBe('from stdin')
    expect(statSync(join(directory, 'out.txt')).mode & 0o777).toBe(0o600)
  })

  it('encrypts with a vault id', async () => {
    const directory = workplace({ 'a.yml': 'a: 1\n' })
    const ids = ['--vault-id', 'dev@pw', '--vault-id', 'prod@pw2']
    expect(await play(directory, ['encrypt', ...ids, 'a.yml'])).toMatchObject({
      code: 1,
      stderr: 'error: there are several vault ids (dev, prod): choose one with --encrypt-vault-id\n',
    })
    await play(directory, ['encrypt', ...ids, '--encrypt-vault-id', 'prod', 'a.yml'])
    expect(readFileSync(join(directory, 'a.yml'), 'utf8')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
  })

  it('changes the password', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    await play(directory, ['rekey', ...PASSWORD, '--new-vault-id', 'new@pw2', 'a.yml'])
    expect(await play(directory, ['view', ...PASSWORD, 'a.yml'])).toMatchObject({ code: 1 })
    expect(await play(directory, ['view', '--vault-id', 'pw2', 'a.yml'])).toMatchObject({ stdout: 'a: 1\n' })
  })

  it('gives values for YAML files', async () => {
    const directory = workplace()
    const { stdout } = await play(directory, ['encrypt-string', ...PASSWORD, '--stdin-name', 'token'], {
      stdin: 's3cr\nët',
    })
    const { value } = parseYaml(`${stdout}other: 1\n`, 'vars.yml', { decrypt: vault.decrypt })
    const { token } = value as { token: Secret }
    expect(token.reveal()).toBe('s3cr\nët')
    const named = await play(directory, ['encrypt_string', ...PASSWORD, '-n', 'a', '-n', 'b', 'one', 'two'])
    expect(Object.keys(parseYaml(named.stdout, 'vars.yml').value as object)).toEqual(['a', 'b'])
    expect(named.stderr).toContain('stays in the shell’s history')
  })

  it('leaves every file alone when one of them cannot be decrypted', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n'), 'b.yml': 'plain' })
    const before = readFileSync(join(directory, 'a.yml'), 'utf8')
    expect(await play(directory, ['decrypt', ...PASSWORD, 'a.yml', 'b.yml'])).toMatchObject({
      code: 1,
      stderr: 'error: b.yml is not encrypted\n',
    })
    const wrong = await play(directory, [
      'rekey',
      '--vault-id',
      'x@pw2',
      '--new-vault-password-file',
      'pw',
      'a.yml',
    ])
    expect(wrong.stderr).toBe(
      'error: cannot decrypt a.yml: it was encrypted, and no password that was given opens it (x)\n',
    )
    expect(readFileSync(join(directory, 'a.yml'), 'utf8')).toBe(before)
  })

  it('does not encrypt twice', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    expect(await play(directory, ['encrypt', ...PASSWORD, 'a.yml'])).toMatchObject({
      stderr: 'error: already encrypted: a.yml\n',
    })
  })

  it('encrypts with age', async () => {
    const { generateX25519Identity, identityToRecipient } = await import('age-encryption')
    const identity = await generateX25519Identity()
    const directory = workplace({ 'a.yml': 'a: 1\n', key: identity })
    await play(directory, ['encrypt', '--recipient', await identityToRecipient(identity), 'a.yml'])
    expect(readFileSync(join(directory, 'a.yml'), 'utf8')).toMatch(/^-----BEGIN AGE/)
    expect(await play(directory, ['view', '--vault-password-file', 'key', 'a.yml'])).toMatchObject({
      stdout: 'a: 1\n',
    })
  })

  it('says so when there is neither a password nor a terminal to ask', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    expect(await play(directory, ['view', 'a.yml'])).toMatchObject({
      code: 1,
      stderr: 'error: there is no terminal to ask for: Vault password (default)\n',
    })
  })

  it('takes a line of stdin for the answer where there is no terminal', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    const outcome = await play(directory, ['view', '--ask-vault-pass', 'a.yml'], {
      stdin: 'open sesame\nmore',
    })
    expect(outcome).toEqual({ code: 0, stdout: 'a: 1\n', stderr: '' })
  })

  it('asks at the terminal, without showing what is typed', async () => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    const command = `${process.execPath} ${PLAY} vault view a.yml`
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: directory })
    let shown = ''
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      if (shown.endsWith('Vault password (default): ')) terminal.stdin.write('open sesamX\u007fe\r')
    })
    await new Promise((resolve) => terminal.once('close', resolve))
    expect(shown).toBe('Vault password (default): \r\na: 1\r\n')
  })
})

describe('play vault edit', () => {
  it('gives the plain text to the editor and encrypts what it saves', async () => {
    const directory = workplace({
      'a.yml': vault.encrypt('a: 1\n'),
      editor: '#!/bin/sh\necho "b: 2" >>"$2"\n',
    })
    expect(
      await play(directory, ['edit', ...PASSWORD, 'a.yml'], { editor: './editor --flag' }),
    ).toMatchObject({ code: 0 })
    expect(vault.decrypt(readFileSync(join(directory, 'a.yml'), 'utf8'))).toBe('a: 1\nb: 2\n')
  })

  it.each([
    ['nothing is changed', 'true', 0, 'a.yml unchanged\n'],
    ['the editor fails', 'false', 1, 'error: the editor false exited with 1\n'],
    [
      'there is no such editor',
      'nonexistent-editor',
      1,
      'error: the editor nonexistent-editor cannot be started: spawn nonexistent-editor ENOENT\n',
    ],
  ])('leaves the file alone when %s', async (_, editor, code, stderr) => {
    const directory = workplace({ 'a.yml': vault.encrypt('a: 1\n') })
    const before = readFileSync(join(directory, 'a.yml'), 'utf8')
    expect(await play(directory, ['edit', ...PASSWORD, 'a.yml'], { editor })).toEqual({
      code,
      stdout: '',
      stderr,
    })
    expect(readFileSync(join(directory, 'a.yml'), 'utf8')).toBe(before)
  })

  it('creates a new file', async () => {
    const directory = workplace({ editor: '#!/bin/sh\necho "new: 1" >"$1"\n' })
    await play(directory, ['create', ...PASSWORD, 'n.yml'], { editor: './editor' })
    expect(vault.decrypt(readFileSync(join(directory, 'n.yml'), 'utf8'))).toBe('new: 1\n')
    expect(await play(directory, ['create', ...PASSWORD, 'n.yml'])).toMatchObject({
      stderr: 'error: n.yml exists: `play vault edit n.yml` changes it\n',
    })
  })
})
