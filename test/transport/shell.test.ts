import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authoredScript, joinScripts, quote, type Script, sh } from '../../runner/transport/shell.ts'

/** The words that a real shell makes of a script that is only words. */
function words(script: Script): string[] {
  const output = execFileSync('sh', ['-c', `for word in ${script.text}; do printf '%s\\0' "$word"; done`])
  return output.toString().split('\0').slice(0, -1)
}

describe('quote', () => {
  test.each([
    ['plain', 'plain'],
    ['/etc/nginx/nginx.conf', '/etc/nginx/nginx.conf'],
    ['', `''`],
    ['two words', `'two words'`],
    ["it's", `'it'\\''s'`],
    ['-rf', `'-rf'`],
    ['A=b', `'A=b'`],
    ['~root', `'~root'`],
    ['$HOME `id` $(id)', `'$HOME \`id\` $(id)'`],
    ['line\nbreak', `'line\nbreak'`],
  ])('%j becomes %j', (text, expected) => {
    expect(quote(text)).toBe(expected)
  })

  test('refuses NUL', () => {
    expect(() => quote('a\0b')).toThrow('NUL')
  })
})

describe('sh', () => {
  test('gives the shell exactly the texts put in, whatever they hold', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        expect(words(sh`${texts}`)).toEqual(texts)
      }),
      { numRuns: 50 },
    )
  })

  test('keeps what is hostile a single word', () => {
    const hostile = ["'; rm -rf / #", '"; id', '$(id)', '`id`', '\\', '\n', '*', '~', '!!', '&', '-n', 'a=b']
    expect(words(sh`${hostile}`)).toEqual(hostile)
  })

  test('puts in scripts as they are and numbers as digits', () => {
    expect(sh`a ${sh`b ${'c d'}`} ${42}`.text).toBe(`a b 'c d' 42`)
  })

  test('makes nothing of an empty list', () => {
    expect(words(sh`a ${[]} b`)).toEqual(['a', 'b'])
  })
})

test('scripts are joined on lines of their own', () => {
  expect(joinScripts([sh`a`, authoredScript('b # no end'), sh`c`]).text).toBe('a\nb # no end\nc')
})
