import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { down, type SandboxHost, suites, up } from '../../runner/sandbox/index.ts'
import { type Become, BecomeFailed, type Connection, FrameTimeout } from '../../runner/transport/session.ts'
import { authoredScript, type Script, sh } from '../../runner/transport/shell.ts'
import { connectSsh } from '../../runner/transport/ssh.ts'
import type { SshTarget } from '../../runner/transport/target.ts'

// On real Debian machines, with users of their own:
// eve may use sudo with her password; bob may not use it at all; tina may, but only from a terminal.

const directory = mkdtempSync(join(tmpdir(), 'become-'))
afterAll(async () => {
  await down(undefined, { directory })
  rmSync(directory, { recursive: true })
})

const PASSWORD = `it's "S3cret" $HOME`

describe.each(suites)('%s', (suite) => {
  let host: SandboxHost
  const connections: Connection[] = []

  const open = async (user: string, more: Partial<SshTarget> = {}): Promise<Connection> => {
    const { address, port, privateKeyFile, hostKeys } = host
    const connection = await connectSsh({
      host: address,
      port,
      user,
      privateKeyFile,
      hostKeys,
      agent: false,
      ...more,
    })
    connections.push(connection)
    return connection
  }
  const asRoot = async (script: Script, payload?: Uint8Array): Promise<string> => {
    const session = await (await open('root')).session()
    const { status, stdout, stderr } = await session.run({ script, payload })
    if (status !== 0) throw new Error(stderr.toString())
    return stdout.toString().trim()
  }
  const failure = async (user: string, become: Become): Promise<string> => {
    const connection = await open(user)
    const error = await runAs(connection, become, sh`true`).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(BecomeFailed)
    // Asking again gives the same without troubling the host.
    await expect(runAs(connection, become, sh`true`)).rejects.toBe(error)
    return (error as Error).message
  }

  beforeAll(async () => {
    ;[host] = (await up([{ name: `transport-${suite}`, suite }], { directory })) as [SandboxHost]
    await asRoot(
      authoredScript(`
      set -e
      for user in eve bob tina; do
        useradd -m -s /bin/bash "$user"
        install -d -m 0700 -o "$user" "/home/$user/.ssh"
        install -m 0600 -o "$user" /root/.ssh/authorized_keys "/home/$user/.ssh/authorized_keys"
      done
      useradd -s /usr/sbin/nologin service
      echo 'eve ALL=(ALL) ALL\ntina ALL=(ALL) NOPASSWD:ALL\nDefaults:tina requiretty' >/etc/sudoers.d/transport
    `),
    )
    const accounts = ['eve', 'bob', 'tina', 'root'].map((user) => `${user}:${PASSWORD}\n`).join('')
    await asRoot(sh`chpasswd`, Buffer.from(accounts))
  })
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()))
  })

  describe('sudo', () => {
    test('without a password, and a frame sent along with it', async () => {
      expect(
        await runAs(await open('debian'), { user: 'root', method: 'sudo' }, sh`id -un; echo $HOME`),
      ).toBe('root\n/root')
    })

    test('with a password, whatever characters it has', async () => {
      const become = { user: 'root', method: 'sudo', password: PASSWORD } as const
      expect(await runAs(await open('eve'), become, sh`id -un`)).toBe('root')
    })

    test('with a password that is not asked for', async () => {
      const become = { user: 'root', method: 'sudo', password: PASSWORD } as const
      const session = await (await open('debian')).session(become)
      const { stdout, stderr } = await session.run({ script: sh`id -un; cat` })
      expect([stdout.toString(), stderr.toString()]).toEqual(['root\n', ''])
    })

    test('the password is nowhere to be seen on the host', async () => {
      const become = { user: 'root', method: 'sudo', password: PASSWORD } as const
      const script = sh`cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c '[S]3cret'`
      expect(await runAs(await open('eve'), become, script)).toBe('0')
      expect(await asRoot(sh`journalctl --no-pager -q | grep -c '[S]3cret' || true`)).toBe('0')
    })

    test('several users at once over one connection', async () => {
      const connection = await open('debian')
      const users = ['root', 'eve', 'service', 'nobody', 'debian']
      const names = users.map((user) => runAs(connection, { user, method: 'sudo' }, sh`id -un`))
      expect(await Promise.all(names)).toEqual(users)
    })

    test('from root to another user', async () => {
      expect(await runAs(await open('root'), { user: 'service', method: 'sudo' }, sh`id -un`)).toBe('service')
    })

    test('a wrong password is told at once, and tried only once', async () => {
      const count = sh`journalctl --no-pager -q -t sudo | grep -c 'incorrect password attempt' || true`
      const before = Number(await asRoot(count))
      const started = Date.now()
      const message = await failure('eve', { user: 'root', method: 'sudo', password: 'wrong S3cret' })
      expect(message).toBe('eve cannot become root with sudo: the password is wrong')
      expect(Date.now() - started).toBeLessThan(6000)
      await expect.poll(async () => Number(await asRoot(count)), { timeout: 5000 }).toBe(before + 1)
      const attempts = await asRoot(
        sh`journalctl --no-pager -q -t sudo | grep 'incorrect password attempt' | tail -1`,
      )
      expect(attempts).toContain('1 incorrect password attempt')
    })

    test.each<[string, string, Partial<Become>, string]>([
      ['a missing password', 'eve', {}, 'it wants a password; give it with --ask-become-pass (-K)'],
      ['a user who may not', 'bob', { password: PASSWORD }, 'the host does not allow it; permit bob'],
      ['a user who may only from a terminal', 'tina', {}, 'remove "requiretty" from its sudoers file'],
      [
        'a user who does not exist',
        'debian',
        { user: 'nobodyhere' },
        'there is no user nobodyhere on the host',
      ],
      ['a program that does not exist', 'debian', { exe: '/opt/sudo' }, 'sudo is not installed on the host'],
    ])('%s is explained', async (_case, user, become, expected) => {
      expect(await failure(user, { user: 'root', method: 'sudo', ...become })).toContain(expected)
    })

    test("ends the other user's processes when time is up, and when the connection is closed", async () => {
      const become = { user: 'root', method: 'sudo', password: PASSWORD } as const
      const connection = await open('eve')
      const session = await connection.session(become)
      const script = sh`sleep 4321 & setsid sleep 4321 & sleep 4321`
      await expect(session.run({ script, timeout: 0.3 })).rejects.toThrow(FrameTimeout)
      const left = sh`pgrep -c -x -f 'sleep 4321' || true`
      expect(await asRoot(left)).toBe('0')
      expect((await session.run({ script: sh`id -un` })).stdout.toString()).toBe('root\n')
      const running = session.run({ script }).catch((error: unknown) => String(error))
      await expect.poll(async () => Number(await asRoot(left))).toBeGreaterThan(2)
      await connection.close()
      expect(await running).toContain('the connection was closed')
      expect(await asRoot(left)).toBe('0')
    })
  })

  describe('su', () => {
    test('from root, to a user whose shell is none', async () => {
      expect(await runAs(await open('root'), { user: 'service', method: 'su' }, sh`id -un`)).toBe('service')
    })

    test('with the password of the user to become', async () => {
      const connection = await open('bob')
      expect(await runAs(connection, { user: 'eve', method: 'su', password: PASSWORD }, sh`id -un`)).toBe(
        'eve',
      )
      expect(await runAs(connection, { user: 'root', method: 'su', password: PASSWORD }, sh`id -un`)).toBe(
        'root',
      )
    })

    test.each<[string, Partial<Become>, string]>([
      ['a wrong password', { password: 'wrong' }, 'the password is wrong'],
      ['a missing password', {}, 'it wants a password'],
      ['a user who does not exist', { user: 'nobodyhere', password: 'x' }, 'there is no user nobodyhere'],
    ])('%s is explained', async (_case, become, expected) => {
      expect(await failure('bob', { user: 'root', method: 'su', ...become })).toContain(expected)
    })
  })

  test('doas that is not there is explained', async () => {
    expect(await failure('debian', { user: 'root', method: 'doas' })).toContain(
      'doas is not installed on the host',
    )
  })

  // Last, because newer sshd holds failed logins against an address for a while.
  test('logging in with a password, a right one and a wrong one', async () => {
    const session = await (await open('eve', { privateKeyFile: undefined, password: PASSWORD })).session()
    expect((await session.run({ script: sh`id -un` })).stdout.toString()).toBe('eve\n')
    await asRoot(sh`
      echo 'PasswordAuthentication no\nKbdInteractiveAuthentication yes' >/etc/ssh/sshd_config.d/00-transport.conf
      systemctl restart ssh`)
    const interactive = await (await open('eve', { privateKeyFile: undefined, password: PASSWORD })).session()
    expect((await interactive.run({ script: sh`id -un` })).stdout.toString()).toBe('eve\n')
    const wrong = open('eve', { privateKeyFile: undefined, password: 'wrong S3cret' })
    await expect(wrong).rejects.toThrow(
      /does not let eve log in: refused: the password.*keyboard-interactive/,
    )
    await expect(wrong).rejects.not.toThrow(/S3cret/)
  })
})

async function runAs(connection: Connection, become: Become, script: Script): Promise<string> {
  const { stdout } = await (await connection.session(become)).run({ script })
  return stdout.toString().trim()
}
