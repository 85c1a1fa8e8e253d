import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gatewayOf, hardwareAddress } from './address.ts'
import type { Engine, Machine } from './engine.ts'
import { bridgeName, linkName, raiseNetwork, removeNetwork } from './network.ts'
import { installMissing, missingPackages } from './packages.ts'
import { attempt, hasProgram, identify, isAlive, run, searchPath, type ProcessId } from './process.ts'
import { cachedRoot, purgeRoots } from './root-cache.ts'
import { asRoot, canBeRoot } from './root.ts'
import { SandboxError } from './types.ts'

const bootTimeout = 120_000

/** Machines under systemd-nspawn, each kept by a process of its own (machine.sh) that outlives this one. */
export const nspawn: Engine = {
  name: 'nspawn',

  async obstacle() {
    if (process.platform !== 'linux') return `needs Linux; this is ${process.platform}`
    if (!(await canBeRoot())) return 'needs root, or sudo without a password'
    const missing = await missingPackages()
    if (missing.length === 0 || (await hasProgram('apt-get'))) return undefined
    return `lacks the programs of these Debian packages: ${missing.join(', ')}`
  },

  async prepare(suite, progress) {
    await installMissing(progress)
    return cachedRoot(suite, progress)
  },

  raiseNetwork,
  removeNetwork,

  async start(machine) {
    const { folder, record, network, project } = machine
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of ['keeper', 'nspawn.pid']) await rm(join(folder, name), { force: true })
    const place = [record.base!, folder, record.machine]
    const net = [
      bridgeName(project),
      hardwareAddress(record.address),
      `${record.address}/24`,
      gatewayOf(network),
    ]
    const keeper = await keep(machineScript('run', machine, [...place, ...net]), join(folder, 'console.log'))
    while ((await keeperOf(machine)) === undefined) {
      if (keeper.exitCode !== null) throw await failure(machine)
      await sleep(5)
    }
  },

  async isRunning(machine) {
    const keeper = await keeperOf(machine)
    return keeper !== undefined && isAlive(keeper)
  },

  async booted(machine) {
    for (const end = Date.now() + bootTimeout; Date.now() < end; await sleep(50)) {
      const leader = await leaderOf(machine)
      const state = leader && (await inside(leader, ['systemctl', 'is-system-running', '--wait']))
      // degraded: the boot is over and a unit failed; other answers come before systemd can be asked
      if (/^(running|degraded)$/.test(state ?? '')) return
      if (!(await nspawn.isRunning(machine))) throw await failure(machine)
    }
    throw await failure(machine)
  },

  async reboot(machine) {
    const leader = await leaderOf(machine)
    if (leader === undefined) throw await failure(machine)
    await inside(leader, ['systemctl', 'reboot'])
    while (isAlive(leader)) await sleep(20)
  },

  async stop(machine) {
    const keeper = await keeperOf(machine)
    if (keeper !== undefined && isAlive(keeper)) {
      await attempt(asRoot(['kill', '-TERM', String(keeper.pid)]))
      for (let waited = 0; isAlive(keeper); waited += 20) {
        if (waited === 10_000) await attempt(asRoot(['kill', '-KILL', String(keeper.pid)]))
        await sleep(20)
      }
    }
    await run(machineScript('clean', machine))
  },

  async erase({ folder }) {
    const parts = ['root', 'upper', 'work', 'seeded', 'copied'].map((name) => join(folder, name))
    await run(asRoot(['rm', '-rf', ...parts]))
  },

  async copy(from, to) {
    await mkdir(to.folder, { recursive: true, mode: 0o700 })
    const script = ['sh', '-euc', copyScript, 'sh', from.record.machine, from.folder, to.folder]
    const keeper = await keeperOf(from)
    // the control groups may be mounted in the keeper's mount namespace only
    const namespace = keeper && isAlive(keeper) ? ['nsenter', '--mount', '--target', String(keeper.pid)] : []
    await run(asRoot([...namespace, ...script]))
  },

  purge: purgeRoots,
}

/** Copies what a machine has written while its processes stand still. Where it does not run there is nothing to stop. */
const copyScript = `
  freezer=/sys/fs/cgroup/$1/cgroup.freeze from=$2 to=$3
  [ -e "$from/copied" ] && parts='root copied' || parts=upper
  if [ -e "$freezer" ]; then
    trap 'echo 0 > "$freezer"' EXIT
    echo 1 > "$freezer"
  fi
  for part in $parts seeded; do
    [ ! -e "$from/$part" ] || cp -a --reflink=auto "$from/$part" "$to/"
  done`

function machineScript(action: 'run' | 'clean', { project, record }: Machine, rest: string[] = []) {
  const script = join(import.meta.dirname, 'machine.sh')
  const namespace = ['unshare', '--mount', '--propagation', 'private']
  return asRoot([
    ...namespace,
    'sh',
    script,
    action,
    record.machine,
    linkName(project, record.address),
    ...rest,
  ])
}

/** Starts a command that goes on when we end. */
async function keep([command, ...rest]: string[], logFile: string) {
  const log = await open(logFile, 'w', 0o600)
  const child = spawn(command!, rest, {
    detached: true,
    cwd: '/',
    env: { ...process.env, PATH: searchPath() },
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await log.close()
  return child
}

/** The process of machine.sh, as it has written itself down. */
async function keeperOf({ folder }: Machine): Promise<ProcessId | undefined> {
  const [pid, startTime] = (await readText(join(folder, 'keeper'))).trim().split(' ')
  return startTime === undefined ? undefined : { pid: Number(pid), startTime }
}

/** The machine's first process, seen from outside, once it is systemd and no longer nspawn preparing it. */
async function leaderOf({ folder }: Machine): Promise<ProcessId | undefined> {
  const number = (await readText(join(folder, 'nspawn.pid'))).trim()
  const children = await readText(`/proc/${number}/task/${number}/children`)
  for (const child of children.split(' ').filter(Boolean)) {
    const program = (await readText(`/proc/${child}/comm`)).trim()
    if (program === 'systemd' || program === 'init') return identify(Number(child))
  }
  return undefined
}

/** What a command prints that runs in a machine. */
async function inside(leader: ProcessId, argv: string[]) {
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root']
  const command = asRoot(['nsenter', '--target', String(leader.pid), ...namespaces, ...argv])
  return (await attempt(command, { timeout: bootTimeout })).stdout.trim()
}

async function failure({ folder, record }: Machine) {
  const lines = (await readText(join(folder, 'console.log'))).trim().split('\n').slice(-15).join('\n')
  return new SandboxError(`The sandbox ${record.name} does not run. The end of its console:\n${lines}`)
}

async function readText(file: string) {
  return readFile(file, 'utf8').catch(() => '')
}
