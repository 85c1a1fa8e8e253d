import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["[1,'a',none,true,{'b':[1.5]}] | to_json", '[1, "a", null, true, {"b": [1.5]}]'],
  ["{'b':1,'a':[1,2]} | to_nice_json", '{\n    "a": [\n        1,\n        2\n    ],\n    "b": 1\n}'],
  ["{'b':1,'a':[]} | to_nice_json(indent=2)", '{\n  "a": [],\n  "b": 1\n}'],
  ["{'b':1,'a':[]} | to_nice_json(indent=2, sort_keys=false)", '{\n  "b": 1,\n  "a": []\n}'],
  ['{} | to_nice_json', '{}'],
  ["'é' | to_json(ensure_ascii=False)", '"é"'],
  ["{'b':1,'a':2} | to_json(sort_keys=true)", '{"a": 2, "b": 1}'],
  ["{'b':1,'a':2} | to_json(indent=1)", '{\n "b": 1,\n "a": 2\n}'],
  ["{'b':1,'a':2} | to_json(separators=(',',':'))", '{"b":1,"a":2}'],
  ["'<a> & \\'b\\'' | tojson", '"\\u003ca\\u003e \\u0026 \\u0027b\\u0027"'],
  ["{'b':1,'a':2} | tojson(indent=2)", '{\n  "a": 2,\n  "b": 1\n}'],
  ['\'{"a": [1, 2.5, null, true]}\' | from_json', { a: [1, 2.5, null, true] }],
  ['10.0 | to_json', '10.0'],
  ['1e20 | to_json', '1e+20'],
  [
    'users | to_yaml',
    '- groups: [a, b]\n  name: anna\n  shell: /bin/sh\n  uid: 1001\n- groups: [b]\n  home: /b\n  name: ben\n  uid: 1000\n- groups: []\n  name: Carl\n  shell: /bin/sh\n  uid: 1002\n',
  ],
  [
    'users | to_nice_yaml',
    '-   groups:\n    - a\n    - b\n    name: anna\n    shell: /bin/sh\n    uid: 1001\n-   groups:\n    - b\n    home: /b\n    name: ben\n    uid: 1000\n-   groups: []\n    name: Carl\n    shell: /bin/sh\n    uid: 1002\n',
  ],
  [
    "{'a': {'b': [1, {'c': 'd'}], 'e': {}}, 'f': []} | to_nice_yaml",
    'a:\n    b:\n    - 1\n    -   c: d\n    e: {}\nf: []\n',
  ],
  [
    "{'a': {'b': [1, {'c': 'd'}], 'e': {}}, 'f': []} | to_nice_yaml(indent=2)",
    'a:\n  b:\n  - 1\n  - c: d\n  e: {}\nf: []\n',
  ],
  ["{'a': {'b': [1, 2]}, 'c': 'd'} | to_yaml", 'a:\n  b: [1, 2]\nc: d\n'],
  ["{'a': {'b': [1, 2]}, 'c': 'd'} | to_yaml(default_flow_style=False)", 'a:\n  b:\n  - 1\n  - 2\nc: d\n'],
  ["{'a': {'b': [1, 2]}, 'c': 'd'} | to_yaml(default_flow_style=True)", '{a: {b: [1, 2]}, c: d}\n'],
  [
    "['yes', 'no', 'null', '1', '1.5', '0x1f', '2026-01-01', '~', '', ' ', 'a: b', '# c', '- x', '-x', '@a', '*b', '&c', '!d', '%e', 'f#g', 'h:i', '[', '{', '`', '\"', \"'\", \"it's\", 'say \"x\"', '=', '<<', '?', ':', ',', 'on', 'Off', '1_000', '010', '12:30:45', '.5', '1e3', '1.0e+3', '.inf', 'true', 'True', 'a\\tb', 'tab\\t', 'trail ', ' lead', 'é', '日本', '---', '...', 'a\n', 'a\nb', 'a\nb\n', '\n', 'a\n\nb', ' a\nb'] | to_nice_yaml",
    "- 'yes'\n- 'no'\n- 'null'\n- '1'\n- '1.5'\n- '0x1f'\n- '2026-01-01'\n- '~'\n- ''\n- ' '\n- 'a: b'\n- '# c'\n- '- x'\n- -x\n- '@a'\n- '*b'\n- '&c'\n- '!d'\n- '%e'\n- f#g\n- h:i\n- '['\n- '{'\n- '`'\n- '\"'\n- ''''\n- it's\n- say \"x\"\n- '='\n- '<<'\n- '?'\n- ':'\n- ','\n- 'on'\n- 'Off'\n- '1_000'\n- '010'\n- '12:30:45'\n- '.5'\n- 1e3\n- '1.0e+3'\n- '.inf'\n- 'true'\n- 'True'\n- a\\tb\n- tab\\t\n- 'trail '\n- ' lead'\n- é\n- 日本\n- '---'\n- '...'\n- 'a\n\n    '\n- 'a\n\n    b'\n- 'a\n\n    b\n\n    '\n- '\n\n    '\n- 'a\n\n\n    b'\n- ' a\n\n    b'\n",
  ],
  [
    "{'multi': 'line one\nline two\n', 'x': 'a\n\n\nb'} | to_nice_yaml",
    "multi: 'line one\n\n    line two\n\n    '\nx: 'a\n\n\n\n    b'\n",
  ],
  ["'word' | to_yaml", 'word\n'],
  ["'1' | to_yaml", "'1'\n"],
  ['12 | to_yaml', '12\n'],
  ['[] | to_yaml', '[]\n'],
  ['{} | to_nice_yaml', '{}\n'],
  ['none | to_nice_yaml', 'null\n'],
  ["{'b': 1, 'a': 2} | to_nice_yaml(sort_keys=False)", 'b: 1\na: 2\n'],
  [
    "['The quick brown fox jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again and again'] | to_nice_yaml",
    '- The quick brown fox jumps over the lazy dog and then the quick brown fox jumps over\n    the lazy dog again and again\n',
  ],
  [
    "{'k': \"It's the quick brown fox: jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again\"} | to_nice_yaml",
    "k: 'It''s the quick brown fox: jumps over the lazy dog and then the quick brown fox\n    jumps over the lazy dog again'\n",
  ],
  [
    '{\'k\': "tab\\tthe quick brown fox: jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again"} | to_nice_yaml',
    "k: 'tab\\tthe quick brown fox: jumps over the lazy dog and then the quick brown fox\n    jumps over the lazy dog again'\n",
  ],
  [
    "{'k': 'The quick brown fox jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again and again'} | to_nice_yaml(width=50)",
    'k: The quick brown fox jumps over the lazy dog and then\n    the quick brown fox jumps over the lazy dog again\n    and again\n',
  ],
  [
    "{'k': 'The quick brown fox jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again and again'} | to_nice_yaml(width=1000)",
    'k: The quick brown fox jumps over the lazy dog and then the quick brown fox jumps over the lazy dog again and again\n',
  ],
  ['[[1,2],[3,[4]]] | to_nice_yaml', '-   - 1\n    - 2\n-   - 3\n    -   - 4\n'],
  ['[[1,2],[3,[4]]] | to_yaml', '- [1, 2]\n- - 3\n  - [4]\n'],
  ['[1.0, 1e20, 1e-7, 0.1, true, none] | to_yaml', '[1.0, 1.0e+20, 1.0e-07, 0.1, true, null]\n'],
  ["{'a b': 1, 'true': 2, '': 3, 'x: y': 4} | to_nice_yaml", "'': 3\na b: 1\n'true': 2\n'x: y': 4\n"],
  ["{'a': 1} | to_nice_yaml(explicit_start=true)", '---\na: 1\n'],
  ['[1] | to_nice_yaml(explicit_start=true, explicit_end=true)', '---\n- 1\n...\n'],
  [
    'range(40) | list | to_yaml',
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,\n  23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]\n',
  ],
  [
    "{'key_with_quite_some_length': range(30) | list} | to_yaml",
    'key_with_quite_some_length: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,\n  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]\n',
  ],
  [
    "'a: 1\nb: [x, yes, 0644, 1.5, null, ~, 12:30, 2026-01-02]' | from_yaml",
    { a: 1, b: ['x', true, 420, 1.5, null, null, 750, '2026-01-02'] },
  ],
  ["'- a\n- {b: c}' | from_yaml", ['a', { b: 'c' }]],
  ["'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2' | from_yaml", { a: { b: 1 }, c: { b: 1, d: 2 } }],
  ["'a: 1\n---\nb: 2' | from_yaml_all | list", [{ a: 1 }, { b: 2 }]],
]

describe('JSON and YAML are written and read as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'é\"\\' | to_json", 'this string has no end'],
  [
    "'nope' | from_json",
    "filter 'from_json': the text is no JSON: Unexpected token 'o', \"nope\" is not valid JSON",
  ],
  [
    "'a: [' | from_yaml",
    "filter 'from_yaml': the text is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5:",
  ],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
