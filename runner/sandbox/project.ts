import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { chooseNetwork } from './address.ts'
import { engineNamed } from './choose-engine.ts'
import { withLock } from './lock.ts'
import { projectFolder, stateFolder } from './paths.ts'
import { readHosts, readProject, readProjects, writeProject } from './record.ts'
import type { EngineName } from './types.ts'

/** The project's network, chosen when it has none yet. */
export async function projectNetwork(id: string, directory: string): Promise<string> {
  const known = readProject(id)
  if (known !== undefined) return known.network
  return withNetworkLock(async () => {
    const others = [...(await readProjects()).values()].map((project) => project.network)
    const network = await chooseNetwork(id, others)
    await writeProject(id, { directory, network })
    return network
  })
}

/** Removes what a project without machines still has: its network, its keys, its folder. */
export async function removeProject(id: string, engines: Iterable<EngineName>) {
  await withNetworkLock(async () => {
    const last = (await readProjects()).size === 1
    for (const name of new Set(engines)) await engineNamed(name).removeNetwork(id, last)
    await rm(projectFolder(id), { recursive: true })
    // ours, when they are empty
    await rmdir(stateFolder())
      .then(async () => rmdir(dirname(stateFolder())))
      .catch(() => {})
  })
}

/** The bases that machines of any project stand on. */
export async function basesInUse(): Promise<string[]> {
  const hosts = await Promise.all([...(await readProjects()).keys()].map(readHosts))
  return hosts.flat().flatMap(({ base }) => base ?? [])
}

/** No two processes change this machine's network at once, for whatever project. */
export function withNetworkLock<T>(work: () => Promise<T>): Promise<T> {
  return withLock('network', work)
}
