import { expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import copy from '../../runner/modules/copy.ts'
import htpasswd from '../../runner/modules/htpasswd.ts'
import file from '../../runner/modules/file.ts'
import { fileFlags } from '../../runner/resources/file-flags.ts'
import { diffLines, type Host, plan } from './harness.ts'

const host: Host = { files: { '/etc/file': 'text', '/etc/link': { target: 'file' } } }
const withFlags = (on: string): Host => ({ ...host, resources: { 'flags /etc/file': { on, version: '7' } } })

test.each([
  ['Ae', '+A'],
  ['Ae', '-i'],
  ['Ae', 'Ae'],
  ['Ae', '=eA'],
  ['Ae', ''],
  // What nobody can set does not count.
  ['AI', '=A'],
])('a file with the flags %s has what %o wants', (on, attributes) => {
  const { outcome } = plan(file, { path: '/etc/file', attributes }, withFlags(on))
  expect(outcome).toMatchObject({ type: 'unchanged', result: { path: '/etc/file', mode: '0644' } })
})

test.each([
  ['e', '+i', 'e → +i'],
  ['ei', '-i', 'ei → -i'],
  ['Ae', 'A', 'Ae → =A'],
])('a file with the flags %s is given %s', (on, attributes, line) => {
  const { outcome, again } = plan(file, { path: '/etc/link', attributes }, withFlags(on))
  expect(diffLines(outcome)).toEqual(['/etc/link', `attributes: ${line}`])
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining('-- /etc/file') } })
  expect(again().type).toBe('unchanged')
})

test.each(['+i', '-i', '=i'])('a file that is made is given %s, once', (attributes) => {
  const { outcome, again } = plan(copy, { dest: '/etc/new', content: 'x', attr: attributes }, host)
  expect(diffLines(outcome)).toContain(`attributes: - → ${attributes}`)
  expect(again().type).toBe('unchanged')
})

test('a file whose result does not name it is given its flags as well', () => {
  const args = { path: '/etc/users', name: 'ada', password: 'x', attributes: '+A' }
  const { outcome } = plan(htpasswd, args, host)
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining('chattr +A -- /etc/users') } })
})

test('a prediction of a new file holds whatever else the file system gives it', () => {
  expect(fileFlags.matches!({ on: 'i', off: '' }, { on: 'ei' })).toBe(true)
  expect(fileFlags.matches!({ on: '', off: 'e' }, { on: 'ei' })).toBe(false)
  expect(fileFlags.matches!({ on: 'i' }, { on: 'ei' })).toBe(false)
})

test.each([
  ['+q', 'are no flags'],
  ['i', 'no such flags'],
])('%s fails', (attributes, message) => {
  const { outcome } = plan(
    file,
    { path: '/etc/file', attributes },
    { ...host, resources: { 'flags /etc/file': null } },
  )
  expect(outcome).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining(message) } })
})

test('flags predicted for a file that is replaced afterwards are those of the old one', () => {
  const replaced = fileEffects('/etc/file', Buffer.from('new'), { mode: 0o644, owner: 'root', group: 'root' })
  const { outcome } = plan(
    file,
    { path: '/etc/file', attributes: '+i' },
    { ...withFlags('i'), predicted: replaced },
  )
  expect(outcome.type).toBe('change')
})

test('lsattr is read, whatever is in a name', () => {
  const answer = `511442298  -------A------e------- /a b\n1 --------------e------- /c\n`
  expect(fileFlags.parse(Buffer.from(answer), ['/none', '/a b', '/c'])).toEqual([
    null,
    { on: 'Ae', version: '511442298' },
    { on: 'e', version: '1' },
  ])
})
