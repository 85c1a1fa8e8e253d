import type { Engine, EngineName } from './engine.ts'
import { nspawn } from './nspawn.ts'
import { missingPackages } from './packages.ts'
import { attempt, hasProgram } from './process.ts'
import { canBeRoot } from './root.ts'
import { SandboxError } from './types.ts'

const engines: Record<EngineName, Engine> = {
  nspawn,
  docker: nspawn,
  podman: nspawn,
}

export function engineNamed(name: EngineName): Engine {
  return engines[name]
}

/**
 * The first engine that can work here: systemd-nspawn for root on Linux (its missing Debian packages are installed
 * when it starts), then docker, then podman. A SandboxError that lists what each lacks when none can.
 */
export async function chooseEngine(): Promise<Engine> {
  const reasons = {
    'systemd-nspawn': await obstacleToNspawn(),
    docker: await obstacleTo('docker'),
    podman: await obstacleTo('podman'),
  }
  if (reasons['systemd-nspawn'] === undefined) return nspawn
  if (reasons.docker === undefined) return engines.docker
  if (reasons.podman === undefined) return engines.podman
  const list = Object.entries(reasons).map(([name, reason]) => `  ${name}: ${reason}`)
  throw new SandboxError(
    `A sandbox needs one of these, and none can be used here:\n${list.join('\n')}\n` +
      'Or name a real machine: replace `sandbox:` in the inventory with `ansible_host:`.',
  )
}

async function obstacleToNspawn() {
  if (process.platform !== 'linux') return `needs Linux; this is ${process.platform}`
  if (!(await canBeRoot())) return 'needs root, or sudo without a password'
  const missing = await missingPackages()
  if (missing.length > 0 && !(await hasProgram('apt-get'))) {
    return `needs the programs of these Debian packages: ${missing.join(', ')}`
  }
  return undefined
}

async function obstacleTo(name: 'docker' | 'podman') {
  if (!(await hasProgram(name))) return 'not installed'
  const { status, stderr } = await attempt([name, 'info', '--format', '{{.ID}}'])
  return status === 0 ? undefined : `installed, but not working: ${stderr.trim().split('\n').at(-1)}`
}
