import { passwordSources, type VaultOptions } from '../vault/options.ts'
import { hasSources, readVault } from '../vault/passwords.ts'
import type { Vault } from '../vault/vault.ts'

/** The vault with the passwords that the command line and the environment give; undefined when they give none. */
export async function openVault(options: VaultOptions): Promise<Vault | undefined> {
  const sources = passwordSources(options)
  return hasSources(sources) ? readVault(sources) : undefined
}
