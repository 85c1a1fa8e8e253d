import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Option, type Command } from 'commander'
import {
  defaultSuite,
  down,
  engineNames,
  find,
  list,
  purgeCache,
  reset,
  SandboxError,
  suites,
  up,
  type EngineName,
  type SandboxHost,
  type SandboxOptions,
  type SandboxSpec,
  type Suite,
} from '../sandbox/index.ts'
import { hasProgram } from '../sandbox/process.ts'

/** The machines the inventory wants, all of them or those of these names. A name it does not have is left out. */
export type InventorySpecs = (names?: string[]) => Promise<SandboxSpec[]>

/** Adds `sandbox up|down|list|reset|ssh` to the program, for the sandboxes of a project's directory. */
export function registerSandbox(
  program: Command,
  inventorySpecs: InventorySpecs = async () => [],
  directory: string = process.cwd(),
) {
  const options: SandboxOptions = { directory, progress }
  // so that what follows the name in `ssh NAME COMMAND…` belongs to the command
  program.enablePositionalOptions()
  const sandbox = program.command('sandbox').description('disposable Debian machines to run playbooks on')
  sandbox.enablePositionalOptions()

  sandbox
    .command('up')
    .description('boot machines: the inventory’s, or those named')
    .argument('[name...]')
    .addOption(new Option('--suite <suite>', 'Debian release of names not in the inventory').choices(suites))
    .addOption(new Option('--engine <engine>', 'what new machines run under').choices(engineNames))
    .action(async (names: string[], { suite, engine }: { suite?: Suite; engine?: EngineName }) => {
      printTable(await up(await wanted(names, suite, inventorySpecs), { ...options, engine }))
    })

  sandbox
    .command('down')
    .description('remove machines and all that was made for them: this project’s, or those named')
    .argument('[name...]')
    .option('--all', 'also remove the cached root file systems')
    .action(async (names: string[], { all }: { all?: boolean }) => {
      const removed = await down(names.length > 0 ? names : undefined, options)
      for (const name of removed) console.log(`${name} removed`)
      const unknown = names.filter((name) => !removed.includes(name))
      if (unknown.length > 0) throw new SandboxError(`There is no sandbox ${unknown.join(', ')}`)
      if (all) await purgeCache()
    })

  sandbox
    .command('list')
    .description('the machines of this project')
    .action(async () => printTable(await list(options)))

  sandbox
    .command('reset')
    .description('make a machine as new; it keeps its address and host keys')
    .argument('<name>')
    .action(async (name: string) => printTable([await reset(name, options)]))

  sandbox
    .command('ssh')
    .description('log in to a machine, or run a command on it')
    .argument('<name>')
    .argument('[command...]')
    .option('-u, --user <user>', 'log in as this user')
    .passThroughOptions()
    .action(async (name: string, command: string[], { user }: { user?: string }) => {
      const words = command[0] === '--' ? command.slice(1) : command
      process.exitCode = await ssh(await running(name, options), words, user)
    })
}

async function wanted(names: string[], suite: Suite | undefined, inventorySpecs: InventorySpecs) {
  const known = await inventorySpecs(names.length > 0 ? names : undefined)
  if (names.length === 0 && known.length === 0) {
    throw new SandboxError('The inventory has no host with `sandbox:`; name the machines to boot')
  }
  const others = names.filter((name) => known.every((spec) => spec.name !== name))
  return [...known, ...others.map((name) => ({ name, ...(suite && { suite }) }))]
}

async function running(name: string, options: SandboxOptions) {
  const host = await find(name, options)
  if (host === undefined) {
    throw new SandboxError(
      `There is no sandbox ${name}; \`play sandbox up ${name}\` makes one (${defaultSuite})`,
    )
  }
  if (host.state === 'running') return host
  throw new SandboxError(`The sandbox ${name} is switched off; \`play sandbox up ${name}\` boots it`)
}

/** Runs OpenSSH's client, knowing only this machine's keys. Gives its exit status. */
async function ssh(host: SandboxHost, command: string[], user = host.user): Promise<number> {
  if (!(await hasProgram('ssh'))) {
    throw new SandboxError('This needs OpenSSH’s client: `apt-get install openssh-client` brings it')
  }
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  try {
    const knownHosts = join(folder, 'known_hosts')
    await writeFile(knownHosts, host.hostKeys.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    const settings = {
      UserKnownHostsFile: knownHosts,
      GlobalKnownHostsFile: '/dev/null',
      StrictHostKeyChecking: 'yes',
      IdentitiesOnly: 'yes',
      LogLevel: 'ERROR',
    }
    const pinned = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
    const address = ['-i', host.privateKeyFile, '-p', String(host.port), '-l', user, host.address]
    const client = spawn('ssh', ['-F', '/dev/null', ...pinned, ...address, '--', ...command], {
      stdio: 'inherit',
    })
    const [code, signal] = (await once(client, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + constants.signals[signal!]
  } finally {
    await rm(folder, { recursive: true })
  }
}

function progress(message: string) {
  process.stderr.write(`sandbox: ${message}\n`)
}

function printTable(hosts: SandboxHost[]) {
  const rows = hosts.map(({ name, suite, address, user, state }) => [
    name,
    suite,
    state,
    `${user}@${address}`,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}
