import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  copy,
  down,
  find,
  list,
  reboot,
  reset,
  suites,
  up,
  type SandboxHost,
  type SandboxOptions,
} from '../../runner/sandbox/index.ts'
import { hostFolder, projectId } from '../../runner/sandbox/paths.ts'
import { ssh } from './ssh.ts'
import { traces } from './traces.ts'

const options: SandboxOptions = { progress: (message) => process.stderr.write(`sandbox: ${message}\n`) }
const specs = suites.map((suite) => ({ name: `host-${suite}`, suite }))
let hosts: SandboxHost[] = []
let before: Record<string, string[]> = {}

beforeAll(async () => {
  options.directory = await mkdtemp(join(tmpdir(), 'project-'))
  // what is installed and built the first time is meant to stay
  await up(specs, options)
  await down(undefined, options)
  before = await traces(projectId(options.directory))
  hosts = await up(specs, options)
})

afterAll(async () => {
  await down(undefined, options)
  await rm(options.directory!, { recursive: true })
})

describe.each(specs)('a $suite sandbox', ({ name, suite }) => {
  const host = () => hosts.find((candidate) => candidate.name === name)!
  const say = async (command: string) => ssh(host(), command)

  test('is that release of Debian, booted without a failed unit', async () => {
    expect(host()).toMatchObject({ name, suite, state: 'running', port: 22, user: 'debian' })
    expect(await say('. /etc/os-release; echo $VERSION_CODENAME')).toBe(suite)
    expect(await say('systemctl is-system-running --wait')).toBe('running')
    expect(await say('systemctl is-active multi-user.target ssh.service dbus.service')).toBe(
      'active\nactive\nactive',
    )
  })

  test('is bare: no Python, no services but its own, no package lists', async () => {
    expect(await say('command -v python3 ansible cron logrotate ufw nginx curl node || true')).toBe('')
    expect(await say('ls -A /var/lib/apt/lists | grep -v -e lock -e partial || true')).toBe('')
    expect(await say('hostname; cat /etc/hostname')).toBe(`${name}\n${name}`)
  })

  test('can be entered by the key as a user with sudo and as root, and by no other way', async () => {
    expect(await say('id -un; sudo -n id -un')).toBe('debian\nroot')
    expect(await ssh(host(), 'id -un', 'root')).toBe('root')
    expect(await say("sudo grep -cE '^(root|debian):[$]' /etc/shadow || true")).toBe('0')
  })

  test('reaches the package mirror', async () => {
    await say('sudo apt-get -qq update')
    await say('sudo DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes tree')
    expect(await say('tree --version')).toMatch(/^tree v/)
  })

  test('is reached by the others', async () => {
    const others = hosts.filter((other) => other !== host())
    for (const other of others) {
      const banner = `timeout 5 bash -c 'head -n 1 </dev/tcp/${host().address}/22'`
      expect(await ssh(other, banner)).toMatch(/^SSH-2\.0-OpenSSH/)
    }
  })

  test('lets its name, time zone and network settings be changed', async () => {
    await say('sudo hostnamectl set-hostname renamed && sudo timedatectl set-timezone Asia/Tokyo')
    await say('sudo sysctl -q -w net.ipv4.conf.all.log_martians=1')
    expect(await say('hostname; date +%Z; cat /proc/sys/net/ipv4/conf/all/log_martians')).toBe(
      'renamed\nJST\n1',
    )
  })

  test('runs hardened services', async () => {
    const hardening = [
      'DynamicUser=yes ProtectSystem=strict ProtectHome=yes PrivateTmp=yes PrivateDevices=yes NoNewPrivileges=yes',
      'ProtectKernelTunables=yes ProtectControlGroups=yes RestrictNamespaces=yes SystemCallFilter=@system-service',
    ]
    const properties = hardening
      .join(' ')
      .split(' ')
      .map((property) => `-p ${property}`)
      .join(' ')
    expect(
      await say(`sudo systemd-run --quiet --wait --pipe ${properties} sh -c 'touch /etc/x || id -u'`),
    ).toMatch(/^6\d{4}$/)
  })

  test('has a firewall that a reboot does not end', { timeout: 120_000 }, async () => {
    await say('sudo DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes ufw')
    await say('sudo ufw allow 22/tcp && sudo ufw --force enable')
    const other = hosts.find((candidate) => candidate !== host())!
    const boot = await say('cat /proc/sys/kernel/random/boot_id')
    const after = await reboot(name, options)
    expect(after).toEqual(host())
    expect(await say('cat /proc/sys/kernel/random/boot_id')).not.toBe(boot)
    expect(await say('sudo ufw status')).toMatch(/^Status: active/)
    const refused = `timeout 2 bash -c 'exec 3<>/dev/tcp/${host().address}/81' 2>/dev/null; echo $?`
    expect(await ssh(other, refused)).toBe('124')
    expect(
      await say('hostname; cat /proc/sys/net/ipv4/conf/all/log_martians; tree --version | head -c 4'),
    ).toBe('renamed\n0\ntree')
  })

  test('is bare again after a reset, at the same address with the same keys', async () => {
    const start = Date.now()
    expect(await reset(name, options)).toEqual(host())
    expect(Date.now() - start).toBeLessThan(10_000)
    expect(await say('hostname; command -v tree ufw || true')).toBe(name)
    expect(await say('sudo nft list ruleset 2>&1 || true')).not.toContain('ufw')
  })
})

test('a sandbox that is up is found at once', async () => {
  const start = performance.now()
  expect(await up(specs, options)).toEqual(hosts)
  expect(performance.now() - start).toBeLessThan(100)
  expect(await find(specs[0]!.name, options)).toEqual(hosts[0])
  expect(await list(options)).toEqual(hosts)
})

test('a sandbox is not booted as something that it is not', async () => {
  await expect(up([{ name: specs[0]!.name, suite: specs[1]!.suite }], options)).rejects.toThrow(
    /host-bookworm is bookworm, not trixie; `play sandbox down host-bookworm` removes it/,
  )
})

test('a copy has the files of the original and goes its own way', async () => {
  const original = hosts[1]!
  await ssh(original, 'echo before | sudo tee /srv/note')
  const twin = await copy(original.name, 'twin', options)
  expect(twin.address).not.toBe(original.address)
  await ssh(twin, 'echo after | sudo tee /srv/note')
  expect(await ssh(original, 'cat /srv/note')).toBe('before')
  expect(await ssh(twin, 'cat /srv/note; hostname; sudo -n id -un')).toBe(`after\n${original.name}\nroot`)
  await expect(copy(original.name, 'twin', options)).rejects.toThrow('There is a sandbox twin already')
  expect(await down(['twin'], options)).toEqual(['twin'])
})

test('two processes that want the same sandbox at once get the same one', async () => {
  const module = join(import.meta.dirname, '../../runner/sandbox/index.ts')
  const program = `
    import { up } from ${JSON.stringify(module)}
    const [host] = await up([{ name: 'shared' }], { directory: process.argv[1] })
    console.log(JSON.stringify(host))`
  const [first, second] = await Promise.all([
    node(program, options.directory!),
    node(program, options.directory!),
  ])
  expect(JSON.parse(first)).toEqual(await find('shared', options))
  expect(second).toBe(first)
  await down(['shared'], options)
})

test('a sandbox that was switched off from within boots again, with its files', async () => {
  const { name } = hosts[0]!
  await ssh(hosts[0]!, 'sudo touch /srv/kept; sudo systemctl poweroff').catch(() => {})
  while ((await find(name, options))!.state === 'running') await sleep(50)
  await up(specs, options)
  expect(await ssh(hosts[0]!, 'ls /srv')).toBe('kept')
})

test('a sandbox whose keeper was killed boots again, and its old processes are gone', async () => {
  const id = projectId(options.directory)
  const { name } = hosts[0]!
  const keeper = await readFile(join(hostFolder(id, name), 'keeper'), 'utf8')
  process.kill(Number(keeper.split(' ')[0]), 'SIGKILL')
  await sleep(100)
  expect((await find(name, options))!.state).toBe('stopped')
  await up(specs, options)
  const { processes } = await traces(id)
  expect(processes!.filter((text) => text.includes(`--machine=rehearsal-${id}-${name}`))).toHaveLength(1)
})

test('down leaves nothing', async () => {
  const id = projectId(options.directory)
  expect(Object.keys(before)).toHaveLength(9)
  expect(await traces(id)).not.toEqual(before)
  expect(await down(undefined, options)).toEqual(specs.map(({ name }) => name))
  expect(await traces(id)).toEqual(before)
  expect(await list(options)).toEqual([])
})

async function node(program: string, argument: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()))
  await once(child, 'close')
  return printed.trim()
}
