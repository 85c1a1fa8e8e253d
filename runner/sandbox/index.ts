import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseAddress, chooseNetwork } from './address.ts'
import { awaitBanner } from './banner.ts'
import { chooseEngine, engineNamed } from './choose-engine.ts'
import type { Engine, Machine } from './engine.ts'
import { loginKey } from './keys.ts'
import { withLock } from './lock.ts'
import { hostFolder, projectFolder, projectId } from './paths.ts'
import {
  readHost,
  readHosts,
  readProject,
  readProjects,
  writeHost,
  writeProject,
  type HostRecord,
} from './record.ts'
import { refreshSeed, writeSeed } from './seed.ts'
import {
  defaultSuite,
  SandboxError,
  suites,
  type SandboxHost,
  type SandboxOptions,
  type SandboxSpec,
} from './types.ts'

export { purgeCache } from './base.ts'
export { defaultSuite, SandboxError, suites } from './types.ts'
export type { Progress, SandboxHost, SandboxOptions, SandboxSpec, Suite } from './types.ts'

/**
 * Brings machines up: made when they do not exist, booted when they do not run, left alone when they do (which costs
 * a few file reads). Returns when all of them have booted and answer to SSH, in the order asked for.
 */
export async function up(specs: SandboxSpec[], options: SandboxOptions = {}): Promise<SandboxHost[]> {
  for (const spec of specs) validate(spec)
  const id = projectId(options.directory)
  const present = await Promise.all(specs.map((spec) => readyHost(id, spec)))
  if (present.every((host) => host !== undefined)) return present
  return locked(id, async () => {
    const network = await projectNetwork(id, options)
    const machines: Machine[] = []
    for (const spec of specs) machines.push(await machineFor(id, network, spec, options))
    await Promise.all(machines.map(bringUp))
    return Promise.all(machines.map((machine) => describe(id, machine.record)))
  })
}

/** The machine of that name if there is one, whether it runs or not. Boots nothing. */
export async function find(name: string, options: SandboxOptions = {}): Promise<SandboxHost | undefined> {
  const id = projectId(options.directory)
  const record = readHost(id, name)
  return record && describe(id, record)
}

/** All machines of the project, by name. */
export async function list(options: SandboxOptions = {}): Promise<SandboxHost[]> {
  const id = projectId(options.directory)
  return Promise.all((await readHosts(id)).map((record) => describe(id, record)))
}

/**
 * Removes machines, all of the project's when none are named, with everything that was made for them. Only the cached
 * root file systems stay (see `purgeCache`). Gives the names of those removed.
 */
export async function down(names?: string[], options: SandboxOptions = {}): Promise<string[]> {
  const id = projectId(options.directory)
  const project = readProject(id)
  if (project === undefined) return []
  return locked(id, async () => {
    const records = await readHosts(id)
    const doomed = records.filter((record) => names?.includes(record.name) ?? true)
    await Promise.all(doomed.map((record) => remove(existing(id, record.name, options))))
    if (doomed.length === records.length) await removeProject(id, records)
    return doomed.map((record) => record.name)
  })
}

/** Makes a machine as new: its first file system, the same address and the same host keys. */
export async function reset(name: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  return changed(name, options, async (machine, engine) => {
    await engine.stop(machine)
    await engine.erase(machine)
  })
}

/** Boots a machine anew from within, as an administrator would, and returns when it answers again. */
export async function reboot(name: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  return changed(name, options, async (machine, engine) => {
    if (await engine.isRunning(machine)) await engine.reboot(machine)
  })
}

/**
 * Makes a machine `to` with the files that `from` has now, and boots it. It has the same host keys and host name, and
 * an address of its own.
 */
export async function copy(from: string, to: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  const id = projectId(options.directory)
  return locked(id, async () => {
    const source = existing(id, from, options)
    if (readHost(id, to) !== undefined) throw new SandboxError(`There is a sandbox ${to} already`)
    validate({ name: to })
    const record = { ...source.record, ...(await place(id, source.network, to)), ready: false }
    const target = { ...source, folder: hostFolder(id, to), record }
    await engineNamed(record.engine).copy(source, target)
    await writeHost(id, record)
    await bringUp(target)
    return describe(id, target.record)
  })
}

async function changed(
  name: string,
  options: SandboxOptions,
  change: (machine: Machine, engine: Engine) => Promise<void>,
) {
  const id = projectId(options.directory)
  return locked(id, async () => {
    const machine = existing(id, name, options)
    machine.record.ready = false
    await writeHost(id, machine.record)
    await change(machine, engineNamed(machine.record.engine))
    await bringUp(machine)
    return describe(id, machine.record)
  })
}

async function bringUp(machine: Machine) {
  const { record, project } = machine
  const engine = engineNamed(record.engine)
  if (!(await engine.isRunning(machine))) {
    await withLock('network', () => engine.raiseNetwork(project, machine.network))
    await refreshSeed(join(machine.folder, 'seed'))
    machine.progress(`booting ${record.name} (${record.suite})`)
    record.ready = false
    record.handle = await engine.start(machine)
    await writeHost(project, record)
  }
  await Promise.all([engine.booted(machine), awaitBanner(record.address, record.port)])
  record.ready = true
  await writeHost(project, record)
}

async function machineFor(id: string, network: string, spec: SandboxSpec, options: SandboxOptions) {
  const suite = spec.suite ?? defaultSuite
  const known = readHost(id, spec.name)
  if (known !== undefined && (spec.suite ?? known.suite) !== known.suite) {
    throw new SandboxError(
      `The sandbox ${spec.name} is ${known.suite}, not ${suite}; \`play sandbox down ${spec.name}\` removes it`,
    )
  }
  if (known !== undefined) return existing(id, spec.name, options)
  const engine = await chooseEngine()
  const { publicKey } = await loginKey(projectFolder(id))
  const folder = hostFolder(id, spec.name)
  const record: HostRecord = {
    ...(await place(id, network, spec.name)),
    suite,
    engine: engine.name,
    port: 22,
    user: 'debian',
    hostKeys: await writeSeed(join(folder, 'seed'), spec.name, publicKey),
    ready: false,
  }
  await writeHost(id, record)
  return existing(id, spec.name, options)
}

async function place(id: string, network: string, name: string) {
  const taken = (await readHosts(id)).map((record) => record.address)
  return { name, machine: `rehearsal-${id}-${name}`, address: chooseAddress(network, taken) }
}

async function projectNetwork(id: string, { directory = process.cwd() }: SandboxOptions) {
  const known = readProject(id)
  if (known !== undefined) return known.network
  return withLock('network', async () => {
    const others = [...(await readProjects()).values()]
    const network = await chooseNetwork(
      id,
      others.map((project) => project.network),
    )
    await writeProject(id, { directory, network })
    return network
  })
}

function existing(id: string, name: string, options: SandboxOptions): Machine {
  const record = readHost(id, name)
  const project = readProject(id)
  if (record === undefined || project === undefined) throw new SandboxError(`There is no sandbox ${name}`)
  const progress = options.progress ?? (() => {})
  return { project: id, network: project.network, folder: hostFolder(id, name), record, progress }
}

async function remove(machine: Machine) {
  const engine = engineNamed(machine.record.engine)
  await engine.stop(machine)
  await engine.erase(machine)
  await rm(machine.folder, { recursive: true })
}

async function removeProject(id: string, records: HostRecord[]) {
  await withLock('network', async () => {
    const last = (await readProjects()).size === 1
    for (const name of new Set(records.map((record) => record.engine))) {
      await engineNamed(name).removeNetwork(id, last)
    }
    await rm(projectFolder(id), { recursive: true })
  })
}

async function readyHost(id: string, spec: SandboxSpec) {
  const record = readHost(id, spec.name)
  if (!record?.ready || (spec.suite ?? record.suite) !== record.suite) return undefined
  const host = await describe(id, record)
  return host.state === 'running' ? host : undefined
}

async function describe(id: string, record: HostRecord): Promise<SandboxHost> {
  const { name, suite, address, port, user } = record
  const machine = existing(id, name, {})
  return {
    ...{ name, suite, address, port, user },
    privateKeyFile: join(projectFolder(id), 'id_ed25519'),
    hostKeys: record.hostKeys.map((key) => `${address} ${key}`),
    state: (await engineNamed(record.engine).isRunning(machine)) ? 'running' : 'stopped',
  }
}

function validate({ name, suite = defaultSuite }: SandboxSpec) {
  if (!/^[a-zA-Z0-9][\w.-]{0,40}$/.test(name)) {
    throw new SandboxError(
      `${JSON.stringify(name)} cannot be a sandbox's name: letters, digits, ".", "_" and "-"`,
    )
  }
  if (!suites.includes(suite)) {
    throw new SandboxError(`The sandbox ${name} wants ${suite}; there are ${suites.join(' and ')}`)
  }
}

function locked<T>(id: string, work: () => Promise<T>) {
  return withLock(id, work)
}
