import type { Command } from 'commander'
import { fatal } from './fatal.ts'

interface CommandFile {
  readonly summary: string
  readonly register: (program: Command) => Promise<void>
}

/** The commands beside running a playbook, which is what happens without one. Each is loaded only when it is used. */
const COMMANDS: Record<string, CommandFile> = {
  inventory: {
    summary: 'show the inventory, its groups and the variables of a host',
    register: async (program) =>
      (await import('./inventory.ts')).registerInventory(program, await inventoryDependencies()),
  },
  lint: {
    summary: 'check playbooks, roles and templates without touching a host',
    register: async (program) => (await import('./lint.ts')).registerLint(program),
  },
  sandbox: {
    summary: 'make, list and remove the disposable machines of the inventory',
    register: async (program) =>
      (await import('./sandbox.ts')).registerSandbox(
        program,
        (await import('./sandbox-hosts.ts')).sandboxSpecs,
      ),
  },
  vault: {
    summary: 'encrypt, decrypt and edit secrets',
    register: async (program) => (await import('./vault.ts')).registerVault(program),
  },
}

/** The program: hands the words of the command line to a command. Sets the exit code; never throws. */
export async function main(words: readonly string[]): Promise<void> {
  try {
    const { Command } = await import('commander')
    const program = new Command('play')
    program.exitOverride()
    program.configureOutput({ outputError: (text, write) => write(text) })
    const name = words.find((word) => !word.startsWith('-'))
    const command =
      name !== undefined && Object.hasOwn(COMMANDS, name) && words[0] === name ? COMMANDS[name] : undefined
    if (command) await command.register(program)
    else (await import('./run.ts')).registerRun(program, summaries())
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    process.exitCode = fatal(error)
  }
}

function summaries(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return `\nOther commands (play COMMAND --help):\n${lines.join('\n')}\n`
}

async function inventoryDependencies() {
  const { sandboxVariables } = await import('./sandbox-hosts.ts')
  return { sandboxVariables }
}
