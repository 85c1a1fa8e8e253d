import { describe, expect, it } from 'vitest'

import type { Event } from '../../runner/engine/events.ts'
import { createReport } from '../../runner/reports/registry.ts'
import { TextView } from '../../runner/reports/text-view.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { diff, mispredicted, place, play, result, retry, start, summary, task, text } from './events.ts'
import { Sink } from './sink.ts'

const write = task('Write the configuration', { role: 'nginx' })

describe('a run has the shape that users of Ansible know', () => {
  it('prints plays, tasks, results and a recap', () => {
    expect(
      text([
        { type: 'playbook', file: 'playbooks/site.yml', plays: 1, check: false },
        play('web', ['web1', 'web2']),
        start(write),
        result('changed', { task: write }),
        result('ok', { task: write, host: 'web2' }),
        start(task('Restart', { role: 'nginx', handler: true })),
        result('changed', { task: task('Restart', { role: 'nginx', handler: true }) }),
        { type: 'play-end', name: 'web' },
        summary({ web1: { ok: 29, changed: 12, skipped: 1 }, web2: { ok: 3 } }),
      ]),
    ).toMatchInlineSnapshot(`
      "
      PLAY [web] *********************************************************************

      TASK [nginx : Write the configuration] *****************************************
      changed: [web1]
      ok: [web2]

      RUNNING HANDLER [nginx : Restart] **********************************************
      changed: [web1]

      PLAY RECAP *********************************************************************
      web1                       : ok=29   changed=12   unreachable=0    failed=0    skipped=1    rescued=0    ignored=0
      web2                       : ok=3    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
      "
    `)
  })

  it('prints the header again only when another task came between', () => {
    const other = task('Another task')
    expect(
      text([
        start(write),
        result('ok', { task: write, host: 'web1' }),
        start(write),
        result('ok', { task: write, host: 'web2' }),
        start(other),
        result('ok', { task: other, host: 'web1' }),
        result('ok', { task: write, host: 'web3' }),
      ]),
    ).toMatchInlineSnapshot(`
      "
      TASK [nginx : Write the configuration] *****************************************
      ok: [web1]
      ok: [web2]

      TASK [Another task] ************************************************************
      ok: [web1]

      TASK [nginx : Write the configuration] *****************************************
      ok: [web3]"
    `)
  })

  it('says when no host is left', () => {
    expect(
      text([
        play('web', ['web1', 'web2']),
        result('failed', { result: { msg: 'no' } }),
        result('unreachable', { host: 'web2', result: { msg: 'connection refused' } }),
        { type: 'play-end', name: 'web' },
      ]),
    ).toMatchInlineSnapshot(`
      "
      PLAY [web] *********************************************************************

      TASK [Write the configuration] *************************************************
      fatal: [web1]: FAILED! => {"changed": false, "msg": "no"}
        at roles/nginx/tasks/main.yml:12:3
      fatal: [web2]: UNREACHABLE! => {"changed": false, "msg": "connection refused", "unreachable": true}

      NO MORE HOSTS LEFT *************************************************************"
    `)
  })

  it.each([
    ['no hosts matched', 'skipping: no hosts matched'],
    ['skipping: no hosts matched', 'skipping: no hosts matched'],
    ['no hosts left', `NO MORE HOSTS LEFT ${'*'.repeat(61)}`],
    ['no more hosts left', `NO MORE HOSTS LEFT ${'*'.repeat(61)}`],
  ])('says why a play ended: %s', (reason, line) => {
    const lines = text([play('web', []), { type: 'play-end', name: 'web', reason }]).split('\n')
    expect(lines.slice(2).filter((each) => each !== '')).toEqual([line])
  })

  it('widens the recap for long names and large counters', () => {
    const recap = text([summary({ a: { ok: 12_345 }, ['b'.repeat(30)]: { failed: 1 } })])
      .split('\n')
      .slice(2, 4)
    expect(recap.map((line) => line.indexOf(' : '))).toEqual([30, 30])
    expect(new Set(recap.map((line) => line.indexOf('changed='))).size).toBe(1)
  })

  it('narrows the recap on a narrow terminal', () => {
    const hosts = { web1: { ok: 29, changed: 12 }, 'db1.example': { ok: 3, unknown: 1 } }
    expect(text([summary(hosts)], { width: 100 })).toMatchInlineSnapshot(`
      "
      PLAY RECAP *****************************************************************************************
      db1.example : ok=3  changed=0  unknown=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0
      web1        : ok=29 changed=12 unknown=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0
      "
    `)
  })

  it('lists in the recap what was not as predicted', () => {
    expect(text([mispredicted(), summary({ web1: { ok: 1 } })])).toMatchInlineSnapshot(`
      "
      PLAY RECAP *********************************************************************
      web1                       : ok=1    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0

      NOT AS PREDICTED ***************************************************************
      [web1] file /etc/localtime, after base : Set the time zone
        predicted: link to /usr/share/zoneinfo/UTC
        observed:  absent
      "
    `)
  })
})

describe('a result', () => {
  const cases: [name: string, event: Event, line: string][] = [
    ['ok', result('ok'), 'ok: [web1]'],
    ['changed', result('changed'), 'changed: [web1]'],
    ['skipped', result('skipped', { skipReason: 'false' }), 'skipping: [web1]'],
    ['of one item', result('changed', { item: { label: 'curl' } }), 'changed: [web1] => (item=curl)'],
    [
      'of an item that failed',
      result('failed', { item: { label: 'x' }, result: { rc: 1 } }),
      'failed: [web1] (item=x) => {"changed": false, "rc": 1}',
    ],
    ['delegated', result('ok', { delegatedTo: 'db1' }), 'ok: [web1 -> db1]'],
    [
      'unreachable',
      result('unreachable', { result: { msg: 'refused' } }),
      'fatal: [web1]: UNREACHABLE! => {"changed": false, "msg": "refused", "unreachable": true}',
    ],
    [
      'unknown',
      result('unknown', {
        because: [{ what: 'npm ci', location: { file: 'playbooks/site.yml', line: 31, column: 7 } }],
      }),
      'unknown: [web1] (waits for `npm ci`, playbooks/site.yml:31)',
    ],
    [
      'unknown for several reasons',
      result('unknown', { because: ['a', 'b', 'c', 'd'].map((what) => ({ what })) }),
      'unknown: [web1] (waits for `a`; `b`; `c`; and 1 more)',
    ],
    ['retried', retry(1, 3), 'FAILED - RETRYING: [web1]: Wait for health (3 retries left).'],
    [
      'under way in the background',
      { type: 'async', task: task('Wait for health'), host: 'web1', job: 'j1', state: 'running' } as const,
      'ASYNC POLL on web1: jid=j1 started=1 finished=0',
    ],
    ['retried once more', retry(3, 3), 'FAILED - RETRYING: [web1]: Wait for health (1 retries left).'],
  ]
  it.each(cases)('that is %s', (_, event, line) => {
    expect(text([event]).split('\n')[2]).toBe(line)
  })

  it('of debug is always shown, as readable JSON', () => {
    const debug = task('Say', { action: 'ansible.builtin.debug' })
    expect(
      text([
        result('ok', { task: debug, result: { changed: false, msg: ['two', new Unknown({ what: 'x' })] } }),
      ]),
    ).toMatchInlineSnapshot(`
      "
      TASK [Say] *********************************************************************
      ok: [web1] => {
          "msg": [
              "two",
              "(unknown)"
          ]
      }"
    `)
  })

  it('of a loop adds nothing to the lines of its items', () => {
    expect(
      text(
        [
          result('ok', { item: { label: 'curl' } }),
          result('changed', { item: { label: 'git' }, diff: [diff(null, 'x\n')] }),
          result('changed', { items: 2, diff: [diff(null, 'x\n')] }),
        ],
        { diff: true },
      )
        .split('\n')
        .slice(2),
    ).toMatchInlineSnapshot(`
      [
        "ok: [web1] => (item=curl)",
        "--- /dev/null",
        "+++ after: /etc/nginx/nginx.conf",
        "@@ -0,0 +1 @@",
        "+x",
        "",
        "changed: [web1] => (item=git)",
      ]
    `)
  })

  it('of a loop without items, or that fails before its items, has its own line', () => {
    expect(text([result('skipped', { items: 0 })])).toContain('skipping: [web1]')
    expect(
      text([
        result('ok', { item: { label: 'a' } }),
        result('failed', { items: 2, result: { msg: 'until' } }),
      ]),
    ).toContain('fatal: [web1]: FAILED!')
  })

  it('that failed and is ignored says so, a loop once', () => {
    expect(text([result('failed', { ignored: true, result: { msg: 'no' } })])).toMatch(/\n\.\.\.ignoring$/)
    const loop = text([
      result('failed', { item: { label: 'a' }, ignored: true, result: { msg: 'no' } }),
      result('failed', { items: 1, ignored: true, result: { msg: 'some items failed' } }),
    ])
    expect(loop.match(/\.\.\.ignoring/g)).toHaveLength(1)
    expect(loop).not.toContain('some items failed')
  })
})

describe('a failure can be read', () => {
  const failed = result('failed', {
    result: {
      msg: 'non-zero return code',
      rc: 1,
      cmd: ['npm', 'ci'],
      stdout: 'one\ntwo\n',
      stdout_lines: ['one', 'two'],
      stderr: 'npm error code\r\n\x1b[31mENOENT',
      stderr_lines: [],
    },
  })

  it('with what the command printed, line by line, and the place of the task', () => {
    expect(text([failed])).toMatchInlineSnapshot(`
      "
      TASK [Write the configuration] *************************************************
      fatal: [web1]: FAILED! => {"changed": false, "cmd": ["npm", "ci"], "msg": "non-zero return code", "rc": 1}
        at roles/nginx/tasks/main.yml:12:3
        stdout:
          one
          two
        stderr:
          npm error code
          \\x1b[31mENOENT"
    `)
  })

  it('with the end of long output, and all of it with -v', () => {
    const long = result('failed', {
      result: { stderr: Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n') },
    })
    expect(text([long])).toContain('stderr: (the last 40 of 100 lines)\n    line 60\n')
    expect(text([long], { verbosity: 1 })).toContain('stderr:\n    line 0\n')
  })

  it('with a message of several lines as lines', () => {
    expect(text([result('failed', { result: { msg: 'assertion failed\n  a == b' } })])).toContain(
      '  msg:\n    assertion failed\n      a == b',
    )
  })
})

describe('-v shows more', () => {
  const event = result('changed', {
    result: { rc: 0, stdout: 'a', stdout_lines: ['a'], invocation: { module_args: {} }, _internal: 1 },
  })
  it.each([
    [1, 'changed: [web1] => {"changed": true, "rc": 0, "stdout": "a"}'],
    [
      3,
      'changed: [web1] => {\n    "changed": true,\n    "invocation": {\n        "module_args": {}\n    },\n    "rc": 0,\n    "stdout": "a"\n}',
    ],
  ])('at level %i', (verbosity, line) => {
    expect(text([event], { verbosity })).toContain(line)
  })

  it('the place of every task at level 2', () => {
    expect(text([start(write)], { verbosity: 2 })).toContain('task path: roles/nginx/tasks/main.yml:12:3')
  })

  it('why a task was skipped at level 1', () => {
    expect(text([result('skipped', { skipReason: "x == 'y'" })], { verbosity: 1 })).toContain(
      `"false_condition": "x == 'y'"`,
    )
  })
})

describe('a dry run', () => {
  const ok: Event[] = [
    { type: 'playbook', file: 'site.yml', plays: 1, check: true },
    play('web'),
    start(write),
    result('ok', { task: write }),
    start(task('Skip me')),
    result('skipped', { task: task('Skip me') }),
    { type: 'play-end', name: 'web' },
  ]

  it('of a converged host is silent but for the recap', () => {
    expect(text([...ok, summary({ web1: { ok: 1 } })], { check: true, quiet: true })).toMatchInlineSnapshot(`
      "
      PLAY RECAP *********************************************************************
      web1                       : ok=1    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
      "
    `)
  })

  it('prints headers only over what would change', () => {
    const change = task('Change me')
    const events = [
      ...ok.slice(0, -1),
      start(change),
      result('changed', { task: change, host: 'web1' }),
      ok.at(-1)!,
    ]
    expect(text(events, { check: true, quiet: true })).toMatchInlineSnapshot(`
      "
      PLAY [web] *********************************************************************

      TASK [Change me] ***************************************************************
      changed: [web1]"
    `)
  })

  it('is as talkative as a real run with -v', () => {
    expect(text(ok, { check: true, quiet: true, verbosity: 1 })).toContain('ok: [web1]')
  })

  it('says which tasks a handler runs for', () => {
    const restart = task('Restart', { role: 'nginx', handler: true })
    expect(
      text(
        [
          { type: 'notified', handler: 'Restart', host: 'web1', by: write },
          { type: 'notified', handler: 'Restart', host: 'web2', by: write },
          { type: 'notified', handler: 'Reload', host: 'web2', by: write },
          start(restart),
          result('changed', { task: restart }),
        ],
        { check: true },
      ),
    ).toMatchInlineSnapshot(`
      "
      RUNNING HANDLER [nginx : Restart] **********************************************
      notified by nginx : Write the configuration, roles/nginx/tasks/main.yml:12 (web1, web2)
      changed: [web1]"
    `)
  })
})

describe('diffs', () => {
  const changed = result('changed', {
    diff: [
      diff('a\n', 'b\n'),
      { path: '/etc/x', attributes: [{ name: 'mode', before: '0644', after: '0600' }] },
    ],
  })

  it('come before the line of their result', () => {
    expect(text([changed], { diff: true })).toMatchInlineSnapshot(`
      "
      TASK [Write the configuration] *************************************************
      --- before: /etc/nginx/nginx.conf
      +++ after: /etc/nginx/nginx.conf
      @@ -1 +1 @@
      -a
      +b

      ~ /etc/x: mode 0644 → 0600

      changed: [web1]"
    `)
  })

  it('are left out unless asked for', () => {
    expect(text([changed])).not.toContain('---')
  })
})

describe('text from a host or a file', () => {
  const hostile = '\x1b[2J\x1b]0;owned\x07\r\nok: [web1]\u202e\x9b1A'
  const everywhere: Event[] = [
    play(hostile, [hostile]),
    start(task(hostile, { role: hostile, location: { ...place, file: hostile } })),
    ...(['ok', 'changed', 'skipped', 'failed', 'unreachable', 'unknown'] as const).map((status) =>
      result(status, {
        host: hostile,
        delegatedTo: hostile,
        item: { label: hostile },
        skipReason: hostile,
        result: { msg: hostile, stdout: hostile, [hostile]: hostile },
        diff: [
          {
            path: hostile,
            before: hostile,
            after: `${hostile}!`,
            attributes: [{ name: hostile, before: hostile, after: null }],
          },
        ],
        because: [{ what: hostile, location: { ...place, file: hostile } }],
      }),
    ),
    result('ok', { task: task('d', { action: 'debug' }), result: { msg: hostile } }),
    { ...retry(1, 2), host: hostile },
    { type: 'notified', handler: hostile, host: hostile, by: task(hostile) },
    { ...mispredicted(), predicted: hostile, observed: hostile, resource: hostile, host: hostile },
    {
      type: 'message',
      severity: 'warning',
      text: hostile,
      host: hostile,
      diagnostic: {
        severity: 'warning',
        message: hostile,
        hint: hostile,
        location: { ...place, file: hostile },
      },
    },
    { type: 'play-end', name: hostile, reason: hostile },
    summary({ [hostile]: { failed: 1 } }),
  ]

  it.each([0, 1, 2, 3, 4])('cannot command a terminal at verbosity %i', (verbosity) => {
    const view = new TextView({ diff: true, check: true, verbosity })
    const all = everywhere.flatMap((event) => {
      const { stdout, stderr } = view.lines(event)
      return [...stdout, ...stderr]
    })
    expect(all.join('\n')).not.toMatch(/[^\P{C}\n\t]/u)
  })

  it('cannot forge a result of its own, because the lines of output are indented', () => {
    const lines = text(everywhere, { verbosity: 3, diff: true }).split('\n')
    expect(lines.filter((line) => line === 'ok: [web1]')).toEqual([])
    expect(lines.filter((line) => line.startsWith('ok: [web1]'))).toHaveLength(1)
  })
})

describe('the text report', () => {
  it('writes results to stdout and messages to stderr', async () => {
    const stdout = new Sink()
    const stderr = new Sink()
    const report = createReport('text', { stdout, stderr, color: false })
    report.handle(play('web'))
    report.handle({
      type: 'message',
      severity: 'warning',
      text: 'group `db` is empty',
      diagnostic: { severity: 'warning', message: 'empty', location: place, hint: 'add a host' },
    })
    report.handle({ type: 'message', severity: 'info', text: 'making web1' })
    await report.close()
    expect(stdout.text).toMatch(/^\nPLAY \[web\] \*+\n$/)
    expect(stderr.text).toMatchInlineSnapshot(`
      "[WARNING]: group \`db\` is empty
        at roles/nginx/tasks/main.yml:12:3
        add a host
      making web1
      "
    `)
  })

  it('colours each line by itself when asked to', async () => {
    const stdout = new Sink()
    const report = createReport('text', { stdout, stderr: new Sink(), color: true })
    report.handle(result('changed'))
    report.handle(result('unknown'))
    await report.close()
    expect(stdout.text).toContain('\x1b[33mchanged: [web1]\x1b[39m\n')
    expect(stdout.text).toContain('\x1b[35munknown: [web1]')
  })
})
