import { expect, it } from 'vitest'

import { jsonLine } from '../../runner/reports/json.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { diff, mispredicted, place, play, result, summary } from './events.ts'

it('a result is one line with the stable fields first', () => {
  const line = jsonLine(
    result('changed', {
      item: { label: 'nginx' },
      result: { dest: '/etc/nginx/nginx.conf', later: new Unknown({ what: 'npm ci' }) },
      diff: [diff('a\n', 'b\n', { attributes: [{ name: 'mode', before: '0644', after: '0600' }] })],
    }),
  )
  expect(line).not.toContain('\n')
  expect(
    line.startsWith('{"v":1,"type":"result","play":"web","task":"Write the configuration","host":"web1",'),
  ).toBe(true)
  expect(JSON.parse(line)).toEqual({
    v: 1,
    type: 'result',
    play: 'web',
    task: 'Write the configuration',
    host: 'web1',
    status: 'changed',
    changed: true,
    diff: [
      {
        path: '/etc/nginx/nginx.conf',
        before: 'a\n',
        after: 'b\n',
        unified:
          'mode: 0644 → 0600\n--- before: /etc/nginx/nginx.conf\n+++ after: /etc/nginx/nginx.conf\n@@ -1 +1 @@\n-a\n+b\n',
        attributes: [{ name: 'mode', before: '0644', after: '0600' }],
      },
    ],
    location: place,
    ms: 3,
    rescued: false,
    ignored: false,
    item: 'nginx',
    id: 'Write the configuration',
    action: 'copy',
    handler: false,
    result: { dest: '/etc/nginx/nginx.conf', later: '(unknown)' },
  })
})

it('a summary is the last line', () => {
  expect(jsonLine(summary({ web1: { ok: 2, changed: 1 } }))).toBe(
    '{"v":1,"type":"summary","hosts":{"web1":{"ok":2,"changed":1,"unknown":0,"skipped":0,"failed":0,"unreachable":0,"rescued":0,"ignored":0}},"exitCode":0,"check":false}',
  )
})

it.each([play('web'), mispredicted(), { type: 'message', severity: 'info', text: 'hello' } as const])(
  'other events are lines as they are: $type',
  (event) => {
    expect(JSON.parse(jsonLine(event))).toEqual({ v: 1, ...event })
  },
)

it('what a terminal would obey is escaped and stays the same text', () => {
  const line = jsonLine(result('ok', { result: { stdout: '\x1b[2J\x9b1A\u202e' } }))
  expect(line).not.toMatch(/\p{C}/u)
  expect(JSON.parse(line)).toMatchObject({ result: { stdout: '\x1b[2J\x9b1A\u202e' } })
})
