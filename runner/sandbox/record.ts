import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostFolder, projectFolder, stateFolder } from './paths.ts'
import type { EngineName, Suite } from './types.ts'

/** What is written down of a machine, in its folder as `host.json`. */
export interface HostRecord {
  name: string
  suite: Suite
  engine: EngineName
  /** A name no other project's machine has: for processes, containers, control groups. */
  machine: string
  address: string
  port: number
  user: string
  /** `type base64`, one a key. */
  hostKeys: string[]
  /** The root file system it stands on, as its engine names it; none before the first boot. */
  base?: string
  /** Seen with ssh answering and systemd up. */
  ready: boolean
}

/** What is written down of a project, in its folder as `project.json`. */
export interface ProjectRecord {
  directory: string
  /** The first three numbers of its 256 addresses, `10.213.7`. */
  network: string
}

export function readHost(project: string, name: string): HostRecord | undefined {
  return readJson(join(hostFolder(project, name), 'host.json')) as HostRecord | undefined
}

export async function writeHost(project: string, record: HostRecord) {
  await writeJson(join(hostFolder(project, record.name), 'host.json'), record)
}

/** All of a project's machines, by name. */
export async function readHosts(project: string): Promise<HostRecord[]> {
  const names = await entries(join(projectFolder(project), 'hosts'))
  return names.toSorted().flatMap((name) => readHost(project, name) ?? [])
}

export function readProject(project: string): ProjectRecord | undefined {
  return readJson(join(projectFolder(project), 'project.json')) as ProjectRecord | undefined
}

export async function writeProject(project: string, record: ProjectRecord) {
  await writeJson(join(projectFolder(project), 'project.json'), record)
}

/** The projects that have sandboxes on this machine. */
export async function readProjects(): Promise<Map<string, ProjectRecord>> {
  const ids = (await entries(stateFolder())).filter((name) => /^[0-9a-f]{6}$/.test(name))
  const projects = ids.map((id) => [id, readProject(id)] as const)
  return new Map(projects.flatMap(([id, record]) => (record ? [[id, record] as const] : [])))
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written beside and renamed, so that a reader without a lock never sees half a file. */
async function writeJson(file: string, value: unknown) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 })
  await rename(draft, file)
}

async function entries(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
