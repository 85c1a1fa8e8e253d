import { Command } from 'commander'
import { registerVault } from '../../runner/commands/vault.ts'

/** `play vault …` alone, as a program of its own to be run, prompted and killed by tests. */
const program = new Command('play')
registerVault(program)
try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
