import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { engineNamed } from './choose-engine.ts'
import type { Engine, Machine } from './engine.ts'
import { withLock } from './lock.ts'
import {
  bringUp,
  describe,
  existingMachine,
  placeMachine,
  removeMachine,
  validate,
  wantedMachine,
} from './machine.ts'
import { hostFolder, projectId } from './paths.ts'
import { basesInUse, removeProject } from './project.ts'
import { readHost, readHosts, readProject, writeHost } from './record.ts'
import {
  engineNames,
  SandboxError,
  type SandboxHost,
  type SandboxOptions,
  type SandboxSpec,
} from './types.ts'

export { defaultSuite, engineNames, SandboxError, suites } from './types.ts'
export type { EngineName, Progress, SandboxHost, SandboxOptions, SandboxSpec, Suite } from './types.ts'

/**
 * Brings machines up: made when they do not exist, booted when they do not run, left alone when they do (which costs
 * a few file reads). Returns when all of them have booted and answer to SSH, in the order asked for.
 */
export async function up(specs: SandboxSpec[], options: SandboxOptions = {}): Promise<SandboxHost[]> {
  for (const spec of specs) validate(spec)
  const id = projectId(options.directory)
  const present = await Promise.all(specs.map(async (spec) => readyHost(id, spec, options)))
  if (present.every((host) => host !== undefined)) return present
  return withLock(id, async () => {
    const machines: Machine[] = []
    for (const spec of specs) machines.push(await wantedMachine(id, spec, options))
    await all(machines.map(bringUp))
    return Promise.all(machines.map(describe))
  })
}

/** The machine of that name if there is one, whether it runs or not. Boots nothing. */
export async function find(name: string, options: SandboxOptions = {}): Promise<SandboxHost | undefined> {
  const id = projectId(options.directory)
  return readHost(id, name) && describe(existingMachine(id, name, options))
}

/** All machines of the project, by name. */
export async function list(options: SandboxOptions = {}): Promise<SandboxHost[]> {
  const id = projectId(options.directory)
  const records = await readHosts(id)
  return Promise.all(records.map(async ({ name }) => describe(existingMachine(id, name, options))))
}

/**
 * Removes machines, all of the project's when none are named, with everything that was made for them. Only the cached
 * root file systems stay (see `purgeCache`). Gives the names of those removed.
 */
export async function down(names?: string[], options: SandboxOptions = {}): Promise<string[]> {
  const id = projectId(options.directory)
  if (readProject(id) === undefined) return []
  return withLock(id, async () => {
    const records = await readHosts(id)
    const doomed = records.filter((record) => names?.includes(record.name) ?? true)
    await all(doomed.map(async ({ name }) => removeMachine(existingMachine(id, name, options))))
    if (doomed.length === records.length) {
      await removeProject(
        id,
        records.map((record) => record.engine),
      )
    }
    return doomed.map((record) => record.name)
  })
}

/** Makes a machine as new: a bare file system, the same address and the same host keys. */
export async function reset(name: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  return changed(name, options, async (machine, engine) => {
    await engine.stop(machine)
    await engine.erase(machine)
    delete machine.record.base
  })
}

/** Boots a machine anew from within, as an administrator would, and returns when it answers again. */
export async function reboot(name: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  return changed(name, options, async (machine, engine) => {
    if (await engine.isRunning(machine)) await engine.reboot(machine)
  })
}

/**
 * Makes a machine `to` with the files that `from` has now, and boots it. It has the same name for itself and the same
 * host keys, and an address of its own. A SandboxError where there is a `to` already.
 */
export async function copy(from: string, to: string, options: SandboxOptions = {}): Promise<SandboxHost> {
  validate({ name: to })
  const id = projectId(options.directory)
  return withLock(id, async () => {
    const source = existingMachine(id, from, options)
    if (readHost(id, to) !== undefined) throw new SandboxError(`There is a sandbox ${to} already`)
    const { suite, engine, hostKeys, base } = source.record
    await copySeed(source.folder, hostFolder(id, to))
    await placeMachine(id, { name: to, suite, engine, hostKeys, base }, options)
    const target = existingMachine(id, to, options)
    await engineNamed(engine).copy(source, target)
    await bringUp(target)
    return describe(target)
  })
}

/** Removes the cached root file systems that no machine of any project stands on. */
export async function purgeCache() {
  const keep = await basesInUse()
  for (const engine of engineNames.map(engineNamed)) {
    if ((await engine.obstacle()) === undefined) await engine.purge(keep)
  }
}

async function changed(
  name: string,
  options: SandboxOptions,
  change: (machine: Machine, engine: Engine) => Promise<void>,
) {
  const id = projectId(options.directory)
  return withLock(id, async () => {
    const machine = existingMachine(id, name, options)
    machine.record.ready = false
    await writeHost(id, machine.record)
    await change(machine, engineNamed(machine.record.engine))
    await bringUp(machine)
    return describe(machine)
  })
}

async function readyHost(id: string, spec: SandboxSpec, options: SandboxOptions) {
  const record = readHost(id, spec.name)
  if (!record?.ready || (spec.suite ?? record.suite) !== record.suite) return undefined
  const host = await describe(existingMachine(id, spec.name, options))
  return host.state === 'running' ? host : undefined
}

async function copySeed(from: string, to: string) {
  await mkdir(join(to, 'seed'), { recursive: true, mode: 0o700 })
  const names = await readdir(join(from, 'seed'))
  await Promise.all(names.map(async (name) => copyFile(join(from, 'seed', name), join(to, 'seed', name))))
}

/** Waits for all of them, then throws the first error: what is under way goes on under the lock. */
async function all(work: Promise<unknown>[]) {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'rejected') throw result.reason
  }
}
