import { container } from './container.ts'
import type { Engine } from './engine.ts'
import { nspawn } from './nspawn.ts'
import { engineNames, SandboxError, type EngineName } from './types.ts'

const engines: Record<EngineName, Engine> = {
  nspawn,
  docker: container('docker'),
  podman: container('podman'),
}

export function engineNamed(name: EngineName): Engine {
  return engines[name]
}

/**
 * The first of the engines that can work here: systemd-nspawn for root on Linux (its missing Debian packages are
 * installed when it is used), then docker, then podman. A SandboxError that says what each lacks when none can.
 */
export async function chooseEngine(candidates: readonly EngineName[] = engineNames): Promise<Engine> {
  const obstacles: string[] = []
  for (const name of candidates) {
    const obstacle = await engines[name].obstacle()
    if (obstacle === undefined) return engines[name]
    obstacles.push(`  ${name}: ${obstacle}`)
  }
  throw new SandboxError(
    `A sandbox needs one of these, and none can be used here:\n${obstacles.join('\n')}\n` +
      'Or name a real machine: replace `sandbox:` in the inventory with `ansible_host:`.',
  )
}
