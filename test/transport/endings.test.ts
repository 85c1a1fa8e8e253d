import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { connectLocal } from '../../runner/transport/local.ts'
import {
  type Answer,
  FrameTimeout,
  OutputTooLarge,
  type Session,
  Unreachable,
} from '../../runner/transport/session.ts'
import { sh } from '../../runner/transport/shell.ts'
import { shellsIn } from './shells.ts'

const directory = mkdtempSync(join(tmpdir(), 'endings-'))
const shells = shellsIn(directory)
afterAll(() => {
  rmSync(directory, { recursive: true })
})

// Each test waits for time to pass, so they all run at once, each over a connection of its own.
describe.concurrent.each(shells)('how things end in %s', (_name, shell) => {
  const inSession = (test: (session: Session) => Promise<void>) => async (): Promise<void> => {
    const connection = await connectLocal({ shell })
    try {
      await test(await connection.session())
    } finally {
      await connection.close()
    }
  }

  test(
    'ends a script that takes too long with all its children, and goes on',
    inSession(async (session) => {
      const pids = join(directory, randomBytes(4).toString('hex'))
      const script = sh`
      sleep 300 & echo $! >>${pids}
      (trap '' TERM; echo started; sleep 301) & echo $! >>${pids}
      setsid sleep 302 & echo $! >>${pids}
      echo partly; wait`
      const started = Date.now()
      const failure = await session.run({ script, timeout: 0.3 }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(FrameTimeout)
      expect((failure as Error).message).toBe('timed out after 0.3 s')
      expect(Date.now() - started).toBeLessThan(9000)
      const left = readFileSync(pids, 'utf8').trim().split('\n').filter(alive)
      expect(left).toEqual([])
      await goesOn(session)
    }),
    15_000,
  )

  test(
    'counts the time of a frame from its own beginning',
    inSession(async (session) => {
      const [, second] = await Promise.all([
        session.run({ script: sh`sleep 0.6` }),
        session.run({ script: sh`echo in time`, timeout: 0.5 }),
      ])
      expect(second.stdout.toString()).toBe('in time\n')
    }),
    15_000,
  )

  test(
    'still drains a payload when its script is ended',
    inSession(async (session) => {
      const slow = session.run({ script: sh`sleep 300`, payload: Buffer.alloc(1_000_000), timeout: 0.2 })
      await expect(slow).rejects.toThrow(FrameTimeout)
      await goesOn(session)
    }),
    15_000,
  )

  test(
    'ends a script that prints without end',
    inSession(async (session) => {
      const endless = session.run({
        script: sh`while :; do echo xxxxxxxxxxxxxxxxxxxxxxx; done`,
        outputLimit: 100_000,
      })
      await expect(endless).rejects.toThrow(OutputTooLarge)
      await goesOn(session)
    }),
    15_000,
  )

  test(
    'waits for what is still being printed shortly after',
    inSession(async (session) => {
      const script = sh`{ sleep 0.2; echo late; } & echo early`
      expect(plain(await session.run({ script }))).toEqual([0, 'early\nlate\n', ''])
    }),
    15_000,
  )

  test(
    'keeps what a daemon prints out of the frames that follow',
    inSession(async (session) => {
      const stop = join(directory, randomBytes(4).toString('hex'))
      const noise = sh`while [ ! -e ${stop} ]; do echo noise; echo noise >&2; sleep 0.05; done`
      const answers = await Promise.all([
        session.run({ script: sh`{ ${noise}; } & echo started` }),
        session.run({ script: sh`sleep 0.2; echo clean` }),
        session.run({ script: sh`cat; echo clean`, payload: Buffer.from('payload ') }),
      ])
      expect(answers[0].stdout.toString()).toMatch(/^(noise\n)*started\n(noise\n)*$/)
      expect(answers.slice(1).map(plain)).toEqual([
        [0, 'clean\n', ''],
        [0, 'payload clean\n', ''],
      ])
      await session.run({ script: sh`: >${stop}` })
    }),
    15_000,
  )

  test(
    'gets a new shell when a script ends the one it has',
    inSession(async (session) => {
      // The parent of a frame's shell is the loop.
      await expect(session.run({ script: sh`kill -9 $PPID; sleep 0.2` })).rejects.toThrow(Unreachable)
      await goesOn(session)
    }),
    15_000,
  )

  test('closing ends what runs and lets nothing begin that was sent after it', async () => {
    const other = await connectLocal({ shell })
    const victim = await other.session()
    const [pid, later] = ['pid', 'later'].map((name) =>
      join(directory, name + randomBytes(4).toString('hex')),
    )
    const running = [
      victim.run({ script: sh`echo $$ >${pid!}; sleep 300` }),
      victim.run({ script: sh`: >${later!}` }),
    ].map((answer) => answer.catch((error: unknown) => error))
    while (!existsSync(pid!) || readFileSync(pid!, 'utf8') === '') await sleep(10)
    await other.close()
    for (const failure of await Promise.all(running)) {
      expect(failure).toEqual(new Unreachable('the connection was closed'))
    }
    expect(alive(readFileSync(pid!, 'utf8').trim())).toBe(false)
    expect(existsSync(later!)).toBe(false)
  }, 15_000)
})

async function goesOn(session: Session): Promise<void> {
  expect(plain(await session.run({ script: sh`echo on` }))).toEqual([0, 'on\n', ''])
}

function plain({ status, stdout, stderr }: Answer): [number, string, string] {
  return [status, stdout.toString(), stderr.toString()]
}

function alive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
