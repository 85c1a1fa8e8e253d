import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['path | basename', 'nginx.conf'],
  ['path | dirname', '/etc/nginx'],
  ["'/a/b/' | basename", ''],
  ["'/a/b/' | dirname", '/a/b'],
  ["'file' | dirname", ''],
  ["'/' | dirname", '/'],
  ['path | splitext', ['/etc/nginx/nginx', '.conf']],
  ["'/a.d/file' | splitext", ['/a.d/file', '']],
  ["'.bashrc' | splitext", ['.bashrc', '']],
  ["'x.tar.gz' | splitext", ['x.tar', '.gz']],
  ["['/a', 'b', 'c'] | path_join", '/a/b/c'],
  ["['a', '/b', 'c/'] | path_join", '/b/c/'],
  ["['a/', '', 'c'] | path_join", 'a/c'],
  ["'a' | path_join", 'a'],
  ["['/a/b/c', '/a/b/d'] | commonpath", '/a/b'],
  ["'C:\\a\\b.txt' | win_basename", 'b.txt'],
  ["'C:\\a\\b.txt' | win_dirname", 'C:\\a'],
  ["'C:\\a\\b.txt' | win_splitdrive", ['C:', '\\a\\b.txt']],
]

describe('paths are taken apart as in Python', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
