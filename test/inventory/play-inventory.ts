import { Command } from 'commander'
import { registerInventory } from '../../runner/commands/inventory.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { formatDiagnostics } from '../../runner/source/format.ts'

/** `play inventory …` alone, with a sandbox that runs for web1. */
const program = new Command('play')
registerInventory(program, {
  sandboxVariables: async (name) =>
    name === 'web1' ? { ansible_host: '10.1.2.3', ansible_user: 'debian' } : undefined,
})
try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(error instanceof SourceError ? formatDiagnostics(error.diagnostics) : String(error))
  process.exitCode = 4
}
