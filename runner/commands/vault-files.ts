import { existsSync } from 'node:fs'
import { encryptAge } from '../vault/age.ts'
import { editText } from '../vault/edit.ts'
import { isEncrypted, readEncrypted, readInput, STREAM, writeOutput } from '../vault/files.ts'
import { passwordSources, type VaultOptions } from '../vault/options.ts'
import { hasSources, readVault } from '../vault/passwords.ts'
import { askSecret } from '../vault/prompt.ts'
import type { Vault } from '../vault/vault.ts'
import { EXIT, UserError } from './fatal.ts'

/** The options of `play vault …`, as commander gives them. */
export interface VaultCommandOptions extends VaultOptions {
  readonly encryptVaultId?: string
  readonly recipient?: readonly string[]
  readonly output?: string
  readonly newVaultId?: string
  readonly newVaultPasswordFile?: string
  readonly name?: readonly string[]
  readonly stdinName?: string
  readonly prompt?: boolean
}

/** Encrypts files in place, or stdin to stdout when none is named. */
export async function encryptFiles(named: string[], options: VaultCommandOptions): Promise<void> {
  const files = named.length > 0 ? named : [STREAM]
  checkOutput(files, options)
  const contents = await Promise.all(files.map(readInput))
  const already = files.filter((_, index) => isEncrypted(contents[index]!))
  if (already.length > 0) throw new UserError(`already encrypted: ${already.join(', ')}`)
  const encrypt = await encrypter(options)
  for (const [index, file] of files.entries()) {
    writeOutput(options.output ?? file, await encrypt(contents[index]!))
    report(options.output ?? file, 'encrypted')
  }
}

/** Decrypts files in place, or stdin to stdout when none is named. Nothing is written when one of them cannot be. */
export async function decryptFiles(named: string[], options: VaultCommandOptions): Promise<void> {
  const files = named.length > 0 ? named : [STREAM]
  checkOutput(files, options)
  const texts = await Promise.all(files.map(readEncrypted))
  const vault = await vaultOf(options)
  const plain = files.map((file, index) => explain(file, () => vault.decryptBytes(texts[index]!)))
  for (const [index, file] of files.entries()) {
    writeOutput(options.output ?? file, plain[index]!)
    report(options.output ?? file, 'decrypted')
  }
}

/** Prints what encrypted files hold. */
export async function viewFiles(files: string[], options: VaultCommandOptions): Promise<void> {
  const texts = await Promise.all(files.map(readEncrypted))
  const vault = await vaultOf(options)
  for (const [index, file] of files.entries()) {
    writeOutput(
      STREAM,
      explain(file, () => vault.decryptBytes(texts[index]!)),
    )
  }
}

/** Lets a person edit an encrypted file, and encrypts it as it was encrypted before. */
export async function editFile(file: string, options: VaultCommandOptions): Promise<void> {
  const text = await readEncrypted(file)
  const vault = await vaultOf(options)
  const before = explain(file, () => vault.decryptBytes(text))
  // Before anything is edited, so that no work is lost.
  const chosen = options.recipient ?? options.encryptVaultId
  const encrypt = chosen ? await encrypter(options, vault) : await sameEncrypter(vault, text)
  const after = await editText(before, file)
  if (after.equals(before)) return report(file, 'unchanged')
  writeOutput(file, await encrypt(after))
  report(file, 'encrypted')
}

/** Lets a person write a new file, encrypted from the start. */
export async function createFile(file: string, options: VaultCommandOptions): Promise<void> {
  if (existsSync(file)) throw new UserError(`${file} exists: \`play vault edit ${file}\` changes it`)
  const encrypt = await encrypter(options)
  writeOutput(file, await encrypt(await editText(Buffer.alloc(0), file)))
  report(file, 'encrypted')
}

/** Encrypts files anew. Nothing is written when one of them cannot be decrypted. */
export async function rekeyFiles(files: string[], options: VaultCommandOptions): Promise<void> {
  const texts = await Promise.all(files.map(readEncrypted))
  const vault = await vaultOf(options)
  const plain = files.map((file, index) => explain(file, () => vault.decryptBytes(texts[index]!)))
  const encrypt = await encrypter({
    recipient: options.recipient,
    vaultId: options.newVaultId === undefined ? [] : [options.newVaultId],
    vaultPasswordFile: options.newVaultPasswordFile === undefined ? [] : [options.newVaultPasswordFile],
  })
  for (const [index, file] of files.entries()) {
    writeOutput(file, await encrypt(plain[index]!))
    report(file, 'rekeyed')
  }
}

/** Prints encrypted values for a YAML file. */
export async function encryptStrings(texts: string[], options: VaultCommandOptions): Promise<void> {
  const values = texts.map((text, index) => ({ name: options.name?.[index], text }))
  const fromStdin =
    texts.length === 0 && !options.prompt && (options.stdinName !== undefined || !process.stdin.isTTY)
  if (fromStdin) {
    values.push({
      name: options.stdinName ?? options.name?.[0],
      text: (await readInput(STREAM)).toString('utf8'),
    })
  } else if (options.prompt || texts.length === 0) {
    values.push({ name: options.name?.[texts.length], text: await askSecret('Text to encrypt: ') })
  } else {
    process.stderr.write('note: what was given as an argument stays in the shell’s history; -p asks for it\n')
  }
  const encrypt = await encrypter(options)
  for (const { name, text } of values)
    process.stdout.write(yamlValue(name, await encrypt(Buffer.from(text, 'utf8'))))
}

/** `name: !vault |` and the text below it, indented as Ansible does. */
function yamlValue(name: string | undefined, vaulted: string): string {
  const lines = vaulted.trimEnd().split('\n')
  const head = name === undefined ? '!vault |' : `${name}: !vault |`
  return `${[head, ...lines.map((line) => `          ${line}`)].join('\n')}\n`
}

type Encrypt = (plain: Uint8Array) => Promise<string>

async function encrypter(options: VaultCommandOptions, known?: Vault): Promise<Encrypt> {
  const { recipient } = options
  if (recipient !== undefined) return async (plain) => encryptAge(plain, recipient)
  const vault = known ?? (await vaultOf(options, true))
  return async (plain) => {
    try {
      return vault.encrypt(plain, options.encryptVaultId)
    } catch (error) {
      throw new UserError((error as Error).message)
    }
  }
}

async function sameEncrypter(vault: Vault, text: string): Promise<Encrypt> {
  try {
    return await vault.encrypterLike(text)
  } catch (error) {
    throw new UserError((error as Error).message)
  }
}

/** The vault of the given passwords; without any the person is asked. */
async function vaultOf(options: VaultOptions, confirm = false): Promise<Vault> {
  const sources = passwordSources(options)
  return readVault(hasSources(sources) ? sources : { ask: true }, { confirm })
}

function checkOutput(files: readonly string[], { output }: VaultCommandOptions): void {
  if (output !== undefined && files.length > 1) throw new UserError('--output takes one file only')
}

function explain<T>(file: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    const name = file === STREAM ? 'stdin' : file
    throw new UserError(`cannot decrypt ${name}: ${(error as Error).message}`, EXIT.unreadable)
  }
}

function report(file: string, what: string): void {
  if (file !== STREAM) process.stderr.write(`${file} ${what}\n`)
}
