import { expect, it } from 'vitest'

import type { Event } from '../../runner/engine/events.ts'
import { renderHtml } from '../../runner/reports/html.ts'
import { diff, mispredicted, place, play, result, summary, task } from './events.ts'

it('a run is one page with its recap, results and diffs', () => {
  const page = renderHtml([
    play('web'),
    result('changed', { task: task('Write', { role: 'nginx' }), diff: [diff('a\n', 'b\n')] }),
    result('ok'),
    summary({ web1: { ok: 2, changed: 1 } }),
  ])
  expect(page).toContain('<h2>web</h2>')
  expect(page).toContain('<details open><summary><b class="changed">changed</b> web1 — nginx : Write ')
  expect(page).toContain('<span class="del">-a</span>\n<span class="add">+b</span>')
  expect(page).toContain('<td class="changed">1</td>')
  expect(page).toContain('<details><summary><b class="ok">ok</b>')
})

it('no text can become markup, wherever it stands', () => {
  const hostile = `"><script>alert(1)</script>'&`
  const events: Event[] = [
    play(hostile),
    ...(['failed', 'unknown'] as const).map((status) =>
      result(status, {
        host: hostile,
        delegatedTo: hostile,
        item: { label: hostile },
        task: task(hostile, { role: hostile, location: { ...place, file: hostile } }),
        result: { msg: hostile, [hostile]: 1 },
        diff: [
          {
            path: hostile,
            before: hostile,
            after: '',
            attributes: [{ name: hostile, before: hostile, after: null }],
          },
        ],
        because: [{ what: hostile }],
      }),
    ),
    { ...mispredicted(), host: hostile, resource: hostile, predicted: hostile, observed: hostile },
    { type: 'message', severity: 'warning', text: hostile, host: hostile },
    summary({ [hostile]: { failed: 1 } }),
  ]
  const page = renderHtml(events, hostile)
  const harmless = renderHtml(
    JSON.parse(JSON.stringify(events).replaceAll(JSON.stringify(hostile).slice(1, -1), 'x')) as Event[],
    'x',
  )
  expect(page).not.toMatch(/<script|src=|href=/)
  expect(page.match(/<[^>]+>/g)).toEqual(harmless.match(/<[^>]+>/g))
})
