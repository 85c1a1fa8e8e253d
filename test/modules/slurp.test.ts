import { expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import slurp from '../../runner/modules/slurp.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { plan } from './harness.ts'

const files = { '/etc/motd': Buffer.from([0, 255, 10]) }

test('a file comes in Base64, whatever its bytes', () => {
  expect(plan(slurp, { src: '/etc/motd' }, { files }).outcome).toMatchObject({
    type: 'unchanged',
    result: { content: 'AP8K', encoding: 'base64', source: '/etc/motd' },
  })
})

test('what an earlier task would write can be read', () => {
  const attributes = { mode: 0o644, owner: 'root', group: 'root' }
  const known = fileEffects('/etc/new', Buffer.from('x'), attributes)
  const unknown = fileEffects('/etc/new', new Unknown({ what: 'a command' }), attributes)
  expect(plan(slurp, { src: '/etc/new' }, { files, predicted: known }).outcome).toMatchObject({
    result: { content: 'eA==' },
  })
  expect(plan(slurp, { src: '/etc/new' }, { files, predicted: unknown }).outcome).toMatchObject({
    type: 'undecided',
    because: [{ what: 'a command' }],
  })
})

test.each([
  ['/none', 'file not found: /none'],
  ['/etc', 'source is a directory and must be a file: /etc'],
])('%s cannot be read', (src, msg) => {
  expect(plan(slurp, { src }, { files }).outcome).toMatchObject({ type: 'failed', result: { msg } })
})
