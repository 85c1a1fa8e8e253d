import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gatewayOf } from './address.ts'
import { baseRoot } from './base.ts'
import type { Engine, Machine } from './engine.ts'
import { bridgeName, linkName, raiseNetwork, removeNetwork } from './network.ts'
import { installPackages, missingPackages } from './packages.ts'
import { attempt, identify, isAlive, run, type ProcessId } from './process.ts'
import { asRoot } from './root.ts'
import { SandboxError } from './types.ts'

/** What is kept of a started machine: the process of machine.sh, and the root file system it stands on. */
interface Handle {
  keeper: ProcessId
  base: string
}

/** Machines under systemd-nspawn, each kept by a process of its own (machine.sh) that outlives this one. */
export const nspawn: Engine = {
  name: 'nspawn',

  async start(machine) {
    const { folder, record, network, project } = machine
    await installPackages(await missingPackages(), machine.progress)
    // the upper layer of an overlay fits the root file system it was begun on, and no other
    const base = handleOf(machine)?.base ?? (await baseRoot(record.suite, machine.progress))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const log = await open(join(folder, 'console.log'), 'w', 0o600)
    const command = asRoot([
      ...['unshare', '--mount', '--propagation', 'private', 'sh', join(import.meta.dirname, 'machine.sh')],
      ...[base, folder, record.machine, bridgeName(project), linkName(project, record.address)],
      ...[`${record.address}/24`, gatewayOf(network), record.machine],
    ])
    const keeper = spawn(command[0]!, command.slice(1), {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd],
    })
    await log.close()
    keeper.unref()
    const id = keeper.pid === undefined ? undefined : identify(keeper.pid)
    if (id === undefined) throw new SandboxError(`Could not start ${command.join(' ')}`)
    return { keeper: id, base } satisfies Handle
  },

  async isRunning(machine) {
    const handle = handleOf(machine)
    return handle !== undefined && isAlive(handle.keeper)
  },

  async booted(machine) {
    for (;;) {
      const leader = await leaderOf(machine)
      if (leader !== undefined) {
        const { stdout } = await inside(leader, ['systemctl', 'is-system-running', '--wait'])
        // degraded: the boot is over and a unit failed; other answers come before systemd can be asked
        if (/^(running|degraded)$/.test(stdout.trim())) return
      }
      if (!(await nspawn.isRunning(machine))) throw await failure(machine)
      await sleep(50)
    }
  },

  async stop(machine) {
    const handle = handleOf(machine)
    if (handle === undefined) return
    const leader = await leaderOf(machine)
    await attempt(asRoot(['kill', '-TERM', String(handle.keeper.pid)]))
    for (let waited = 0; isAlive(handle.keeper); waited += 20) {
      if (waited === 5000) await attempt(asRoot(['kill', '-KILL', String(handle.keeper.pid)]))
      await sleep(20)
    }
    if (leader !== undefined && isAlive(leader)) await attempt(asRoot(['kill', '-KILL', String(leader.pid)]))
  },

  async erase({ folder }) {
    await run(
      asRoot([
        'rm',
        '-rf',
        ...['root', 'upper', 'work', 'seeded', 'copied'].map((name) => join(folder, name)),
      ]),
    )
  },

  async reboot(machine) {
    const leader = await leaderOf(machine)
    if (leader === undefined) throw await failure(machine)
    await inside(leader, ['systemctl', 'reboot'])
    while (isAlive(leader)) await sleep(20)
  },

  async copy(from, to) {
    await mkdir(to.folder, { recursive: true, mode: 0o700 })
    const parts = ['upper', 'root', 'copied', 'seeded'].map((name) => join(from.folder, name))
    await run(asRoot(['sh', '-euc', copyScript, 'sh', to.folder, ...parts]))
  },

  raiseNetwork,
  removeNetwork,
}

const copyScript = 'to=$1; shift; for part; do [ ! -e "$part" ] || cp -a --reflink=auto "$part" "$to/"; done'

function handleOf(machine: Machine) {
  return machine.record.handle as Handle | undefined
}

/** The machine's first process, seen from outside, once it is systemd and no longer nspawn preparing it. */
async function leaderOf({ folder }: Machine): Promise<ProcessId | undefined> {
  const number = (await readText(join(folder, 'nspawn.pid'))).trim()
  const children = await readText(`/proc/${number}/task/${number}/children`)
  for (const child of children.trim().split(' ').filter(Boolean)) {
    const program = (await readText(`/proc/${child}/comm`)).trim()
    if (program === 'systemd' || program === 'init') return identify(Number(child))
  }
  return undefined
}

function inside(leader: ProcessId, argv: string[]) {
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root']
  return attempt(asRoot(['nsenter', '--target', String(leader.pid), ...namespaces, ...argv]))
}

async function failure({ folder, record }: Machine) {
  const log = await readText(join(folder, 'console.log'))
  const lines = log.trim().split('\n').slice(-15).join('\n')
  return new SandboxError(`The machine ${record.name} does not run. The end of its console:\n${lines}`)
}

async function readText(file: string) {
  return readFile(file, 'utf8').catch(() => '')
}
