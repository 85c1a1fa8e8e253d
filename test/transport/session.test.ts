import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectLocal } from '../../runner/transport/local.ts'
import { type Connection, type Session } from '../../runner/transport/session.ts'
import { authoredScript, sh } from '../../runner/transport/shell.ts'
import { shellsIn } from './shells.ts'

const directory = mkdtempSync(join(tmpdir(), 'session-'))
const shells = shellsIn(directory)
afterAll(() => {
  rmSync(directory, { recursive: true })
})

test('there is a POSIX shell to try', () => {
  expect(shells.map(([name]) => name)).toContain('dash')
})

describe.each(shells)('a session in %s', (_name, shell) => {
  let connection: Connection
  let session: Session
  const run = async (script: string, payload?: Uint8Array): Promise<[number, string, string]> => {
    const { status, stdout, stderr } = await session.run({ script: authoredScript(script), payload })
    return [status, stdout.toString('latin1'), stderr.toString('latin1')]
  }

  beforeAll(async () => {
    connection = await connectLocal({ shell })
    session = await connection.session()
  })
  afterAll(() => connection.close())

  test.each<[string, string, [number, string, string]]>([
    ['gives status, output and errors', 'echo out; echo err >&2; exit 3', [3, 'out\n', 'err\n']],
    ['adds no newline', `printf 'no newline'`, [0, 'no newline', '']],
    ['passes on NUL and other bytes', String.raw`printf '\000\377\n\000'`, [0, '\0\xff\n\0', '']],
    ['runs an empty script', '', [0, '', '']],
    ['runs a comment', '# nothing', [0, '', '']],
    ['takes several lines and a here-document', 'cat <<X\n  a\\\\b\n\nc\nX', [0, '  a\\b\n\nc\n', '']],
    ['gives the script no input', 'cat; echo $?', [0, '0\n', '']],
    ['gives the script no arguments', 'echo $#', [0, '0\n', '']],
    ['keeps its own variables to itself', 'set -u; echo ${script-}${line-}${mark-}${bytes-}', [0, '\n', '']],
    ['survives `set -e`', 'set -e; false; echo not here', [1, '', '']],
    ['survives a killed script', 'kill -9 $$', [137, '', '']],
    ['survives a script that kills its process group', 'kill 0; sleep 5', [143, '', '']],
    ['opens /dev/stdout and /dev/stderr', 'echo a >/dev/stdout; echo b >/dev/stderr', [0, 'a\n', 'b\n']],
    ['finds the programs of /usr/sbin', 'case $PATH in *:/usr/sbin*) echo yes; esac', [0, 'yes\n', '']],
  ])('%s', async (_case, script, expected) => {
    expect(await run(script)).toEqual(expected)
  })

  test('reports a syntax error and goes on', async () => {
    const [status, , stderr] = await run('if (')
    expect(status).toBeGreaterThan(0)
    expect(stderr).toMatch(/syntax error/i)
    expect(await run('echo on')).toEqual([0, 'on\n', ''])
  })

  test('lets nothing leak from one script to the next', async () => {
    const probe = 'pwd; umask; echo "[${leak-}]"; trap; set -- ; echo "$-" | tr -d "[:lower:]"'
    const before = await run(probe)
    await run('cd /; umask 077; leak=1; export leak; trap "echo trapped" TERM; set -f; exec 3>/dev/null')
    expect(await run(probe)).toEqual(before)
  })

  test.each([0, 1, 3, 1499, 1500, 1501, 4096, 100_000, 300_000])(
    'runs a script of %i more bytes',
    async (length) => {
      const text = 'é'.repeat(length / 2)
      expect(await run(`cat <<'X'\n${text}\nX\nprintf end`)).toEqual([
        0,
        `${Buffer.from(text).toString('latin1')}\nend`,
        '',
      ])
    },
  )

  test.each([0, 1, 100, 4095, 4096, 65_535, 65_536, 65_537, 1_000_000])(
    'gives a script %i bytes of payload, exactly',
    async (length) => {
      const payload = randomBytes(length)
      const { stdout } = await session.run({ script: sh`cat`, payload })
      expect(stdout.equals(payload)).toBe(true)
    },
  )

  test('gives a long script its payload', async () => {
    const script = `# ${'x'.repeat(5000)}\ncat; echo end`
    expect(await run(script, Buffer.from('payload\n'))).toEqual([0, 'payload\nend\n', ''])
  })

  test.each(['true', 'head -c 10 >/dev/null', 'exec <&-', 'kill -9 $$'])(
    'drains what `%s` leaves of its payload',
    async (script) => {
      await run(script, Buffer.alloc(300_000, 'run\n'))
      expect(await run('echo on')).toEqual([0, 'on\n', ''])
    },
  )

  test('runs frames that are sent at once, in order', async () => {
    const file = join(directory, randomBytes(4).toString('hex'))
    const frames = Array.from({ length: 12 }, (_, index) => {
      const payload = index % 3 === 0 ? Buffer.from(`payload ${index}`) : undefined
      return session.run({ script: sh`echo ${index} >>${file}; echo ${index}; cat; exit ${index}`, payload })
    })
    const answers = await Promise.all(frames)
    expect(answers.map(({ status }) => status)).toEqual([...answers.keys()])
    expect(answers[3]!.stdout.toString()).toBe('3\npayload 3')
    expect(readFileSync(file, 'utf8').trim().split('\n').map(Number)).toEqual([...answers.keys()])
  })

  test('brings back large output whole, on both streams', async () => {
    const { stdout, stderr } = await session.run({
      script: sh`head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2`,
    })
    expect([stdout.length, stderr.length]).toEqual([5_000_000, 3_000_000])
  })

  test('refuses a NUL in a script, at once', async () => {
    await expect(session.run({ script: authoredScript('echo \0') })).rejects.toThrow('NUL')
  })
})

test('a connection has one session for each user, and the login user needs no becoming', async () => {
  const connection = await connectLocal()
  const session = await connection.session()
  expect(await connection.session()).toBe(session)
  expect(await connection.session({ user: session.user, method: 'sudo' })).toBe(session)
  await connection.close()
})

test('a connection that was closed stays closed, for sessions made before and after', async () => {
  const connection = await connectLocal()
  const session = await connection.session()
  await session.run({ script: sh`true` })
  await connection.close()
  await connection.close()
  await expect(session.run({ script: sh`true` })).rejects.toThrow('the connection was closed')
  const later = await connection.session()
  await expect(later.run({ script: sh`true` })).rejects.toThrow('the connection was closed')
})

test('a shell that does not start is reported with what it said', async () => {
  const connection = await connectLocal({
    shell: ['sh', '-c', 'echo This account is not available.; exit 1'],
  })
  const session = await connection.session()
  await expect(session.run({ script: sh`true` })).rejects.toThrow('This account is not available.')
  await connection.close()
})

test('a shell that does not answer is given up in time', async () => {
  const connection = await connectLocal({ shell: ['sleep', '20', '#'], timeout: 0.3 })
  const session = await connection.session()
  await expect(session.run({ script: sh`true` })).rejects.toThrow(/sleep|within 0.3 s/)
  await connection.close()
})

test('a stream is opened from here, with the code of what goes wrong', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const connection = await connectLocal()
  const stream = await connection.open('127.0.0.1', port)
  expect(String(await stream.setEncoding('utf8').toArray())).toBe('hello')
  server.close()
  await new Promise((resolve) => server.once('close', resolve))
  await expect(connection.open('127.0.0.1', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await connection.close()
})
