import { describe, expect, it } from 'vitest'

import { annotations, GithubReport } from '../../runner/reports/github.ts'
import { mispredicted, place, play, result, start, summary, task } from './events.ts'
import { Sink } from './sink.ts'

const write = task('Write the configuration', { role: 'nginx' })

describe('an annotation', () => {
  it('points to the task of a failure and says what the host said', () => {
    const event = result('failed', {
      task: write,
      result: { msg: 'non-zero return code', stderr: '50 % full\nstop: a,b' },
    })
    expect(annotations(event)).toEqual([
      '::error file=roles/nginx/tasks/main.yml,line=12,col=3,title=nginx %3A Write the configuration on web1::' +
        'non-zero return code%0A50 %25 full%0Astop: a,b',
    ])
  })

  it('cannot be broken out of by names or text', () => {
    const hostile = '::error::x,y=%0A\r\n::set-output\x1b'
    const event = result('failed', {
      host: hostile,
      task: task(hostile, { location: { ...place, file: hostile } }),
      result: { msg: hostile },
    })
    const [line] = annotations(event)
    expect(line).toMatch(/^::error file=[^:,\n]*,line=12,col=3,title=[^:,\n]*::[^\n\r]*$/)
  })

  it('is made for what stands: not for items, ignored and rescued failures, or successes', () => {
    const quiet = [
      result('ok'),
      result('failed', { item: { label: 'a' } }),
      result('failed', { ignored: true }),
      result('failed', { rescued: true }),
    ]
    expect(quiet.flatMap((event) => annotations(event))).toEqual([])
  })

  it('warns of messages and of what is not as predicted', () => {
    expect(
      [
        mispredicted(),
        {
          type: 'message',
          severity: 'warning',
          text: 'empty',
          diagnostic: { severity: 'warning', message: 'empty', hint: 'add one', location: place },
        } as const,
      ].flatMap((event) => annotations(event)),
    ).toEqual([
      '::warning file=roles/nginx/tasks/main.yml,line=12,col=3,title=Set the time zone::file /etc/localtime on web1 is not as predicted.%0Apredicted: link to /usr/share/zoneinfo/UTC%0Aobserved: absent',
      '::warning file=roles/nginx/tasks/main.yml,line=12,col=3::empty%0Aadd one',
    ])
  })
})

describe('the log', () => {
  it('folds each play and leaves the recap open', async () => {
    const stdout = new Sink()
    const report = new GithubReport({ stdout, stderr: new Sink(), color: false })
    for (const event of [
      play('web'),
      start(write),
      result('ok', { task: write }),
      { type: 'play-end', name: 'web' } as const,
      summary({ web1: { ok: 1 } }),
    ]) {
      report.handle(event)
    }
    await report.close()
    expect(
      stdout.text.split('\n').filter((line) => line.startsWith('::') || line.startsWith('PLAY')),
    ).toEqual([
      '::group::PLAY [web]',
      expect.stringMatching(/^PLAY \[web\]/),
      '::endgroup::',
      expect.stringMatching(/^PLAY RECAP/),
    ])
  })

  it('does not obey commands that come from a host', () => {
    const stdout = new Sink()
    const report = new GithubReport({ stdout, stderr: new Sink(), color: false })
    report.handle(
      result('failed', { task: write, ignored: true, result: { stdout: '::add-mask::a\n##[error]b' } }),
    )
    const lines = stdout.text.trimEnd().split('\n')
    const token = /^::stop-commands::([\da-f-]{36})$/.exec(lines[0]!)![1]
    expect(lines.at(-1)).toBe(`::${token}::`)
    expect(lines.slice(1, -1).join('\n')).toContain('    ::add-mask::a\n    ##[error]b')
  })
})
