import { expect, test } from 'vitest'
import { parseYaml } from '../../runner/source/yaml.ts'

const cases: [what: string, text: string, told: string][] = [
  ['a tab', 'a:\n\tb: 1\n', `2:1: a tab is used to indent (YAML indents with spaces only)`],
  [
    'an expression without quotes',
    '- debug:\n    msg: {{ a }} is {{ b }}\n',
    `2:10: a value that begins with '{{' must be quoted (write "{{ a }} is {{ b }}")`,
  ],
  [
    'an expression alone without quotes, which is YAML for something else',
    'when: {{ x }}\n',
    `1:7: a value that begins with '{{' must be quoted (write "{{ x }}")`,
  ],
  ['no space after a colon', 'a:b\nc: d\n', `1:2: a space is missing after ':' (write "a: b")`],
  [
    'no colon',
    '- name: x\n  copy\n    src: y\n',
    `2:3: ':' is missing after 'copy' (write 'key: value', or check the indentation)`,
  ],
  [
    'a second colon',
    '- shell: echo "a: b"\n',
    `1:10: a second ': ' in one value (put quotes around it: 'echo "a: b"')`,
  ],
  [
    'a line indented too deep',
    '- x: 1\n  y: 2\n   z: 3\n',
    '3:4: this line is indented deeper than the keys before it (keys of one dictionary start in the same column)',
  ],
  [
    'a line indented too little',
    'a:\n  b: 1\n c: 2\n',
    '3:2: this line is indented differently from the lines it belongs to (entries of one dictionary or list start in the same column)',
  ],
  [
    'an open quote',
    'a: "b\nc: d\n',
    '1:4: a quote is opened here and not closed (close it with " where it ends)',
  ],
  [
    'an open bracket',
    'a: [b\nc: d\n',
    `1:4: '[' is opened here and not closed (close it with ] where it ends)`,
  ],
  [
    'text after a quote',
    `a: 'it's'\n`,
    '1:8: text follows a closing quote (put the quotes around the whole value)',
  ],
  ['a reserved character', 'a: @x\n', `1:4: a value cannot begin with '@' (put quotes around the value)`],
  [
    'an unknown escape',
    'a: "\\d"\n',
    `1:5: unknown escape '\\d' in double quotes (double the backslash, or use single quotes)`,
  ],
  ['a star', 'hosts: *\n', `1:8: '*' begins an alias, which needs a name (quote it: '*')`],
  [
    'two documents',
    '---\na: 1\n---\nb: 2\n',
    `3:1: the file holds more than one YAML document (remove the second '---', or move what follows into a file of its own)`,
  ],
  [
    'a list in a dictionary',
    'key: value\n- a\n',
    `2:1: a list entry stands where a key is expected (check the indentation, and that the line before ends with ':')`,
  ],
  [
    'a key in a list',
    '- a\nb: c\n',
    `2:1: 'b: c' does not fit here (check the indentation: a list and a dictionary cannot be mixed at one level)`,
  ],
  [
    'a list on the line of its key',
    'a: - b\n',
    `1:4: '-' stands on the same line as its key (begin the list on a new line, or quote the text)`,
  ],
  [
    'a duplicate key',
    'a: 1\nb: 2\na: 3\n',
    `3:1: duplicate key 'a' (it was first given at f.yml:1:1; remove one of the two)`,
  ],
  [
    'an unknown alias',
    'a: *foo\n',
    `1:4: unknown alias '*foo' (name the value first with '&foo', or quote the text if no alias is meant)`,
  ],
  [
    'a value inside of itself',
    'a: &x\n  b: *x\n',
    `2:6: alias '*x' stands inside what it names (name the value first with '&x', or quote the text if no alias is meant)`,
  ],
  [
    'a key that is no text',
    '? {a: 1}\n: 2\n',
    '1:3: a dictionary or list cannot be a key (write the key as text)',
  ],
  [
    'a merge of no dictionary',
    '<<: 3\n',
    `1:1: '<<' merges dictionaries only (give it an alias of a dictionary, or a list of them)`,
  ],
  [
    'an unknown tag',
    'a: !foo bar\n',
    `1:9: unknown tag '!foo' (known tags are !vault, !unsafe and YAML's own)`,
  ],
]

test.each(cases)('%s', (_, text, expected) => {
  const { diagnostics } = parseYaml(text, 'f.yml')
  const told = diagnostics.map(
    ({ message, hint, location }) => `${location!.line}:${location!.column}: ${message} (${hint})`,
  )
  expect(told).toEqual([expected])
})

test('aliases that multiply are refused before they fill the memory', () => {
  const bomb = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index, all) =>
    level(name, index === 0 ? 'x' : `*${all[index - 1]}`),
  )
  const { diagnostics } = parseYaml(bomb.join(''), 'f.yml')
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'aliases multiply to more than a million values',
  ])
})

/** Ten times what the level before is. */
function level(name: string, of: string): string {
  return `${name}: &${name} [${Array.from({ length: 10 }, () => of).join(',')}]\n`
}
