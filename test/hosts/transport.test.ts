import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Connection, FrameTimeout, Unreachable } from '../../runner/transport/session.ts'
import { sh } from '../../runner/transport/shell.ts'
import { connectSsh, type SshOptions } from '../../runner/transport/ssh.ts'
import type { SshTarget } from '../../runner/transport/target.ts'
import { freePort, Sshd } from '../transport/sshd.ts'

// Against a real sshd on loopback, as the user who runs the tests.

const sshd = new Sshd()
const connections: Connection[] = []

beforeAll(() => sshd.start())
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()))
})
afterAll(() => sshd.remove())

async function open(target: Partial<SshTarget> = {}, options?: SshOptions): Promise<Connection> {
  const connection = await connectSsh({ ...sshd.target, ...target }, options)
  connections.push(connection)
  return connection
}

/** One more server, for one test; gone after it however it ends. */
async function another(...config: string[]): Promise<Sshd> {
  const server = new Sshd()
  onTestFinished(() => server.remove())
  await server.start(...config)
  return server
}

async function whoAmI(target: Partial<SshTarget> = {}, options?: SshOptions): Promise<string> {
  const session = await (await open(target, options)).session()
  return (await session.run({ script: sh`id -un` })).stdout.toString().trim()
}

async function refusal(target: Partial<SshTarget>, options?: SshOptions): Promise<Unreachable> {
  const error = await open(target, options).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Unreachable)
  return error as Unreachable
}

function files(content: string): Partial<SshTarget> & { file: string } {
  const file = sshd.path(`known_hosts_${randomBytes(4).toString('hex')}`)
  writeFileSync(file, content)
  return { hostKeys: undefined, knownHostsFiles: [file], file }
}

describe('logging in', () => {
  test('with a key file', async () => {
    expect(await whoAmI()).toBe(sshd.user)
  })

  test.each(['rsa', 'ecdsa'])('with a key of type %s', async (type) => {
    sshd.makeKey(type, type)
    sshd.authorize('id', type)
    expect(await whoAmI({ privateKeyFile: sshd.path(type) })).toBe(sshd.user)
  })

  test('with an encrypted key: passphrase given, asked for, missing or wrong', async () => {
    sshd.makeKey('locked', 'ed25519', 'open sesame')
    sshd.authorize('id', 'locked')
    const target = { privateKeyFile: sshd.path('locked') }
    expect(await whoAmI({ ...target, privateKeyPassphrase: 'open sesame' })).toBe(sshd.user)
    expect(await whoAmI(target, { askPassphrase: async () => 'open sesame' })).toBe(sshd.user)
    expect((await refusal(target)).message).toContain('it is encrypted and there is no passphrase for it')
    const wrong = await refusal({ ...target, privateKeyPassphrase: 'S3cret-but-wrong' })
    expect(wrong.message).toMatch(/cannot use the private key .*locked: .*bad passphrase/)
    expect(wrong.message).not.toContain('S3cret')
  })

  test('says what was tried, what the host accepts and what to do', async () => {
    sshd.makeKey('stranger')
    const { message, hint } = await refusal({ privateKeyFile: sshd.path('stranger') })
    expect(message).toContain(`does not let ${sshd.user} log in: refused: ${sshd.path('stranger')}`)
    expect(message).toContain('it accepts publickey')
    expect(hint).toContain('ansible_ssh_private_key_file')
    expect((await refusal({ privateKeyFile: sshd.path('no-such') })).message).toContain(
      'cannot read the private key',
    )
  })

  describe('with an agent', () => {
    let agent: ChildProcess
    const socket = sshd.path('agent')
    beforeAll(async () => {
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
      while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
      sshd.makeKey('held')
      sshd.makeKey('unknown')
      sshd.authorize('id', 'held')
      for (const name of ['unknown', 'held']) {
        execFileSync('ssh-add', [sshd.path(name)], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        })
      }
    })
    afterAll(() => agent.kill())

    test('its keys are tried', async () => {
      expect(await whoAmI({ privateKeyFile: undefined, agent: socket })).toBe(sshd.user)
    })

    test('that is gone, other keys still serve', async () => {
      expect(await whoAmI({ agent: sshd.path('no-agent') })).toBe(sshd.user)
    })
  })
})

describe('the host key', () => {
  test.each(['ed25519', 'rsa'] as const)('is known by its %s line', async (type) => {
    expect(await whoAmI(files(`${sshd.knownHost(type)}\n`))).toBe(sshd.user)
  })

  test('is found in a file that ssh-keygen has hashed', async () => {
    const target = files(`${sshd.knownHost('ed25519')}\n`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', target.file], { stdio: 'ignore' })
    expect(readFileSync(target.file, 'utf8')).toMatch(/^\|1\|/)
    expect(await whoAmI(target)).toBe(sshd.user)
  })

  test('unknown is refused, with its fingerprint as ssh-keygen shows it', async () => {
    const { message } = await refusal(files(''))
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', sshd.path('host_ed25519.pub')])
      .toString()
      .split(' ')
    expect(message).toContain(fingerprint)
  })

  test('changed is refused, naming the line', async () => {
    sshd.makeKey('impostor')
    const impostor = readFileSync(sshd.path('impostor.pub'), 'utf8')
    const target = files(`# mine\n[127.0.0.1]:${sshd.port} ${impostor}`)
    const { message, hint } = await refusal(target)
    expect(message).toContain(`${target.file}:2`)
    expect(hint).toContain('ssh-keygen -R')
    expect((await refusal({ ...target, hostKeyChecking: 'accept-new' })).message).toContain('has changed')
    expect(await whoAmI({ ...target, hostKeyChecking: 'no' })).toBe(sshd.user)
  })

  test('is noted once with accept-new, in a line that ssh itself accepts', async () => {
    const target = { ...files(''), hostKeyChecking: 'accept-new' } as const
    await Promise.all(Array.from({ length: 4 }, () => whoAmI(target)))
    expect(readFileSync(target.file, 'utf8').trim()).toBe(sshd.knownHost('ed25519'))
    const { host, port, privateKeyFile } = sshd.target
    const options = [`UserKnownHostsFile=${target.file}`, 'StrictHostKeyChecking=yes', 'BatchMode=yes']
    const words = [
      '-F',
      'none',
      '-i',
      privateKeyFile!,
      '-p',
      String(port),
      ...options.flatMap((option) => ['-o', option]),
    ]
    expect(
      execFileSync('ssh', [...words, host, 'echo in'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
    ).toBe('in\n')
  })
})

test('a host that takes longer than the timeout, but goes on answering, is waited for', async () => {
  const slow = createServer((near) => {
    const far = connect(sshd.port, '127.0.0.1')
    near.on('data', (chunk) => setTimeout(() => far.write(chunk), 150))
    far.on('data', (chunk) => setTimeout(() => near.write(chunk), 150))
    for (const end of [near, far])
      end.on('error', () => {}).on('close', () => (near.destroy(), far.destroy()))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => slow.once('listening', resolve))
  const { port } = slow.address() as { port: number }
  const started = Date.now()
  await open({
    port,
    timeout: 0.8,
    hostKeyChecking: 'accept-new',
    knownHostsFiles: [sshd.path('known_slow')],
    hostKeys: undefined,
  })
  expect(Date.now() - started).toBeGreaterThan(800)
  slow.close()
})

describe('what rests on SHA-1 is not offered', () => {
  const old = new Sshd()
  afterEach(() => old.stop())
  afterAll(() => old.remove())

  test.each([
    ['host keys', 'HostKeyAlgorithms ssh-rsa'],
    ['MACs', 'MACs hmac-sha1,hmac-sha1-etm@openssh.com\nCiphers aes128-ctr'],
    ['key exchange', 'KexAlgorithms diffie-hellman-group14-sha1'],
  ])('%s', async (_what, config) => {
    await old.start(config)
    const { message } = (await connectSsh({ ...old.target, hostKeys: [old.knownHost('rsa')] }).catch(
      (error: Unreachable) => error,
    )) as Unreachable
    expect(message).toContain('it shares no algorithm with this client')
  })
})

describe('a host that cannot be reached', () => {
  const listening: Server[] = []
  afterAll(() => listening.forEach((server) => server.close()))
  const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const server = createServer(onConnection).listen(0, '127.0.0.1')
    listening.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    return (server.address() as { port: number }).port
  }

  test('refuses', async () => {
    const { message, hint } = await refusal({ port: await freePort() })
    expect(message).toContain('connection refused')
    expect(hint).toContain('ansible_port')
  })

  test('has a name that nobody knows', async () => {
    expect((await refusal({ host: 'no-such-host.invalid' })).message).toContain('the name cannot be resolved')
  })

  test('says nothing: it is given up in time', async () => {
    const sockets: Socket[] = []
    const port = await listen((socket) => sockets.push(socket))
    const started = Date.now()
    expect((await refusal({ port, timeout: 0.5 })).message).toContain('no answer in time')
    expect(Date.now() - started).toBeLessThan(2000)
    for (const socket of sockets) socket.destroy()
  })

  test('sends lines before its banner, and never an end of them', async () => {
    const drips: NodeJS.Timeout[] = []
    const port = await listen((socket) => {
      drips.push(setInterval(() => socket.write('wait\r\n'), 50))
      socket.on('error', () => {})
    })
    expect((await refusal({ port, timeout: 0.3 })).message).toContain('no answer in time')
    drips.forEach(clearInterval)
  })

  test('hangs up, again and again', async () => {
    const port = await listen((socket) => socket.destroy())
    expect((await refusal({ port })).message).toContain('it closed the connection before login was complete')
  })

  test('hangs up at first (MaxStartups), but not always', async () => {
    let calls = 0
    const port = await listen((socket) => {
      if (calls++ < 2) socket.destroy()
      else socket.pipe(connect(sshd.port, '127.0.0.1')).pipe(socket)
    })
    const hostKeys = [sshd.knownHost('ed25519').replace(String(sshd.port), String(port))]
    expect(await whoAmI({ port, hostKeys })).toBe(sshd.user)
  })
})

test('many connect to one sshd at once that drops newcomers', async () => {
  const strict = await another('MaxStartups 10:100:10')
  const names = await Promise.all(
    Array.from({ length: 24 }, async () => {
      const connection = await connectSsh(strict.target)
      const session = await connection.session()
      const { stdout } = await session.run({ script: sh`id -un` })
      await connection.close()
      return stdout.toString().trim()
    }),
  )
  expect(names).toEqual(Array(24).fill(strict.user))
})

describe('a session over SSH', () => {
  test('carries 20 MB both ways unharmed', async () => {
    const session = await (await open()).session()
    const payload = randomBytes(20_000_000)
    const answers = await Promise.all([
      session.run({ script: sh`sha256sum`, payload }),
      session.run({ script: sh`cat`, payload }),
    ])
    expect(answers[0].stdout.toString()).toContain(createHash('sha256').update(payload).digest('hex'))
    expect(answers[1].stdout.equals(payload)).toBe(true)
  })

  test('ends what takes too long', async () => {
    const session = await (await open()).session()
    await expect(session.run({ script: sh`sleep 300`, timeout: 0.3 })).rejects.toThrow(FrameTimeout)
    expect((await session.run({ script: sh`echo on` })).stdout.toString()).toBe('on\n')
  })

  test('puts up with what start files print', async () => {
    // As if .bashrc printed this before every command.
    const chatty = await another('ForceCommand echo Welcome; echo "to you" >&2; eval "$SSH_ORIGINAL_COMMAND"')
    const connection = await connectSsh(chatty.target)
    const { stdout, stderr } = await (await connection.session()).run({ script: sh`echo on` })
    expect([stdout.toString(), stderr.toString()]).toEqual(['on\n', ''])
    await connection.close()
  })

  test('says so where no command may be run', async () => {
    const closed = await another('ForceCommand echo "Not for you."')
    const connection = await connectSsh(closed.target)
    const session = await connection.session()
    await expect(session.run({ script: sh`true` })).rejects.toThrow(/no shell for .*: Not for you\./)
    await connection.close()
  })

  test('says so where the connection has no room for a second one', async () => {
    const narrow = await another('MaxSessions 1')
    const connection = await connectSsh(narrow.target)
    await (await connection.session()).run({ script: sh`true` })
    const second = await connection.session({ user: 'nobody', method: 'su' })
    await expect(second.run({ script: sh`true` })).rejects.toMatchObject({
      hint: expect.stringContaining('MaxSessions'),
    })
    await connection.close()
  }, 20_000)
})

describe('a connection that is lost', () => {
  test('rejects what is under way and what was to follow, at once', async () => {
    const session = await (await open()).session()
    // The shell's ancestor that serves this connection. $PPID is the loop.
    const killServer = sh`
      pid=$PPID
      until read -r name </proc/$pid/comm; case $name in sshd*) true ;; *) false ;; esac; do
        read -r stat </proc/$pid/stat; set -- \${stat##*) }; pid=$2
      done
      kill -9 "$pid"; sleep 30`
    const started = Date.now()
    const results = await Promise.allSettled([
      session.run({ script: killServer }),
      session.run({ script: sh`echo never` }),
    ])
    expect(results.map((result) => (result.status === 'rejected' ? result.reason : result))).toEqual([
      expect.any(Unreachable),
      expect.any(Unreachable),
    ])
    expect(String((results[0] as PromiseRejectedResult).reason)).toContain('was lost')
    expect(Date.now() - started).toBeLessThan(3000)
    await expect(session.run({ script: sh`true` })).rejects.toThrow('was lost')
  })

  test('is noticed too when the other side only falls silent', async () => {
    const relays: Socket[] = []
    const proxy = createServer((socket) => {
      const onward = connect(sshd.port, '127.0.0.1')
      relays.push(socket, onward)
      socket.pipe(onward).pipe(socket)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => proxy.once('listening', resolve))
    const { port } = proxy.address() as { port: number }
    const session = await (
      await open({
        port,
        hostKeys: undefined,
        hostKeyChecking: 'no',
        sshArguments: ['-F', 'none', '-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'],
      })
    ).session()
    await session.run({ script: sh`true` })
    const waiting = session.run({ script: sh`sleep 300` })
    for (const socket of relays) socket.unpipe().pause()
    const started = Date.now()
    await expect(waiting).rejects.toThrow(/was lost \(Keepalive timeout\)/)
    expect(Date.now() - started).toBeLessThan(6000)
    for (const socket of relays) socket.destroy()
    proxy.close()
  }, 15_000)
})

describe('a way through', () => {
  test('jump hosts and a proxy command, by ssh_config', async () => {
    const bastion = await another()
    const known = sshd.path('known_all')
    writeFileSync(known, `${sshd.knownHost('ed25519')}\n${bastion.knownHost('ed25519')}\n`)
    const config = sshd.path('ssh_config')
    const here = (name: string, server: Sshd, more = '') => `
Host ${name}
  HostName 127.0.0.1
  Port ${server.port}
  User ${server.user}
  IdentityFile ${server.path('id')}
  UserKnownHostsFile ${known}
  IdentitiesOnly yes
  ${more}
`
    writeFileSync(
      config,
      [
        here('bastion', bastion),
        here('web-direct', sshd),
        here('web-jump', sshd, 'ProxyJump bastion'),
        here('web-jumps', sshd, 'ProxyJump bastion,web-direct'),
        here('web-command', sshd, `ProxyCommand ssh -F ${config} -W %h:%p bastion`),
        here('web-broken', sshd, 'ProxyCommand sh -c "echo out of order >&2; exit 7"'),
      ].join(''),
    )
    const through = async (host: string): Promise<string> => {
      const connection = await connectSsh({ host, sshArguments: ['-F', config] })
      const { stdout } = await (await connection.session()).run({ script: sh`echo $SSH_CONNECTION` })
      await connection.close()
      return stdout.toString()
    }
    for (const host of ['web-direct', 'web-jump', 'web-jumps', 'web-command']) {
      expect(await through(host)).toContain(`127.0.0.1 ${sshd.port}\n`)
    }
    await expect(through('web-broken')).rejects.toThrow(/proxy command ended \(status 7\): out of order/)
    await bastion.stop()
    await expect(through('web-jump')).rejects.toThrow(`127.0.0.1:${bastion.port}: connection refused`)
  })

  test.each([
    ['by forwarding', 'AllowTcpForwarding yes'],
    ['by bash, where sshd forbids forwarding', 'AllowTcpForwarding no'],
  ])('to a port that the host sees, %s', async (_way, config) => {
    const gate = await another(config)
    const connection = await connectSsh(gate.target)
    const server = createServer((socket) => {
      socket.once('data', (request) => socket.end(Buffer.concat([Buffer.from('echo: '), request])))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const stream = await connection.open('127.0.0.1', (server.address() as { port: number }).port)
    stream.write('hello')
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('echo: hello')
    await expect(connection.open('127.0.0.1', await freePort())).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    await expect(connection.open('no-such-host.invalid', 80)).rejects.toMatchObject({ code: 'ENOTFOUND' })
    server.close()
    await connection.close()
  })
})
