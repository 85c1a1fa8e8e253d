import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { down, reset, type SandboxHost, up } from '../runner/sandbox/index.ts'

export const PROJECT = resolve(import.meta.dirname, '..')

/** Where a tool finds a host. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/**
 * Sandbox machines, and a directory with the project as every tool is given it. However many hosts are asked for, they
 * are so many names for this one machine: what it has to do is the same for all tools, and each name is a connection of
 * its own.
 */
export class Lab {
  readonly directory: string
  #machine: SandboxHost | undefined

  /** @param kept a directory that an earlier run has left, with its machine; a new one by default */
  constructor(kept?: string) {
    this.directory = kept ?? mkdtempSync(join(tmpdir(), 'bench-'))
    mkdirSync(this.directory, { recursive: true })
    if (this.prepared) return
    for (const folder of ['playbooks', 'roles']) {
      cpSync(join(PROJECT, folder), join(this.directory, folder), { recursive: true })
    }
    for (const folder of ['dist', 'node_modules'])
      symlinkSync(join(PROJECT, folder), join(this.directory, folder))
    // The only place where a host's name gets into a file; here all names are the same machine.
    const named = join(this.directory, 'roles/monitoring/templates/prometheus.yml.ejs')
    writeFileSync(named, readFileSync(named, 'utf8').replaceAll('inventory_hostname', "'bench'"))
  }

  /** Whether the machine has converged and everything for the other tools has been made of it. */
  get prepared(): boolean {
    return existsSync(join(this.directory, 'prepared'))
  }

  setPrepared(): void {
    writeFileSync(join(this.directory, 'prepared'), '')
  }

  get machine(): SandboxHost {
    if (!this.#machine) throw new Error('the machine is not up')
    return this.#machine
  }

  get endpoint(): Endpoint {
    return { host: this.machine.address, port: this.machine.port }
  }

  /** Boots the machine. */
  async up(): Promise<void> {
    const progress = (message: string) => process.stderr.write(`sandbox: ${message}\n`)
    const [machine] = await up([{ name: 'bench', suite: 'bookworm' }], {
      directory: this.directory,
      progress,
    })
    this.#machine = machine!
  }

  /** A second machine, as new; for Ansible with the Python that it needs there. */
  async bare({ python }: { readonly python: boolean }): Promise<Endpoint> {
    const options = { directory: this.directory }
    await up([{ name: 'bare', suite: 'bookworm' }], options)
    const { address, port } = await reset('bare', options)
    const endpoint = { host: address, port }
    if (python) await this.python(endpoint)
    return endpoint
  }

  async python(endpoint = this.endpoint): Promise<void> {
    const packages = 'python3 python3-apt'
    await this.ssh(`apt-get -q update && apt-get -q -y install --no-install-recommends ${packages}`, endpoint)
  }

  async down(): Promise<void> {
    await down(undefined, { directory: this.directory })
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Runs a command on a machine as root, past all tools. */
  async ssh(command: string, endpoint = this.endpoint): Promise<string> {
    const { stdout } = await promisify(execFile)('ssh', [...this.sshArguments(endpoint, 'root'), command], {
      maxBuffer: 2 ** 30,
    })
    return stdout
  }

  sshArguments({ host, port }: Endpoint, user = this.machine.user): string[] {
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
    ]
    return [
      '-F',
      'none',
      '-i',
      this.machine.privateKeyFile,
      '-p',
      String(port),
      ...options.flatMap((option) => ['-o', option]),
      `${user}@${host}`,
    ]
  }

  /** Writes an inventory of so many names for the machine and gives its path. */
  inventory(hosts: number, { host, port }: Endpoint): string {
    const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}`)
    const path = join(this.directory, `inventory-${hosts}-${port}.yml`)
    const vars = {
      ansible_host: host,
      ansible_port: port,
      ansible_user: this.machine.user,
      ansible_ssh_private_key_file: this.machine.privateKeyFile,
      ansible_host_key_checking: false,
      ansible_python_interpreter: '/usr/bin/python3',
      // Connections come quickly one after another, and from many names to one sshd.
      firewall_ssh_ports: [22],
      firewall_ssh_rule: 'allow',
      base_sshd_settings: { MaxStartups: '1000:30:1000' },
      // The names share one dpkg lock, which several upgrades at once would wait for.
      ...(hosts > 1 ? { base_upgrade: 'never' } : {}),
      app_release: 'bench',
      // All names are the same machine: it is its own and only upstream, and nobody's neighbour.
      nginx_upstream: [{ address: '127.0.0.1:5000' }],
      firewall_app_group: 'nobody',
      app_hosts: '{{ [inventory_hostname] }}',
    }
    const hostEntries = Object.fromEntries(names.map((name) => [name, {}]))
    writeFileSync(path, JSON.stringify({ all: { children: { web: { hosts: hostEntries, vars } } } }, null, 1))
    return path
  }
}
