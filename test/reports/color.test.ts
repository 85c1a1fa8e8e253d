import { expect, it } from 'vitest'

import { wantsColor } from '../../runner/reports/color.ts'

it.each([
  ['a terminal', true, {}, true],
  ['a file', false, {}, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a file with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
])('colour for %s', (_, isTTY, environment, wanted) => {
  expect(wantsColor({ isTTY }, environment)).toBe(wanted)
})
