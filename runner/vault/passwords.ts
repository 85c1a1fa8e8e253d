import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { sourceError } from '../source/diagnostic.ts'
import { isVaulted } from '../source/vault.ts'
import { askSecret } from './prompt.ts'
import { Vault, type VaultPassword } from './vault.ts'

/** Where passwords come from, by the names of the command line's options. */
export interface PasswordSources {
  /** `--vault-id`: `label@source` or `source`; a source is a file, an executable, or `prompt`. */
  readonly vaultIds?: readonly string[]
  /** `--vault-password-file` */
  readonly passwordFiles?: readonly string[]
  /** `--ask-vault-password` */
  readonly ask?: boolean
}

export interface ReadOptions {
  readonly environment?: NodeJS.ProcessEnv
  /** Asks a person. @default the terminal, without echo */
  readonly askSecret?: (question: string) => Promise<string>
  /** Ask twice, because the password is new. */
  readonly confirm?: boolean
}

/**
 * Reads every password once and gives the vault that has them. `ANSIBLE_VAULT_PASSWORD_FILE` and
 * `ANSIBLE_VAULT_IDENTITY_LIST` are read when the command line names no source. Throws `SourceError` that names
 * the source.
 */
export async function readVault(sources: PasswordSources, options: ReadOptions = {}): Promise<Vault> {
  const passwords: VaultPassword[] = []
  for (const { id, source } of listSources(sources, options.environment ?? process.env)) {
    const known = new Vault([...passwords])
    passwords.push({ id, password: await readPassword(id, source, known, options) })
  }
  return new Vault(passwords)
}

/** Whether the command line or the environment says where a password is. */
export function hasSources(sources: PasswordSources, environment = process.env): boolean {
  return listSources(sources, environment).length > 0
}

interface Source {
  readonly id: string
  /** A path, or undefined to ask. */
  readonly source?: string
}

function listSources(sources: PasswordSources, environment: NodeJS.ProcessEnv): Source[] {
  const ids = (sources.vaultIds ?? []).map(parseVaultId)
  const files = (sources.passwordFiles ?? []).map((source) => ({ id: 'default', source }))
  const given = [...ids, ...files, ...(sources.ask ? [{ id: 'default' }] : [])]
  if (given.length > 0) return given
  const list = environment['ANSIBLE_VAULT_IDENTITY_LIST']?.split(',') ?? []
  const file = environment['ANSIBLE_VAULT_PASSWORD_FILE']
  const named = list.map((id) => id.trim()).filter((id) => id !== '')
  return [...named.map(parseVaultId), ...(file ? [{ id: 'default', source: file }] : [])]
}

function parseVaultId(text: string): Source {
  const at = text.indexOf('@')
  const id = at > 0 ? text.slice(0, at) : 'default'
  const source = at === -1 ? text : text.slice(at + 1)
  if (/[;\s]/.test(id)) throw sourceError(`the vault id '${id}' must not hold semicolons or spaces`)
  if (source === '') throw sourceError(`--vault-id ${text}: after @ a file or 'prompt' is needed`)
  return source === 'prompt' || source === 'prompt_ask_vault_pass' ? { id } : { id, source }
}

async function readPassword(
  id: string,
  source: string | undefined,
  known: Vault,
  options: ReadOptions,
): Promise<Buffer> {
  if (source === undefined) return askPassword(id, options)
  const path = source.startsWith('~/') ? `${process.env['HOME'] ?? ''}${source.slice(1)}` : source
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw sourceError(`the vault password file ${source} does not exist`)
  if (found.isDirectory()) throw sourceError(`the vault password file ${source} is a directory`)
  const password = isProgram(path, found.mode) ? await runPassword(id, path) : readPasswordFile(path, known)
  if (password.length === 0) throw sourceError(`the vault password from ${source} is empty`)
  return password
}

async function askPassword(id: string, options: ReadOptions): Promise<Buffer> {
  const ask = options.askSecret ?? askSecret
  const password = await ask(`${options.confirm ? 'New vault' : 'Vault'} password (${id}): `)
  if (password === '') throw sourceError(`the vault password for ${id} is empty`)
  if (options.confirm && (await ask(`Confirm vault password (${id}): `)) !== password) {
    throw sourceError('the two passwords are not the same')
  }
  return Buffer.from(password, 'utf8')
}

/** A password file may itself be vaulted, with a password given before it. Space around the password does not count. */
function readPasswordFile(path: string, known: Vault): Buffer {
  const content = readFileSync(path)
  const text = content.toString('latin1')
  return trim(isVaulted(text) ? known.decryptBytes(text) : content)
}

/** A program prints the password; one named `…-client` is told for which id. It may talk to the person meanwhile. */
async function runPassword(id: string, path: string): Promise<Buffer> {
  const args = /-client(?:\.[^./]+)?$/.test(path) ? ['--vault-id', id] : []
  const program = spawn(resolve(path), args, { stdio: ['inherit', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  program.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code, signal] = (await once(program, 'close')) as [number | null, string | null]
  if (code === 0) return trim(Buffer.concat(chunks))
  throw sourceError(
    `the vault password program ${path} ${signal ? `was ended by ${signal}` : `exited with ${code}`}`,
  )
}

/** Text without `#!` would be run by a shell, password and all. */
function isProgram(path: string, mode: number): boolean {
  if ((mode & 0o111) === 0) return false
  const start = readFileSync(path).subarray(0, 4).toString('latin1')
  if (start.startsWith('#!') || start === '\x7fELF') return true
  throw sourceError(`the vault password file ${path} is executable but no program: chmod -x ${path}`)
}

function trim(content: Buffer): Buffer {
  return Buffer.from(content.toString('latin1').replace(/^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g, ''), 'latin1')
}
