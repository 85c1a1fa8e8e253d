import { expect, test } from 'vitest'
import template from '../../runner/modules/template.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan } from './harness.ts'

const cases: [says: string, source: string, args: Dict, bytes: string | Buffer][] = [
  [
    'signs of its own',
    '<< port >> {{ port }}\n',
    { variable_start_string: '<<', variable_end_string: '>>' },
    '80 {{ port }}\n',
  ],
  [
    'statements in signs of their own',
    '<% if port %>\nyes\n<% endif %>\n',
    { block_start_string: '<%', block_end_string: '%>' },
    'yes\n',
  ],
  [
    'comments in signs of their own',
    'a<# b #>\n',
    { comment_start_string: '<#', comment_end_string: '#>' },
    'a\n',
  ],
  ['blocks that keep their lines', '{% if port %}\nyes\n{% endif %}\n', { trim_blocks: false }, '\nyes\n'],
  ['ends of lines', 'a\nb\n', { newline_sequence: '\\r\\n' }, 'a\r\nb\r\n'],
  [
    'an encoding of one byte a character',
    'ä€\n',
    { output_encoding: 'windows-1252' },
    Buffer.from([0xe4, 0x80, 10]),
  ],
  ['an encoding by its Python name', 'ä\n', { output_encoding: 'latin_1' }, Buffer.from([0xe4, 10])],
  ['UTF-16', 'ä\n', { output_encoding: 'utf-16-le' }, Buffer.from('ä\n', 'utf16le')],
]
test.each(cases)('a template may have %s', (_, source, args, bytes) => {
  const host = { author: { 'x.j2': source }, files: { '/etc/other': '' }, variables: { port: 80 } }
  const planned = plan(template, { src: 'x.j2', dest: '/etc/x', ...args }, host)
  expect(planned.files.read('/etc/x')).toEqual(Buffer.from(bytes as string))
})

test('what an encoding cannot write is an error', () => {
  const host = { author: { 'x.j2': '€\n' }, files: { '/etc/other': '' } }
  const planned = plan(template, { src: 'x.j2', dest: '/etc/x', output_encoding: 'latin1' }, host)
  expect(planned.outcome).toMatchObject({
    type: 'failed',
    result: { msg: "'€' cannot be written in latin1" },
  })
})
