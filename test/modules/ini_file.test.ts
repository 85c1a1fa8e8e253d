import { describe, expect, test } from 'vitest'
import ini_file from '../../runner/modules/ini_file.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan, textAfter } from './harness.ts'

const path = '/etc/app.ini'
const on = (text: string) => ({ files: { [path]: text } })

describe('an option', () => {
  test.each<[string, string, Dict, string, string]>([
    [
      'gets its value',
      '[a]\nx = 1\n[b]\nx = 1\n',
      { value: '2' },
      '[a]\nx = 2\n[b]\nx = 1\n',
      'option changed',
    ],
    [
      'goes to the end of its section',
      '[a]\ny = 1\n\n# b\n[b]\n',
      { value: '2' },
      '[a]\ny = 1\nx = 2\n\n# b\n[b]\n',
      'option added',
    ],
    ['makes its section', '[b]\n', { value: '2' }, '[b]\n[a]\nx = 2\n', 'section and option added'],
    [
      'is written without spaces',
      '[a]\n',
      { value: '2', no_extra_spaces: true },
      '[a]\nx=2\n',
      'option added',
    ],
    ['takes the place of its comment', '[a]\n#x = 1\n', { value: '2' }, '[a]\nx = 2\n', 'option changed'],
    [
      'leaves its comment',
      '[a]\n#x = 1\n',
      { value: '2', modify_inactive_option: false },
      '[a]\nx = 2\n#x = 1\n',
      'option added',
    ],
    ['has no other values', '[a]\nx = 1\nx = 2\nx = 3\n', { value: '2' }, '[a]\nx = 2\n', 'option changed'],
    [
      'keeps other values',
      '[a]\nx = 1\n',
      { value: '2', exclusive: false },
      '[a]\nx = 1\nx = 2\n',
      'option added',
    ],
    [
      'has several values',
      '[a]\nx = 2\n',
      { values: ['1', '2', '3'] },
      '[a]\nx = 2\nx = 1\nx = 3\n',
      'option added',
    ],
    ['stands without a value', '[a]\nx = 1\n', { allow_no_value: true }, '[a]\nx\n', 'option changed'],
    ['is removed', '[a]\nx = 1\ny = 1\n', { state: 'absent' }, '[a]\ny = 1\n', 'option changed'],
    [
      'loses one value',
      '[a]\nx = 1\nx = 2\n',
      { state: 'absent', value: '1', exclusive: false },
      '[a]\nx = 2\n',
      'option changed',
    ],
  ])('%s', (_, before, args, after, msg) => {
    const planned = plan(ini_file, { path, section: 'a', option: 'x', ...args }, on(before))
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.outcome).toMatchObject({ type: 'change', result: { msg, path } })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('that differs in spaces only may be left alone', () => {
    const args = { path, section: 'a', option: 'x', value: '1', ignore_spaces: true }
    expect(plan(ini_file, args, on('[a]\nx=1\n')).outcome.type).toBe('unchanged')
  })

  test('before the first section belongs to none', () => {
    const planned = plan(ini_file, { path, option: 'x', value: '1' }, on('y = 1\n[a]\nx = 2\n'))
    expect(textAfter(planned, path)).toBe('y = 1\nx = 1\n[a]\nx = 2\n')
  })

  test('whose name has dots is no pattern', () => {
    const planned = plan(ini_file, { path, section: 'a', option: 'a.b', value: '1' }, on('[a]\nacb = 2\n'))
    expect(textAfter(planned, path)).toBe('[a]\nacb = 2\na.b = 1\n')
  })
})

test('a section is removed with everything in it', () => {
  const planned = plan(ini_file, { path, section: 'a', state: 'absent' }, on('[b]\n[a]\nx = 1\n[c]\n'))
  expect(textAfter(planned, path)).toBe('[b]\n[c]\n')
})

test('a file that is missing is made', () => {
  const planned = plan(
    ini_file,
    { path, section: 'a', option: 'x', value: '1', mode: '0640' },
    { files: { '/etc/x': '' } },
  )
  expect(textAfter(planned, path)).toBe('\n[a]\nx = 1\n')
  expect(planned.files.stat(path).status).toMatchObject({ mode: 0o640 })
})

test('an option needs a value', () => {
  expect(plan(ini_file, { path, section: 'a', option: 'x' }, on('')).outcome).toMatchObject({
    type: 'failed',
  })
})
