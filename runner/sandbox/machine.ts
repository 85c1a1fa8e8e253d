import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseAddress, gatewayOf } from './address.ts'
import { awaitBanner } from './banner.ts'
import { chooseEngine, engineNamed } from './choose-engine.ts'
import type { Machine } from './engine.ts'
import { loginKey } from './keys.ts'
import { hostFolder, projectFolder } from './paths.ts'
import { projectNetwork, withNetworkLock } from './project.ts'
import { readHost, readHosts, readProject, writeHost, type HostRecord } from './record.ts'
import { refreshSeed, writeSeed } from './seed.ts'
import {
  defaultSuite,
  SandboxError,
  suites,
  type SandboxHost,
  type SandboxOptions,
  type SandboxSpec,
} from './types.ts'

/** The machine of that name; a SandboxError when there is none. */
export function existingMachine(project: string, name: string, options: SandboxOptions): Machine {
  const record = readHost(project, name)
  const network = readProject(project)?.network
  if (record === undefined || network === undefined) throw new SandboxError(`There is no sandbox ${name}`)
  return {
    project,
    network,
    folder: hostFolder(project, name),
    record,
    progress: options.progress ?? (() => {}),
  }
}

/** The machine that is wanted, written down but not started when it is new. */
export async function wantedMachine(
  project: string,
  spec: SandboxSpec,
  options: SandboxOptions,
): Promise<Machine> {
  const { name, suite = defaultSuite } = spec
  const known = readHost(project, name)
  if (known !== undefined && spec.suite !== undefined && known.suite !== suite) {
    throw new SandboxError(
      `The sandbox ${name} is ${known.suite}, not ${suite}; \`play sandbox down ${name}\` removes it`,
    )
  }
  if (known === undefined) {
    const engine = await chooseEngine(options.engine && [options.engine])
    const { publicKey } = await loginKey(projectFolder(project))
    const hostKeys = await writeSeed(join(hostFolder(project, name), 'seed'), name, publicKey)
    await placeMachine(project, { name, suite, engine: engine.name, hostKeys }, options)
  }
  return existingMachine(project, name, options)
}

/** Gives a new machine an address and writes it down. */
export async function placeMachine(
  project: string,
  traits: Pick<HostRecord, 'name' | 'suite' | 'engine' | 'hostKeys' | 'base'>,
  { directory = process.cwd() }: SandboxOptions,
) {
  const network = await projectNetwork(project, directory)
  const taken = (await readHosts(project)).map((record) => record.address)
  const address = chooseAddress(network, taken)
  const machine = `rehearsal-${project}-${traits.name}`
  await writeHost(project, { ...traits, machine, address, port: 22, user: 'debian', ready: false })
}

/** Starts a machine unless it runs, and waits until it has booted and answers to SSH. */
export async function bringUp(machine: Machine) {
  const { record, project, network, progress } = machine
  const engine = engineNamed(record.engine)
  if (!(await engine.isRunning(machine))) {
    record.ready = false
    record.base ??= await engine.prepare(record.suite, progress)
    await writeHost(project, record)
    await withNetworkLock(async () => engine.raiseNetwork(project, network))
    await refreshSeed(join(machine.folder, 'seed'), gatewayOf(network))
    progress(`booting ${record.name} (${record.suite})`)
    await engine.start(machine)
  }
  // In this order: who knocks too early and too often may be shut out by the machine's own firewall.
  await engine.booted(machine)
  await awaitBanner(record.address, record.port)
  record.ready = true
  await writeHost(project, record)
}

/** Removes a machine with all its files and its record. */
export async function removeMachine(machine: Machine) {
  const engine = engineNamed(machine.record.engine)
  await engine.stop(machine)
  await engine.erase(machine)
  await rm(machine.folder, { recursive: true })
}

/** What others are told of a machine. */
export async function describe({ project, record, ...machine }: Machine): Promise<SandboxHost> {
  const { name, suite, address, port, user } = record
  const running = await engineNamed(record.engine).isRunning({ ...machine, project, record })
  return {
    name,
    suite,
    address,
    port,
    user,
    privateKeyFile: join(projectFolder(project), 'id_ed25519'),
    hostKeys: record.hostKeys.map((key) => `${address} ${key}`),
    state: running ? 'running' : 'stopped',
  }
}

/** A SandboxError for a name or suite that cannot be. */
export function validate({ name, suite = defaultSuite }: SandboxSpec) {
  if (!/^[a-zA-Z0-9][\w.-]{0,40}$/.test(name)) {
    throw new SandboxError(
      `A sandbox cannot be named ${JSON.stringify(name)}: use up to 41 letters, digits, ".", "_" and "-"`,
    )
  }
  if (!suites.includes(suite)) {
    throw new SandboxError(`The sandbox ${name} is to be ${suite}; there are ${suites.join(' and ')}`)
  }
}
