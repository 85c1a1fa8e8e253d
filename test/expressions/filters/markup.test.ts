import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['\'<a href="x">\' | escape', '&lt;a href=&#34;x&#34;&gt;'],
  ["'<&>' | e", '&lt;&amp;&gt;'],
  ["'a\nb' | comment", '#\n# a\n# b\n#'],
  ["'a\n\nb' | comment('c')", '//\n// a\n//\n// b\n//'],
  ["'a' | comment('cblock')", '/*\n *\n * a\n *\n */'],
  ["'a\nb' | comment('xml')", '<!--\n -\n - a\n - b\n -\n-->'],
  ["'a' | comment('erlang')", '%\n% a\n%'],
  ["'a' | comment(decoration='! ')", '!\n! a\n!'],
  [
    "'a' | comment('plain', prefix='#######\n#', postfix='#\n#######\n   ###\n    #')",
    '#######\n#\n# a\n#\n#######\n   ###\n    #',
  ],
  ["'a' | comment('plain', prefix='', postfix='')", '# a\n'],
  ["{'class': 'x', 'id': none, 'n': 5} | xmlattr", ' class="x" n="5"'],
  [
    "'see http://x.org/a?b=c&d now.' | urlize",
    'see <a href="http://x.org/a?b=c&amp;d" rel="noopener">http://x.org/a?b=c&amp;d</a> now.',
  ],
]

describe('comments and markup are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
