import { setTimeout as sleep } from 'node:timers/promises'

import { afterEach, describe, expect, it } from 'vitest'

import type { TaskReference } from '../../runner/engine/events.ts'
import { Activity } from '../../runner/reports/activity.ts'
import { createReport } from '../../runner/reports/registry.ts'
import { TextReport } from '../../runner/reports/text.ts'
import { isInteractive, TtyReport } from '../../runner/reports/tty.ts'
import { diff, play, result, retry, start, summary, task } from './events.ts'
import { screen } from './screen.ts'
import { Sink } from './sink.ts'

const npm = task('npm ci', { role: 'app' })

describe('what the hosts are doing', () => {
  it('is told together for hosts that do the same, longest first', () => {
    const working = activity(['web1', npm, 1000], ['web5', npm, 2000])
    expect(working.rows(62_500)).toEqual([
      '[web2, web3, web4] starting · 62 s',
      '[web1, web5] app : npm ci · 61 s',
    ])
  })

  it('names the first hosts of many', () => {
    expect(activity().rows(0)).toEqual(['[web1, web2, web3 and 2 more] starting'])
  })

  it('shows attempts and items', () => {
    const health = task('Wait for health')
    const working = activity(['web1', health, 0], ['web2', npm, 0])
    working.update(retry(1, 5), 1)
    working.update(result('ok', { task: npm, host: 'web2', item: { label: 'curl\x1b[2J' } }), 1)
    expect(working.rows(1)).toEqual([
      '[web1] Wait for health · attempt 2 of 6',
      '[web2] app : npm ci · done: curl\\x1b[2J',
      '[web3, web4, web5] starting',
    ])
  })

  it('ends for a host with its last result, and for all with the play', () => {
    const working = activity(['web1', npm, 0], ['web2', npm, 0])
    working.update(result('unreachable', { task: npm, host: 'web1' }), 1)
    working.update(result('ok', { task: npm, host: 'web2' }), 1)
    expect(working.rows(1)).toEqual(['[web3, web4, web5] starting', '[web2] after app : npm ci'])
    working.update({ type: 'play-end', name: 'web' }, 2)
    expect(working.rows(2)).toEqual([])
  })

  it('never takes more than the lines it is given', () => {
    const working = activity(
      ...['web1', 'web2', 'web3', 'web4'].map((host): [string, TaskReference, number] => [
        host,
        task(host),
        0,
      ]),
    )
    expect(working.rows(0, 3)).toHaveLength(3)
    expect(working.rows(0, 3).at(-1)).toBe('and 3 more')
  })
})

describe('on a terminal', () => {
  const open: TtyReport[] = []
  afterEach(async () => {
    for (const report of open.splice(0)) await report.close()
  })

  function terminal(): { tty: NodeJS.WriteStream & Sink; report: TtyReport; lines: () => string[] } {
    const tty = new Sink({ isTTY: true }) as NodeJS.WriteStream & Sink
    const report = new TtyReport({ stdout: tty, stderr: tty, color: false, diff: true })
    open.push(report)
    return { tty, report, lines: () => screen(tty.text).lines.filter((line) => line !== '') }
  }

  it('shows below the results what each host does right now', async () => {
    const { report, lines } = terminal()
    report.handle(play('web', ['web1', 'web2']))
    report.begin('web1', npm)
    await until(shows(lines, '[web1] app : npm ci'))
    const moving = lines().slice(1)
    expect(moving.map((line) => line.slice(2).replace(/ · \d+ s$/, '')).sort()).toEqual([
      '[web1] app : npm ci',
      '[web2] starting',
    ])
  })

  it('leaves the very lines of the text view, whatever moved below them', async () => {
    const events = [
      play('web', ['web1', 'web2']),
      start(npm),
      result('changed', { task: npm, diff: [diff('a\n', 'b\n')] }),
      result('failed', { task: npm, host: 'web2', result: { msg: 'no', stderr: 'one\ntwo' } }),
      { type: 'message', severity: 'warning', text: 'odd' } as const,
      { type: 'play-end', name: 'web' } as const,
      summary({ web1: { ok: 1 }, web2: { failed: 1 } }),
    ]
    const plain = new Sink({ isTTY: true })
    const text = new TextReport({ stdout: plain, stderr: plain, color: false, diff: true })
    const { tty, report } = terminal()
    for (const event of events) {
      text.handle(event)
      report.handle(event)
      report.begin('web1', npm)
      await sleep(event.type === 'result' ? 250 : 0)
    }
    await report.close()
    expect(tty.text).toContain('[web1] app : npm ci')
    expect(screen(tty.text)).toEqual({ lines: screen(plain.text).lines, cursor: true })
  })

  it('loses nothing that others write, not even half a line', async () => {
    const { tty, report, lines } = terminal()
    report.handle(play('web'))
    await until(shows(lines, 'starting'))
    tty.write('(node:1) Warning: something\n')
    tty.write('half a line ')
    await sleep(300)
    expect(shows(lines, 'starting')()).toBe(false)
    tty.write('and the rest\n')
    await until(shows(lines, 'starting'))
    await report.close()
    expect(lines().slice(1)).toEqual(['(node:1) Warning: something', 'half a line and the rest'])
  })

  it('clears its lines and shows the cursor when paused or closed, also at once', async () => {
    const { tty, report, lines } = terminal()
    report.handle(play('web'))
    await until(shows(lines, 'starting'))
    expect(screen(tty.text).cursor).toBe(false)
    report.pause()
    expect(lines()).toHaveLength(1)
    expect(screen(tty.text).cursor).toBe(true)
    report.resume()
    await until(shows(lines, 'starting'))
    await report.close()
    await sleep(200)
    expect(lines()).toHaveLength(1)
    expect(screen(tty.text).cursor).toBe(true)
  })

  it('gives back the streams and leaves no listener behind', async () => {
    const before = process.listenerCount('exit')
    const { tty, report } = terminal()
    expect(Object.hasOwn(tty, 'write') && process.listenerCount('exit') > before).toBe(true)
    await report.close()
    expect(Reflect.get(tty, 'write')).toBe(Reflect.get(Sink.prototype, 'write'))
    expect(process.listenerCount('exit')).toBe(before)
  })
})

describe('text takes the place of moving lines', () => {
  it.each([
    ['in a file', false, {}],
    ['in CI', true, { CI: 'true' }],
    ['on a dumb terminal', true, { TERM: 'dumb' }],
  ])('%s', (_, isTTY, environment) => {
    expect(isInteractive({ isTTY }, environment)).toBe(false)
  })

  it('when stdout is no terminal', () => {
    expect(createReport('tty', { stdout: new Sink(), stderr: new Sink() })).toBeInstanceOf(TextReport)
  })

  it('but not on a terminal', () => {
    expect(isInteractive({ isTTY: true }, { TERM: 'xterm' })).toBe(true)
  })
})

function activity(...begun: [host: string, task: TaskReference, now: number][]): Activity {
  const working = new Activity()
  working.update(play('web', ['web1', 'web2', 'web3', 'web4', 'web5']), 0)
  for (const [host, reference, now] of begun) working.begin(host, reference, now)
  return working
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 300; tries += 1) await sleep(10)
}

function shows(lines: () => string[], text: string): () => boolean {
  return () => lines().some((line) => line.includes(text))
}
