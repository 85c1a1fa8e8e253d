import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate } from '../../runner/expressions/evaluate.ts'
import { parseYaml } from '../../runner/expressions/yaml/parse.ts'
import { dumpYaml } from '../../runner/expressions/yaml/dump.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import type { Value } from '../../runner/variables/value.ts'
import { dataScope, scopeOf, template } from './harness.ts'

const scope = scopeOf({ a: 1, b: 'text', c: [1, 2], d: { k: 'v' } })

const words = fc.constantFrom(
  ..."{{ }} {% %} {# #} ( ) [ ] { } | . , : ~ - + * ** // % == < = ' a b c d k and or not in is if else 1 2.5".split(
    ' ',
  ),
  ...'defined map join default for endfor endif set macro "x" é'.split(' '),
  '\n',
)

test('whatever is written either has a value or a mistake with a place in the text', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 25 }), (parts) => {
      const source = parts.join(' ')
      try {
        evaluate(template(source), scope)
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError)
        const [{ location }] = (error as SourceError).diagnostics as [SourceError['diagnostics'][number]]
        expect(location!.line).toBeGreaterThanOrEqual(10)
        expect(location!.line).toBeLessThanOrEqual(10 + source.split('\n').length - 1)
      }
    }),
    { numRuns: 2000 },
  )
})

// Through JSON once, which makes the negative zero a zero.
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Value)

test('what is written as JSON reads back the same', () => {
  fc.assert(
    fc.property(json, (value) => {
      const scope = dataScope({ value })
      expect(evaluate(template('{{ value | to_json | from_json }}'), scope)).toEqual(value)
    }),
    { numRuns: 300 },
  )
})

test('a text written as YAML reads back the same', () => {
  const texts = fc.string({
    unit: fc.constantFrom(...'ab1 :-#\'"{}[],&*!|>%@`\n\té~?=.\\'.split(''), 'yes', '0x1', '\u00a0'),
    maxLength: 40,
  })
  const structure = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      texts,
      tie('list'),
      tie('dict'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    dict: fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  })).value as fc.Arbitrary<Value>
  fc.assert(
    fc.property(
      structure,
      fc.constantFrom('leaves' as const, 'always' as const, 'never' as const),
      (value, flow) => {
        const plain = JSON.parse(JSON.stringify(value)) as Value
        expect(parseYaml(dumpYaml(plain, { indent: 2, width: 80, flow, sortKeys: false }))).toEqual(plain)
      },
    ),
    { numRuns: 500 },
  )
})
