import type { Command } from 'commander'
import type { PasswordSources } from './passwords.ts'

/** The options by which every command learns its vault passwords, as commander gives them. */
export interface VaultOptions {
  readonly vaultId?: readonly string[]
  readonly vaultPasswordFile?: readonly string[]
  readonly askVaultPassword?: boolean
  /** Ansible's other names of the last two. */
  readonly vaultPassFile?: readonly string[]
  readonly askVaultPass?: boolean
}

/** Adds `--vault-id`, `--vault-password-file` and `--ask-vault-password` to a command. */
export function addVaultOptions(command: Command): Command {
  return command
    .option(
      '--vault-id <id>',
      'vault password to use: label@source; a file, an executable or prompt',
      collect,
    )
    .option('--vault-password-file <file>', 'file, or executable, that holds the vault password', collect)
    .option('-J, --ask-vault-password', 'ask for the vault password')
    .addOption(command.createOption('--vault-pass-file <file>').argParser(collect).hideHelp())
    .addOption(command.createOption('--ask-vault-pass').hideHelp())
}

export function passwordSources(options: VaultOptions): PasswordSources {
  return {
    vaultIds: options.vaultId,
    passwordFiles: [...(options.vaultPasswordFile ?? []), ...(options.vaultPassFile ?? [])],
    ask: options.askVaultPassword === true || options.askVaultPass === true,
  }
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
