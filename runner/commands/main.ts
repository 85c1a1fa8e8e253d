import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT, fatal, UserError } from './fatal.ts'

export interface CommandFile {
  readonly summary: string
  readonly register: (program: Command) => Promise<void>
}

/** The commands beside running a playbook, which is what happens without one. Each is loaded only when it is used. */
export const COMMANDS: Record<string, CommandFile> = {
  admin: {
    summary: 'look at the service on a host and operate it',
    register: async (program) => (await import('./admin.ts')).registerAdmin(program),
  },
  apply: {
    summary: 'carry out a saved plan, exactly',
    register: async (program) => (await import('./apply.ts')).registerApply(program),
  },
  completion: {
    summary: 'print a completion script for a shell',
    register: async (program) => (await import('./completion.ts')).registerCompletion(program),
  },
  doc: {
    summary: 'list the modules, or explain one',
    register: async (program) => (await import('./doc.ts')).registerDoc(program),
  },
  facts: {
    summary: 'connect to a host and print what is found out about it',
    register: async (program) => (await import('./facts.ts')).registerFacts(program),
  },
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
  schema: {
    summary: 'print a JSON schema of playbooks, task files or inventories for editors',
    register: async (program) => (await import('./schema.ts')).registerSchema(program),
  },
  show: {
    summary: 'print what a saved plan would do',
    register: async (program) => (await import('./show.ts')).registerShow(program),
  },
  vars: {
    summary: 'say what a host’s variables are, where they come from and what they override',
    register: async (program) => (await import('./vars.ts')).registerVars(program),
  },
  vault: {
    summary: 'encrypt, decrypt and edit secrets',
    register: async (program) => (await import('./vault.ts')).registerVault(program),
  },
}

/** The program: hands the words of the command line to a command. Sets the exit code; never throws. */
export async function main(words: readonly string[]): Promise<void> {
  try {
    requireDirectory()
    const { Command } = await import('commander')
    const program = new Command('play')
    program.exitOverride()
    program.configureOutput({ outputError: (text, write) => write(text) })
    const name = words.find((word) => !word.startsWith('-'))
    const command =
      name !== undefined && Object.hasOwn(COMMANDS, name) && words[0] === name ? COMMANDS[name] : undefined
    if (command) {
      endWithReader()
      await command.register(program)
    } else {
      if (words.some((word) => /^(-h|--help|--version|--list-.*)$/.test(word))) endWithReader()
      const { registerRun } = await import('./run.ts')
      registerRun(program.version(version(), '--version'), summaries())
    }
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    process.exitCode = fatal(error)
  }
}

// Nearly everything asks where it is, and what Node says then helps nobody.
function requireDirectory(): void {
  try {
    process.cwd()
  } catch {
    const was = process.env['PWD'] === undefined ? '' : ` (${process.env['PWD']})`
    throw new UserError(`the current directory${was} is not there any more; go to another one and try again`)
  }
}

// `play vars web1 | head`: who reads no more has seen enough. A run goes on to its end.
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(EXIT.done)
  })
}

function summaries(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return `\nOther commands (play COMMAND --help):\n${lines.join('\n')}\n`
}

function version(): string {
  const about = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  return `play ${(JSON.parse(about) as { version: string }).version} (Node ${process.versions.node})`
}

async function inventoryDependencies() {
  const { sandboxVariables } = await import('./sandbox-hosts.ts')
  return { sandboxVariables }
}
