import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, render } from './harness.ts'

const variables: Record<string, Value> = {
  one: 1,
  word: 'hello',
  numbers: [1, 2, 3],
  nested: { a: { b: [10, 20] }, items: 'own', 'with-dash': true },
}

const values: [string, Value][] = [
  // literals
  ['{{ 42 }}', 42],
  ['{{ 1_000 }}', 1000],
  ['{{ 0x1f }}', 31],
  ['{{ 0o17 }}', 15],
  ['{{ 0b101 }}', 5],
  ['{{ 1.5e3 }}', 1500],
  ['{{ "text" }}', 'text'],
  ["{{ 'a' 'b' }}", 'ab'],
  ['{{ true }}', true],
  ['{{ False }}', false],
  ['{{ none }}', null],
  ['{{ [1, "a", [2]] }}', [1, 'a', [2]]],
  ['{{ [1, 2,] }}', [1, 2]],
  ['{{ (1, 2) }}', [1, 2]],
  ['{{ 1, 2 }}', [1, 2]],
  ['{{ () }}', []],
  ['{{ {"a": 1, "b": {"c": 2}} }}', { a: 1, b: { c: 2 } }],
  ['{{ {1: "x"}[1] }}', 'x'],
  // arithmetic
  ['{{ 1 + 2 * 3 }}', 7],
  ['{{ (1 + 2) * 3 }}', 9],
  ['{{ 7 // 2 }}', 3],
  ['{{ -7 // 2 }}', -4],
  ['{{ -7 % 3 }}', 2],
  ['{{ 7 / 2 }}', 3.5],
  ['{{ 2 ** 10 }}', 1024],
  ['{{ 2 ** 3 ** 2 }}', 64],
  ['{{ -one }}', -1],
  ['{{ +one }}', 1],
  ['{{ "ab" * 3 }}', 'ababab'],
  ['{{ [0] * 3 }}', [0, 0, 0]],
  ['{{ "a" + "b" }}', 'ab'],
  ['{{ numbers + [4] }}', [1, 2, 3, 4]],
  ['{{ true + 1 }}', 2],
  ['{{ "n=" ~ one ~ none }}', 'n=1None'],
  ['{{ 1 ~ 2 * 3 }}', '16'],
  // comparison and logic
  ['{{ 1 < 2 < 3 }}', true],
  ['{{ 1 < 2 > 3 }}', false],
  ['{{ 1 == 1.0 }}', true],
  ['{{ true == 1 }}', true],
  ['{{ "1" == 1 }}', false],
  ['{{ [1, {"a": 2}] == [1, {"a": 2}] }}', true],
  ['{{ 2 in numbers }}', true],
  ['{{ 2 not in numbers }}', false],
  ['{{ "ell" in word }}', true],
  ['{{ "a" in nested }}', true],
  ['{{ not one == 2 }}', true],
  ['{{ one and word }}', 'hello'],
  ['{{ 0 or word }}', 'hello'],
  ['{{ "" or [] or "last" }}', 'last'],
  ['{{ one if word else 2 }}', 1],
  ['{{ 1 if false else 2 if false else 3 }}', 3],
  // access
  ['{{ nested.a.b[1] }}', 20],
  ['{{ nested["a"]["b"][-1] }}', 20],
  ['{{ nested.a.b.0 }}', 10],
  ['{{ nested["with-dash"] }}', true],
  ['{{ nested.items }}', 'own'],
  ['{{ nested.items() | length }}', 3],
  ['{{ word[0] }}', 'h'],
  ['{{ word[1:3] }}', 'el'],
  ['{{ word[::-1] }}', 'olleh'],
  ['{{ numbers[1:] }}', [2, 3]],
  ['{{ numbers[:-1] }}', [1, 2]],
  ['{{ numbers[::2] }}', [1, 3]],
  ['{{ word.upper() }}', 'HELLO'],
  ['{{ "a-b".split("-")[1] }}', 'b'],
  ['{{ range(3) }}', [0, 1, 2]],
  ['{{ range(*[1, 7, 2]) }}', [1, 3, 5]],
  ['{{ dict(a=1, **{"b": 2}) }}', { a: 1, b: 2 }],
  // filters and tests
  ['{{ word | upper | lower }}', 'hello'],
  ['{{ -1 | abs }}', 1],
  ['{{ numbers | join("-") }}', '1-2-3'],
  ['{{ word is string }}', true],
  ['{{ word is not string }}', false],
  ['{{ 4 is divisibleby 2 }}', true],
  ['{{ 4 is divisibleby(2) }}', true],
  ['{{ word is defined and one is number }}', true],
  ['{{ "yes" if missing is undefined else "no" }}', 'yes'],
  ['{{ numbers | select("==", 2) | list }}', [2]],
  ['{{ word is ansible.builtin.contains("ell") }}', true],
  ['{{ nested | ansible.builtin.dict2items | length }}', 3],
  // what is printed between other text is what Python prints
  ['<{{ true }} {{ none }} {{ 1.0 }} {{ 10 / 2 }}>', '<True  1.0 5.0>'],
  ['<{{ [1, "a", none, {"k": true}] }}>', "<[1, 'a', None, {'k': True}]>"],
  ['<{{ (1,) }}{{ (1, 2) }}>', '<(1,)(1, 2)>'],
  ['<{{ ["it\'s"] }}>', '<["it\'s"]>'],
  ['<{{ [1e20, 1e-7, 0.1] }}>', '<[1e+20, 1e-07, 0.1]>'],
  // text around makes text; a lone expression keeps its type
  ['{{ one }}', 1],
  [' {{ one }}', ' 1'],
  ['{{ one }}{{ one }}', '11'],
  ['{{ numbers }}\n', [1, 2, 3]],
  ['{{ word }}\n', 'hello\n'],
  ['{# nothing #}{{ one }}', 1],
  ['a {# b #} c', 'a  c'],
  // as Ansible does in YAML, string literals inside {{ }} keep their backslashes
  ["{{ '\\d\\n' }}", '\\d\\n'],
]

describe('an expression gives what Jinja gives', () => {
  test.each(values)('%s', (source, expected) => {
    expect(render(source, variables)).toEqual(expected)
  })
})

const mistakes: [string, string][] = [
  ['{{ one +', "this has no '}}' at 10:7"],
  ['{{ one + }}', 'expected an expression at 10:16'],
  ['a {{ one = 1 }}', "unexpected '=' (write `==` to compare) at 10:16"],
  ['{{ one && word }}', "unexpected character '&' (write `and`) at 10:14"],
  ["{{ 'abc }}", 'this string has no end at 10:10'],
  ['{{ [1, 2 }}', "this '[' is not closed at 10:10"],
  ['{{ word | nothing }}', "there is no filter 'nothing' at 10:17"],
  ['{{ word | uper }}', "there is no filter 'uper' (did you mean 'upper'?) at 10:17"],
  ['{{ word is strin }}', "there is no test 'strin' (did you mean 'string'?) at 10:18"],
  [
    '{{ 1 + word }}',
    "'+' does not work on int and str (join texts with `~`, or convert with `| int`) at 10:12",
  ],
  ['{{ 1 / 0 }}', 'division by zero at 10:12'],
  ['{{ word < 1 }}', 'cannot compare str with int (convert the text with `| int` or `| float`) at 10:15'],
  ['{{ word() }}', 'a str is not a function at 10:10'],
  ['{{ word | join }} {{ numbers | batch }}', "filter 'batch': the argument 'linecount' is missing at 10:38"],
  ['{{ numbers | first(1, 2) }}', "filter 'first': got 3 arguments, takes 1 at 10:20"],
  ['{{ numbers | join(sep=1) }}', "filter 'join': has no argument 'sep' at 10:20"],
  ['line one\n  {{ 1 / 0 }}', 'division by zero at 11:8'],
  ['{% if one %}', "this block has no 'endif' at 10:7"],
  ['{% nonsense %}', "unknown statement 'nonsense' at 10:10"],
  ['{% endif %}', "unexpected 'endif' at 10:10"],
]

describe('a mistake is reported with its place and its cure', () => {
  test.each(mistakes)('%s', (source, expected) => {
    expect(errorOf(() => render(source, variables))).toBe(expected)
  })
})
