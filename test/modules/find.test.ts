import { describe, expect, test } from 'vitest'
import { absentEffects, fileEffects, presentPath } from '../../runner/host/files.ts'
import { textOf } from '../../runner/variables/text.ts'
import { effect } from '../../runner/host/state.ts'
import find from '../../runner/modules/find.ts'
import { path as pathKind } from '../../runner/resources/path.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

const host: Host = {
  files: {
    '/srv/a.log': 'one\ntwo\n',
    '/srv/b.txt': 'x'.repeat(2048),
    '/srv/.hidden.log': '',
    '/srv/link': { target: '/srv/a.log' },
    '/srv/deep/c.log': { content: 'three', mode: 0o600 },
    '/srv/deep/er/d.log': 'four',
    '/srv/deep/er/link-up': { target: '/srv/deep' },
    '/other/e.log': '',
  },
  resources: { 'clock ': 101 },
}

function found(args: Dict, on: Host = host): string[] {
  const { outcome } = plan(find, { paths: '/srv', ...args }, on)
  if (outcome.type !== 'unchanged') throw new Error(JSON.stringify(outcome))
  return (outcome.result['files'] as Dict[]).map((file) => textOf(file['path']))
}

test('by what they hold, as they are written; what cannot be read so is told', () => {
  const on = { files: { '/srv/a': Buffer.from([0xc4, 0xe3, 0xba, 0xc3]) } }
  const answer = (encoding: string) => {
    const { outcome } = plan(find, { paths: '/srv', contains: '你好', encoding }, on)
    const { matched, skipped_paths: skipped } = outcome.type === 'unchanged' ? outcome.result : {}
    return { matched, skipped }
  }
  expect(answer('gbk')).toEqual({ matched: 1, skipped: {} })
  expect(answer('utf-8')).toEqual({
    matched: 0,
    skipped: {
      '/srv': 'Failed to read the file /srv/a due to an encoding error. current encoding: utf-8',
    },
  })
  expect(answer('none')).toEqual({ matched: 0, skipped: { '/srv': 'unknown encoding: none' } })
})

describe('files are found', () => {
  test.each<[string, Dict, string[]]>([
    ['in a directory', {}, ['/srv/a.log', '/srv/b.txt']],
    ['in several', { paths: ['/srv', '/other'], patterns: '*.log' }, ['/srv/a.log', '/other/e.log']],
    [
      'in all below',
      { recurse: true, patterns: '*.log' },
      ['/srv/a.log', '/srv/deep/c.log', '/srv/deep/er/d.log'],
    ],
    ['so deep at most', { recurse: true, depth: 2, patterns: '*.log' }, ['/srv/a.log', '/srv/deep/c.log']],
    ['hidden ones too', { hidden: true, patterns: '*.log' }, ['/srv/.hidden.log', '/srv/a.log']],
    ['but for some', { recurse: true, patterns: '*.log', excludes: 'c*,d*' }, ['/srv/a.log']],
    [
      'by a regular expression from the beginning',
      { use_regex: true, patterns: ['.\\.(log|txt)$', 'log'] },
      ['/srv/a.log', '/srv/b.txt'],
    ],
    ['that are directories', { file_type: 'directory', recurse: true }, ['/srv/deep', '/srv/deep/er']],
    ['that are links', { file_type: 'link' }, ['/srv/link']],
    ['of any type', { file_type: 'any' }, ['/srv/a.log', '/srv/b.txt', '/srv/deep', '/srv/link']],
    ['by a line', { contains: 't.o$' }, ['/srv/a.log']],
    ['not by the middle of a line', { contains: 'wo' }, []],
    ['by anything in them', { contains: 'e\\nt', read_whole_file: true }, ['/srv/a.log']],
    ['that are large', { size: '2k' }, ['/srv/b.txt']],
    ['that are small', { size: '-1k' }, ['/srv/a.log']],
    ['that are old', { age: '100s', patterns: 'a*' }, ['/srv/a.log']],
    ['that are not too old', { age: '-1m' }, []],
    ['by their permissions', { recurse: true, mode: '0600' }, ['/srv/deep/c.log']],
    ['by some of their permissions', { mode: '0222', exact_mode: false, patterns: 'a*' }, ['/srv/a.log']],
    ['so many at most', { limit: 1 }, ['/srv/a.log']],
  ])('%s', (_, args, paths) => expect(found(args)).toEqual(paths))

  test('as earlier tasks would leave them', () => {
    const attributes = { mode: 0o644, owner: 'root', group: 'root' }
    const predicted = [
      ...absentEffects('/srv/a.log'),
      effect(pathKind, '/srv/new', presentPath({ type: 'directory', fresh: true, ...attributes })),
      ...fileEffects('/srv/new/f.log', Buffer.from('x'), attributes),
    ]
    expect(found({ recurse: true, patterns: '*.log' }, { ...host, predicted })).toEqual([
      '/srv/deep/c.log',
      '/srv/new/f.log',
      '/srv/deep/er/d.log',
    ])
    expect(found({ recurse: true, age: '1d', patterns: 'f*' }, { ...host, predicted })).toEqual([])
  })
})

test('the result tells of each file what stat tells', () => {
  const { outcome } = plan(find, { paths: '/srv/deep' }, host)
  expect(outcome).toMatchObject({
    result: {
      matched: 1,
      examined: 2,
      msg: 'All paths examined',
      files: [{ path: '/srv/deep/c.log', mode: '0600', isreg: true, pw_name: 'root', size: 5, roth: false }],
    },
  })
})

test('a path that is no directory is skipped and told', () => {
  expect(plan(find, { paths: '/none,/srv' }, host).outcome).toMatchObject({
    result: { skipped_paths: { '/none': "'/none' is not a directory" }, matched: 2 },
  })
})

test.each<[Dict, string]>([
  [{ age: 'old' }, 'failed to process age'],
  [{ size: '1x' }, 'failed to process size'],
])('%o is refused', (args, msg) => {
  expect(plan(find, { paths: '/srv', ...args }, host).outcome).toMatchObject({
    type: 'failed',
    result: { msg },
  })
})

test('what is below the last level is examined, and left out', () => {
  const { outcome } = plan(find, { paths: '/srv', recurse: true, depth: 1, file_type: 'any' }, host)
  expect(outcome).toMatchObject({ result: { matched: 4, examined: 7 } })
})

test('directories that may not be read are told', () => {
  const on: Host = {
    user: { user: 'app', uid: 5, group: 'app', groups: ['app'] },
    files: { '/srv/shut': { type: 'directory', mode: 0o700 }, '/srv/file': '' },
  }
  const { outcome } = plan(find, { paths: '/srv', recurse: true }, on)
  expect(outcome).toMatchObject({
    result: { matched: 1, skipped_paths: { '/srv/shut': expect.stringContaining('Permission denied') } },
  })
})
