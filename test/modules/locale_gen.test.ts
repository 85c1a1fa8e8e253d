import { describe, expect, test } from 'vitest'
import locale_gen from '../../runner/modules/locale_gen.ts'
import { localeKey } from '../../runner/resources/locales.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const host = (text: string, ...locales: string[]): Host => ({
  files: {
    '/etc/locale.gen': text,
    '/usr/share/i18n/SUPPORTED': 'de_DE.UTF-8 UTF-8\nde_DE ISO-8859-1\nde_DE@euro ISO-8859-15\n',
  },
  resources: { 'locales ': ['C', 'POSIX', ...locales] },
})

describe('a locale', () => {
  test.each<[string, string, string, string]>([
    [
      'is taken out of its comment',
      'de_DE.UTF-8',
      '# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8\n',
      '# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\n',
    ],
    ['is added', 'de_DE@euro', '# header\n', '# header\nde_DE@euro ISO-8859-15\n'],
  ])('%s and made', (_, name, before, after) => {
    const planned = plan(locale_gen, { name }, host(before))
    expect(textAfter(planned, '/etc/locale.gen')).toBe(after)
    expect(diffLines(planned.outcome)).toEqual(
      expect.arrayContaining([`locale ${name}`, 'state: absent → present']),
    )
    expect(planned.again().type).toBe('unchanged')
  })

  test('that is there is left alone, whatever the file says', () => {
    expect(plan(locale_gen, { name: 'de_DE.UTF-8' }, host('# none\n', 'de_DE.utf8')).outcome.type).toBe(
      'unchanged',
    )
  })

  test('is removed', () => {
    const planned = plan(
      locale_gen,
      { name: 'de_DE.UTF-8', state: 'absent' },
      host('de_DE.UTF-8 UTF-8\n', 'de_DE.utf8'),
    )
    expect(textAfter(planned, '/etc/locale.gen')).toBe('# de_DE.UTF-8 UTF-8\n')
    expect(planned.again().type).toBe('unchanged')
  })

  test('that nobody knows is refused', () => {
    expect(plan(locale_gen, { name: 'xx_YY.UTF-8' }, host('')).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining('xx_YY.UTF-8') },
    })
  })

  test('cannot be made without the package', () => {
    expect(
      plan(locale_gen, { name: 'de_DE.UTF-8' }, { resources: { 'locales ': [] } }).outcome,
    ).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining('"locales"') } })
  })

  test.each([
    ['de_DE.UTF-8', 'de_DE.utf8'],
    ['de_DE.ISO-8859-1', 'de_DE.iso88591'],
    ['de_DE@euro', 'de_DE@euro'],
    ['C.UTF-8', 'C.utf8'],
  ])('%s is listed as %s', (name, listed) => {
    expect(localeKey(name)).toBe(listed)
  })
})
