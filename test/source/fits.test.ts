import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkValue } from '../../runner/source/check-value.ts'
import { plainlyFits } from '../../runner/source/fits.ts'
import { KEYWORDS } from '../../runner/source/keywords.ts'
import { Ajv2020 } from 'ajv/dist/2020.js'

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'yes',
      'maybe',
      '',
      '5',
      '50%',
      'linear',
      'free',
      'a.yml',
      'sorted',
      'item',
      'always',
      '-1',
      '1.5',
    ),
    fc.integer({ min: -2, max: 3 }),
    fc.constantFrom(1.5, -0.5),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('name', 'loop_var', 'label', 'pause', 'extended', 'other', 'prompt', 'private'),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value

const ajv = new Ajv2020({ strict: false, validateSchema: false, ownProperties: true })
ajv.addKeyword({ keyword: 'template', validate: () => false })

test.each(Object.keys(KEYWORDS))('what plainly fits %s is what Ajv accepts', (name) => {
  const { schema } = KEYWORDS[name]!
  const validate = ajv.compile(schema)
  fc.assert(
    fc.property(values, (value) => {
      expect(plainlyFits(schema, value)).toBe(validate(value))
      expect(checkValue(schema, value, name).length === 0).toBe(validate(value))
    }),
    { numRuns: 60 },
  )
})
