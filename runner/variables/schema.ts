import type { Type as TypeBox } from 'typebox'

type Options = Record<string, unknown>

/**
 * TypeBox's builders, those that schemas here use, with TypeBox's own static types: an argument is still written once.
 * Made again because every start of the program builds schemas, and loading TypeBox's four hundred files for it takes
 * three times as long as loading Node itself. A test holds each builder against TypeBox's.
 */
export const Type = {
  String: (options?: Options) => ({ type: 'string', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Unknown: (options?: Options) => ({ ...options }),
  Unsafe: (schema: object) => ({ ...schema }),
  Enum: (words: readonly unknown[], options?: Options) => ({ enum: words, ...options }),
  Union: (anyOf: readonly object[], options?: Options) => ({ anyOf, ...options }),
  Array: (items: object, options?: Options) => ({ type: 'array', items, ...options }),
  /** Of texts only, as all keys here are. */
  Record: (_: object, value: object, options?: Options) => ({
    type: 'object',
    patternProperties: { '^.*$': value },
    ...options,
  }),
  Object: (properties: Record<string, object>, options?: Options) => {
    const required = Object.keys(properties).filter((name) => !(OPTIONAL in properties[name]!))
    return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options }
  },
  Optional: (schema: object) =>
    Object.defineProperty({ ...schema }, OPTIONAL, { value: true, enumerable: false }),
} as unknown as Pick<
  typeof TypeBox,
  | 'String'
  | 'Number'
  | 'Integer'
  | 'Boolean'
  | 'Null'
  | 'Unknown'
  | 'Unsafe'
  | 'Enum'
  | 'Union'
  | 'Array'
  | 'Record'
  | 'Object'
  | 'Optional'
>

/** Where TypeBox keeps it: in sight of `in`, out of sight of whoever copies or prints the schema. */
const OPTIONAL = '~optional'
