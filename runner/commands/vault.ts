import type { Command } from 'commander'
import type { VaultCommandOptions } from './vault-files.ts'
import { addVaultOptions, collect } from '../vault/options.ts'

/** What a command does is loaded when it is used, so that starting any other command does not wait for it. */
const actions = (): Promise<typeof import('./vault-files.ts')> => import('./vault-files.ts')

type FileArguments = [names: string[], options: VaultCommandOptions]

/** Adds `vault encrypt|decrypt|view|edit|create|rekey|encrypt-string` to the program. */
export function registerVault(program: Command): void {
  const vault = program.command('vault').description('encrypt and decrypt files and values')

  encrypting(addVaultOptions(vault.command('encrypt').argument('[file...]')))
    .description('encrypt files in place, or stdin to stdout')
    .option('--output <file>', 'write there instead of in place; - is stdout')
    .action(async (...args: FileArguments) => (await actions()).encryptFiles(...args))

  addVaultOptions(vault.command('decrypt').argument('[file...]'))
    .description('decrypt files in place, or stdin to stdout')
    .option('--output <file>', 'write there instead of in place; - is stdout')
    .action(async (...args: FileArguments) => (await actions()).decryptFiles(...args))

  addVaultOptions(vault.command('view').argument('<file...>'))
    .description('print what encrypted files hold')
    .action(async (files: string[], options: VaultCommandOptions) =>
      (await actions()).viewFiles(files, options),
    )

  encrypting(addVaultOptions(vault.command('edit').argument('<file>')))
    .description('edit an encrypted file in $EDITOR; the plain text never touches a disk')
    .action(async (file: string, options: VaultCommandOptions) => (await actions()).editFile(file, options))

  encrypting(addVaultOptions(vault.command('create').argument('<file>')))
    .description('write a new encrypted file in $EDITOR')
    .action(async (file: string, options: VaultCommandOptions) => (await actions()).createFile(file, options))

  addVaultOptions(vault.command('rekey').argument('<file...>'))
    .description('encrypt files anew with another password')
    .option('--new-vault-id <id>', 'new password: label@source')
    .option('--new-vault-password-file <file>', 'file, or executable, that holds the new password')
    .option('--recipient <key>', 'encrypt for this age recipient instead', collect)
    .action(async (...args: FileArguments) => (await actions()).rekeyFiles(...args))

  encrypting(addVaultOptions(vault.command('encrypt-string').alias('encrypt_string').argument('[text...]')))
    .description('print a value for a YAML file; without text it is asked for, or read from stdin')
    .option('-n, --name <name>', 'the variable’s name', collect)
    .option('--stdin-name <name>', 'read the value from stdin and give it this name')
    .option('-p, --prompt', 'ask for the value')
    .action(async (...args: FileArguments) => (await actions()).encryptStrings(...args))
}

function encrypting(command: Command): Command {
  return command
    .option('--encrypt-vault-id <id>', 'the vault id to encrypt with, where several are given')
    .option('--recipient <key>', 'encrypt with age for this recipient (age1…) instead of a password', collect)
}
