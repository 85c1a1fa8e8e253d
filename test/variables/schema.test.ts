import { Type as TypeBox } from 'typebox'
import { expect, test } from 'vitest'
import { Type } from '../../runner/variables/schema.ts'

type Builders = typeof Type

const cases: Record<string, (type: Builders) => object> = {
  'text with options': (type) => type.String({ description: 'a name', pattern: '^a' }),
  'a number': (type) => type.Number({ minimum: 0 }),
  'a whole number': (type) => type.Integer(),
  'a boolean': (type) => type.Boolean(),
  nothing: (type) => type.Null(),
  anything: (type) => type.Unknown({ ansible: 'raw' }),
  'a schema of its own': (type) => type.Unsafe<string>({ type: ['string', 'null'] }),
  'one of several words': (type) => type.Enum(['a', 'b'], { description: 'a letter' }),
  'one of several kinds': (type) => type.Union([type.String(), type.Integer()], { expects: 'a mode' }),
  'a list': (type) => type.Array(type.String(), { minItems: 1 }),
  'a dictionary': (type) => type.Record(type.String(), type.Unknown(), { ansible: 'dict' }),
  'an object of which all is required': (type) =>
    type.Object({ b: type.String(), a: type.String() }, { additionalProperties: false }),
  'an object of which part is required': (type) =>
    type.Object({ a: type.Optional(type.String({ default: 'x' })), b: type.Null() }),
  'an object of which nothing is required': (type) => type.Object({ a: type.Optional(type.Null()) }),
}

test.each(Object.entries(cases))('%s is built as TypeBox builds it', (_, build) => {
  expect(JSON.stringify(build(Type))).toBe(JSON.stringify(build(TypeBox as Builders)))
})

test('making a schema optional leaves the schema itself required', () => {
  const name = Type.String()
  Type.Optional(name)
  expect(Type.Object({ name })).toHaveProperty('required', ['name'])
})
