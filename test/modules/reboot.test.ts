import { describe, expect, test } from 'vitest'
import type { World } from '../../runner/modules/outcome.ts'
import reboot from '../../runner/modules/reboot.ts'
import { type RebootWaits, waitUntilBack } from '../../runner/modules/support/until-back.ts'
import type { Answer } from '../../runner/transport/session.ts'
import { plan } from './harness.ts'

const answer = (stdout: string, status = 0): Answer => ({
  status,
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
})

/** A host that answers like this, one attempt after another; an error is one that does not let us in. */
function world(
  ...attempts: (Error | { boot: string; test?: number })[]
): World & { attempts: typeof attempts } {
  return {
    attempts,
    signal: new AbortController().signal,
    open: () => Promise.reject(new Error('not asked for')),
    reconnect: async () => {
      if (attempts[0] instanceof Error) throw attempts.shift()
    },
    run: async ({ script }) => {
      const now = attempts[0] as { boot: string; test?: number }
      if (script.text.includes('boot_id')) {
        if (now.boot === 'old') attempts.shift()
        return answer(`${now.boot}\n`)
      }
      if (now.test) attempts.shift()
      return answer('', now.test ?? 0)
    },
  }
}

/** Waits by a clock that runs as fast as it is asked to. */
async function wait(host: World, waits: Partial<RebootWaits> = {}) {
  let now = 0
  const clock = { now: () => now, sleep: async (milliseconds: number) => (now += milliseconds) }
  const given = {
    reboot_timeout: 600,
    pre_reboot_delay: 5,
    post_reboot_delay: 10,
    test_command: 'whoami',
    boot_time_command: 'cat boot_id',
    ...waits,
  }
  return waitUntilBack(host, 'old\n', given, clock)
}

describe('a reboot', () => {
  test('is a change whose duration nobody knows', () => {
    expect(plan(reboot, { msg: "it's time" }).outcome).toMatchObject({
      type: 'change',
      script: { text: expect.stringContaining(`wall 'it'\\''s time'`) },
      result: { rebooted: true },
    })
  })

  test('is over when the host has booted anew and is ready', async () => {
    const host = world({ boot: 'old' }, new Error('refused'), { boot: 'new', test: 1 }, { boot: 'new' })
    expect(await wait(host)).toMatchObject({ rebooted: true, elapsed: 24 })
    expect(host.attempts).toEqual([{ boot: 'new' }])
  })

  test('has failed when the host is not back in time', async () => {
    expect(
      await wait(world(new Error('no route to host'), new Error('no route to host')), { reboot_timeout: 2 }),
    ).toMatchObject({
      failed: true,
      msg: expect.stringContaining('no route to host'),
    })
  })
})
