import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["{'a':1} | combine({'b':2})", { a: 1, b: 2 }],
  ["{'a':1,'b':{'x':1}} | combine({'b':{'y':2}})", { a: 1, b: { y: 2 } }],
  ["{'a':1,'b':{'x':1}} | combine({'b':{'y':2}}, recursive=true)", { a: 1, b: { x: 1, y: 2 } }],
  ["[{'a':1},{'b':2}] | combine", { a: 1, b: 2 }],
  ["{'a':[1,2]} | combine({'a':[2,3]}, list_merge='append')", { a: [1, 2, 2, 3] }],
  ["{'a':[1,2]} | combine({'a':[2,3]}, list_merge='prepend')", { a: [2, 3, 1, 2] }],
  ["{'a':[1,2]} | combine({'a':[2,3]}, list_merge='append_rp')", { a: [1, 2, 3] }],
  ["{'a':[1,2]} | combine({'a':[2,3]}, list_merge='prepend_rp')", { a: [2, 3, 1] }],
  ["{'a':[1,2]} | combine({'a':[2,3]}, list_merge='keep')", { a: [1, 2] }],
  ["{'a':{'l':[1]}} | combine({'a':{'l':[2]}}, recursive=true, list_merge='append')", { a: { l: [1, 2] } }],
  [
    "{'a': 1, 'b': 2} | dict2items",
    [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ],
  ],
  ["{'a': 1} | dict2items(key_name='k', value_name='v')", [{ k: 'a', v: 1 }]],
  ["[{'key':'a','value':1}] | items2dict", { a: 1 }],
  ["[{'k':'a','v':1}] | items2dict(key_name='k', value_name='v')", { a: 1 }],
  [
    "{'b':1,'A':2,'c':0} | dictsort",
    [
      ['A', 2],
      ['b', 1],
      ['c', 0],
    ],
  ],
  [
    "{'b':1,'A':2,'c':0} | dictsort(true)",
    [
      ['A', 2],
      ['b', 1],
      ['c', 0],
    ],
  ],
  [
    "{'b':1,'A':2,'c':0} | dictsort(false, 'value')",
    [
      ['c', 0],
      ['b', 1],
      ['A', 2],
    ],
  ],
  [
    "{'b':1,'A':2,'c':0} | dictsort(reverse=true)",
    [
      ['c', 0],
      ['b', 1],
      ['A', 2],
    ],
  ],
  ["{'a':1} | items | list", [['a', 1]]],
  ["0 | extract(['x','y'])", 'x'],
  ["'b' | extract(nested['a'])", [10, 20]],
  ["'a' | extract(nested, 'b')", [10, 20]],
  ["'a' | extract(nested, ['b', 0])", 10],
  ["users | ansible.builtin.rekey_on_member('name') | list", ['anna', 'ben', 'Carl']],
]

describe('filters over dictionaries are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["{'a':1} | combine('x')", "filter 'combine': failed to combine variables, expected dicts but got a 'str'"],
  [
    "[{'k':'a'}] | items2dict",
    "filter 'items2dict': items2dict requires each dictionary in the list to contain the keys 'key' and 'value'",
  ],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
