import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { down, reboot, reset, type SandboxHost, type Suite, up } from '../../runner/sandbox/index.ts'

const PROJECT = resolve(import.meta.dirname, '../..')

export interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Real Debian machines of a test's own, and the program run against them as a user would run it. */
export class Machines {
  readonly directory: string
  #hosts: SandboxHost[] = []

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'hosts-'))
  }

  /** Boots machines, bare as they come. */
  async up(names: readonly string[], suite: Suite): Promise<void> {
    await this.upInGroups(
      { web: names },
      names.map((name) => ({ name, suite })),
    )
  }

  /** The same, of any suites and in any groups. */
  async upInGroups(
    groups: Readonly<Record<string, readonly string[]>>,
    machines: readonly { readonly name: string; readonly suite: Suite }[],
  ): Promise<void> {
    this.#hosts = await up([...machines], { directory: this.directory })
    const sandboxes = Object.fromEntries(machines.map(({ name, suite }) => [name, { sandbox: { suite } }]))
    const children = Object.entries(groups).map(([group, names]) => [
      group,
      { hosts: Object.fromEntries(names.map((name) => [name, {}])) },
    ])
    this.write(
      'inventory.yml',
      JSON.stringify({ all: { hosts: sandboxes, children: Object.fromEntries(children) } }),
    )
  }

  /** Writes a file beside the inventory: a playbook, variables. @returns its path */
  write(name: string, text: string): string {
    const path = join(this.directory, name)
    writeFileSync(path, text)
    return path
  }

  host(name: string): SandboxHost {
    const host = this.#hosts.find((each) => each.name === name)
    if (!host) throw new Error(`no machine ${name}`)
    return host
  }

  /** `play …` in the machines' own directory. */
  async play(...words: string[]): Promise<Run> {
    return this.#start(words).ended
  }

  /**
   * The same with something happening to it some time after it first said something, unless it has ended by then: a
   * signal, Ctrl-C for one, or anything else. `took`: milliseconds from then to its end.
   */
  async interrupted(
    milliseconds: number,
    by: NodeJS.Signals | (() => unknown),
    ...words: string[]
  ): Promise<Run & { readonly took?: number }> {
    const { child, ended } = this.#start(words)
    let timer: NodeJS.Timeout | undefined
    let since: number | undefined
    child.stdout?.once('data', () => {
      timer = setTimeout(() => {
        since = performance.now()
        if (typeof by === 'function') by()
        else child.kill(by)
      }, milliseconds)
    })
    const run = await ended.finally(() => clearTimeout(timer))
    return since === undefined ? run : { ...run, took: performance.now() - since }
  }

  #start(words: readonly string[]): { child: ChildProcess; ended: Promise<Run> } {
    const child = spawn(
      process.execPath,
      [join(PROJECT, 'runner/cli.ts'), '-i', join(this.directory, 'inventory.yml'), ...words],
      {
        cwd: this.directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const text = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()))
    const ended = new Promise<Run>((done) =>
      child.on('close', (code) => done({ exitCode: code ?? -1, ...text })),
    )
    return { child, ended }
  }

  /** Runs a command on a machine as root, past the program under test. */
  ssh(name: string, command: string): Promise<string> {
    const shared = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${join(this.directory, 'c-%C')}`]
    return this.#ssh(name, command, [...shared, '-o', 'ControlPersist=20'])
  }

  /** The same over a connection of its own, also as somebody else. */
  fresh(name: string, command: string, who?: { user: string; key: string }): Promise<string> {
    return this.#ssh(name, command, [], who)
  }

  async #ssh(
    name: string,
    command: string,
    options: readonly string[],
    who?: { user: string; key: string },
  ): Promise<string> {
    const { address, port, privateKeyFile, hostKeys } = this.host(name)
    const known = join(this.directory, `known_hosts-${name}`)
    writeFileSync(known, `${hostKeys.join('\n')}\n`)
    const given = ['-i', who?.key ?? privateKeyFile, '-p', String(port), '-o', `UserKnownHostsFile=${known}`]
    const { stdout } = await promisify(execFile)(
      'ssh',
      [
        ...given,
        '-o',
        'BatchMode=yes',
        '-o',
        'LogLevel=ERROR',
        ...options,
        `${who?.user ?? 'root'}@${address}`,
        command,
      ],
      { maxBuffer: 256 * 1024 * 1024 },
    )
    return stdout
  }

  /**
   * All that a dry run must not change: every file with its attributes and times, packages, units, users. Left out is
   * what logging in writes by itself.
   */
  async snapshot(name: string): Promise<string> {
    return this.ssh(
      name,
      `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /var/log/journal -o -path /var/lib/systemd/timesync -o -path /var/lib/systemd/timers -o -path /root/.cache \\) -prune -o ` +
        `! -path /var/log/wtmp ! -path /var/log/btmp ! -path /var/log/lastlog ! -path '/var/lib/wtmpdb/*' ! -path '/var/lib/lastlog/*' ! -path /var/lib/systemd/random-seed -printf '%p %y %m %u:%g %s %T@ %l\\n' | sort
       dpkg-query -W; systemctl list-unit-files --no-legend --no-pager | grep -v ' transient '; getent passwd; getent group; ufw status 2>/dev/null; true`,
    )
  }

  async reboot(name: string): Promise<void> {
    await reboot(name, { directory: this.directory })
  }

  async reset(name: string): Promise<void> {
    await reset(name, { directory: this.directory })
  }

  async down(): Promise<void> {
    await down(undefined, { directory: this.directory })
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** The counters of a run's recap for a host. */
export function recap({ stdout }: Run, host: string): Record<string, number> {
  const line = stdout.split('\n').findLast((each) => each.startsWith(`${host} `) && each.includes('ok='))
  if (line === undefined) throw new Error(`no recap for ${host} in:\n${stdout}`)
  return Object.fromEntries(
    [...line.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name!, Number(count)]),
  )
}

/** The same counters of a run with `--json`. */
export function summary({ stdout }: Run, host: string): Record<string, number> {
  const last = stdout.trimEnd().split('\n').at(-1)!
  const { hosts } = JSON.parse(last) as { hosts: Record<string, Record<string, number>> }
  return hosts[host]!
}
