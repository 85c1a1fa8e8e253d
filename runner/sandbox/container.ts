import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gatewayOf, hardwareAddress } from './address.ts'
import { packages, readRecipe, withConfiguration } from './bare-debian.ts'
import type { Engine, Machine } from './engine.ts'
import { withLock } from './lock.ts'
import { attempt, hasProgram, run } from './process.ts'
import { SandboxError } from './types.ts'

const bootTimeout = 120_000
const image = 'rehearsal-sandbox'
const folder = import.meta.dirname

/** Machines as privileged containers with systemd inside, for where systemd-nspawn cannot run. */
export function container(program: 'docker' | 'podman'): Engine {
  const call = async (...argv: string[]) => (await run([program, ...argv])).trim()
  const inspect = async ({ record }: Machine, format: string) =>
    (await attempt([program, 'container', 'inspect', '--format', format, record.machine])).stdout.trim()

  return {
    name: program,

    async obstacle() {
      if (process.platform !== 'linux') return `its containers can be reached by address on Linux only`
      if (!(await hasProgram(program))) return 'not installed'
      const { status, stderr } = await attempt([program, 'ps', '--quiet'])
      return status === 0 ? undefined : `does not work: ${stderr.trim().split('\n').at(-1)}`
    },

    async prepare(suite, progress) {
      const recipe = await readRecipe(suite)
      const tag = `${image}:${recipe.name}`
      const isThere = async () => (await attempt([program, 'image', 'inspect', tag])).status === 0
      await withLock(suite, async () => {
        if (await isThere()) return
        progress(`building the ${suite} image with ${program} (once, about a minute)`)
        await withConfiguration(recipe, async (context) => {
          for (const name of ['boot.sh', 'identity.sh'])
            await copyFile(join(folder, name), join(context, name))
          await writeFile(join(context, 'Dockerfile'), dockerfile(suite))
          await call('build', '--quiet', '--tag', tag, context)
        })
      })
      return tag
    },

    async raiseNetwork(project, network) {
      const name = networkName(project)
      if ((await attempt([program, 'network', 'inspect', name])).status === 0) return
      await call('network', 'create', '--subnet', `${network}.0/24`, '--gateway', gatewayOf(network), name)
    },

    async removeNetwork(project) {
      await attempt([program, 'network', 'rm', networkName(project)])
    },

    async start(machine) {
      if (await inspect(machine, '{{.Id}}')) await call('start', machine.record.machine)
      else await call('run', '--detach', ...runArguments(machine, program))
    },

    async isRunning(machine) {
      return (await inspect(machine, '{{.State.Running}}')) === 'true'
    },

    async booted(machine) {
      const { machine: name } = machine.record
      const question = [program, 'exec', name, 'systemctl', 'is-system-running', '--wait']
      for (const end = Date.now() + bootTimeout; Date.now() < end; await sleep(100)) {
        const { stdout } = await attempt(question, { timeout: bootTimeout })
        if (/^(running|degraded)$/.test(stdout.trim())) return
      }
      const { stdout, stderr } = await attempt([program, 'logs', '--tail', '15', name])
      throw new SandboxError(`The sandbox ${machine.record.name} does not run:\n${stdout}${stderr}`)
    },

    async reboot(machine) {
      const started = await inspect(machine, '{{.State.StartedAt}}')
      await attempt([program, 'exec', machine.record.machine, 'systemctl', 'reboot'])
      while ((await inspect(machine, '{{.State.StartedAt}}')) === started) await sleep(50)
    },

    async stop({ record }) {
      await attempt([program, 'kill', record.machine])
    },

    async erase({ record }) {
      await attempt([program, 'rm', '--force', '--volumes', record.machine])
      await attempt([program, 'image', 'rm', '--force', `${image}:${record.machine}`])
    },

    async copy(from, to) {
      const tag = `${image}:${to.record.machine}`
      await call('commit', '--pause', from.record.machine, tag)
      await call('create', ...runArguments({ ...to, record: { ...to.record, base: tag } }, program))
    },

    async purge(keep) {
      const tags = (await attempt([program, 'images', '--format', '{{.Repository}}:{{.Tag}}', image])).stdout
      const names = tags.split('\n').map((tag) => tag.replace(/^localhost\//, ''))
      for (const tag of names.filter((name) => name && !keep.includes(name))) {
        // without force: an image is kept that a copied machine stands on
        await attempt([program, 'image', 'rm', tag])
      }
    },
  }
}

function networkName(project: string) {
  return `rehearsal-${project}`
}

/** `on-failure` boots a machine again that has rebooted, and leaves one alone that was stopped. */
function runArguments({ record, project, folder }: Machine, program: 'docker' | 'podman') {
  const options: Record<string, string> = {
    name: record.machine,
    cgroupns: 'private',
    restart: 'on-failure',
    network: networkName(project),
    ip: record.address,
    'mac-address': hardwareAddress(record.address),
    'stop-signal': 'SIGRTMIN+3',
    volume: `${join(folder, 'seed')}:/mnt/seed:ro`,
    ...(program === 'podman' && { systemd: 'always' }),
  }
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  return ['--privileged', '--tmpfs=/run', '--tmpfs=/run/lock', ...words, record.base!]
}

function dockerfile(suite: string) {
  return `
FROM debian:${suite}
COPY . /tmp/build
RUN cp /tmp/build/apt.conf /etc/apt/apt.conf.d/90control-machine \\
 && apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages.join(' ')} \\
 && apt-get clean \\
 && sh /tmp/build/build.sh / /tmp/build \\
 && install -D /tmp/build/boot.sh /usr/local/lib/sandbox/boot.sh \\
 && install -D /tmp/build/identity.sh /usr/local/lib/sandbox/identity.sh \\
 && rm -rf /tmp/build
STOPSIGNAL SIGRTMIN+3
CMD ["/bin/sh", "/usr/local/lib/sandbox/boot.sh"]
`
}
