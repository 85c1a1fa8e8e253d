import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SshTarget } from '../../runner/transport/target.ts'

const SSHD = '/usr/sbin/sshd'

/** An SSH server of a test's own on loopback, to which the current user can log in with the key `id`. */
export class Sshd {
  readonly directory = mkdtempSync(join(tmpdir(), 'sshd-'))
  readonly user = userInfo().username
  port = 0
  #process: ChildProcess | undefined

  /** Starts with further lines of sshd_config; with the same keys when it is started again. */
  async start(...config: string[]): Promise<void> {
    this.#prepare()
    this.port ||= await freePort()
    const file = this.path('sshd_config')
    writeFileSync(file, [...config, ...this.#config(config)].join('\n'))
    this.#process = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    this.#process.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    for (let tries = 0; tries < 200; tries++) {
      if (this.#process.exitCode !== null) throw new Error(`sshd does not start: ${said}`)
      if (await answers(this.port)) return
      await sleep(20)
    }
    throw new Error(`sshd does not answer: ${said}`)
  }

  async stop(): Promise<void> {
    const server = this.#process
    this.#process = undefined
    if (!server || server.exitCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill()
    await ended
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.directory, { recursive: true })
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** Everything needed to log in, with the host's key pinned. */
  get target(): SshTarget {
    const { port, user } = this
    return {
      host: '127.0.0.1',
      port,
      user,
      privateKeyFile: this.path('id'),
      agent: false,
      hostKeys: [this.knownHost('ed25519')],
    }
  }

  /** A line for known_hosts. */
  knownHost(type: 'ed25519' | 'rsa'): string {
    const [keyType, key] = readFileSync(this.path(`host_${type}.pub`), 'utf8').split(' ')
    return `[127.0.0.1]:${this.port} ${keyType} ${key}`
  }

  makeKey(name: string, type = 'ed25519', passphrase = ''): void {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', this.path(name)])
  }

  authorize(...names: string[]): void {
    writeFileSync(
      this.path('authorized'),
      names.map((name) => readFileSync(this.path(`${name}.pub`), 'utf8')).join(''),
    )
  }

  #prepare(): void {
    if (existsSync(this.path('id'))) return
    if (!existsSync(SSHD)) installSshd()
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    this.makeKey('host_ed25519')
    this.makeKey('host_rsa', 'rsa')
    this.makeKey('id')
    this.authorize('id')
  }

  #config(given: string[]): string[] {
    const keys = given.some((line) => line.startsWith('HostKey ')) ? [] : ['ed25519', 'rsa']
    return [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      ...keys.map((type) => `HostKey ${this.path(`host_${type}`)}`),
      `AuthorizedKeysFile ${this.path('authorized')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
    ]
  }
}

function installSshd(): void {
  if (userInfo().uid !== 0) throw new Error(`these tests need ${SSHD}: install openssh-server`)
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'openssh-server'], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
