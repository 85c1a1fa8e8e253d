import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { TSchema } from 'typebox'
import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { plainlyFits } from './fits.ts'
import { suggestion } from './nearest.ts'

/** Something wrong inside a value: at which path (keys and indices), and whether the key itself is what is wrong. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

/**
 * Checks a value as written against a schema. Besides JSON Schema a schema may say `expects` (what to tell who got it
 * wrong) and `template: true` (an author's template). Each schema is compiled once, when it is first needed.
 *
 * @param name what the value is called in messages
 */
export function checkValue(schema: TSchema, value: unknown, name: string): Fault[] {
  if (plainlyFits(schema, value)) return []
  const validate = compiled(schema)
  if (validate(value)) return []
  return tellable(validate.errors ?? []).map((error) => fault(error, value, name))
}

const validators = new WeakMap<object, ValidateFunction>()
let ajv: Ajv2020 | undefined

function compiled(schema: TSchema): ValidateFunction {
  let validate = validators.get(schema)
  if (validate === undefined) {
    validate = (ajv ??= newAjv()).compile(schema)
    validators.set(schema, validate)
  }
  return validate
}

/** Loaded late: most runs start without a value that needs it. */
function newAjv(): Ajv2020 {
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const created = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    ownProperties: true,
  })
  created.addKeyword({
    keyword: 'template',
    validate: (_: unknown, data: unknown) => data instanceof Template || data instanceof Secret,
  })
  return created
}

/**
 * Of several alternatives (`anyOf`) each reports why it does not fit. Where one of them fits the value's kind and only
 * something inside is wrong, that is the error; otherwise the value as a whole is.
 */
function tellable(errors: readonly ErrorObject[]): ErrorObject[] {
  const told = new Map<string, ErrorObject>()
  for (const error of errors) {
    const { instancePath, keyword } = error
    if (keyword === 'template') continue
    // The outer alternatives report after the inner ones and know better what is expected.
    if (STRUCTURAL.has(keyword)) told.set(JSON.stringify([instancePath, error.params]), error)
    else told.set(instancePath, error)
  }
  return [...told.values()].filter(
    ({ instancePath, keyword }) =>
      keyword !== 'anyOf' ||
      !errors.some(
        (other) =>
          other.instancePath.startsWith(`${instancePath}/`) ||
          (other.instancePath === instancePath && STRUCTURAL.has(other.keyword)),
      ),
  )
}

const STRUCTURAL = new Set(['additionalProperties', 'required'])

function fault(error: ErrorObject, root: unknown, name: string): Fault {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const shown = path.reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : `${text}.${part}`),
    name,
  )
  if (error.keyword === 'additionalProperties') {
    const key = (error.params as { additionalProperty: string }).additionalProperty
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
    return {
      path: [...path, key],
      part: 'key',
      message: `unknown key '${key}' in '${shown}'`,
      hint: suggestion(key, known) ?? `known keys are ${known.join(', ')}`,
    }
  }
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string }
    return { path, part: 'value', message: `'${shown}' lacks '${missingProperty}'` }
  }
  const value = path.reduce<unknown>((at, part) => Reflect.get(Object(at), part), root)
  const schema = error.parentSchema as { expects?: string; enum?: readonly string[] }
  const hint =
    schema.enum !== undefined && typeof value === 'string' ? suggestion(value, schema.enum) : undefined
  return {
    path,
    part: 'value',
    message: `'${shown}' must be ${expectation(error)}, not ${describe(value)}`,
    hint,
  }
}

function expectation({ parentSchema, message }: ErrorObject): string {
  const { expects } = parentSchema as { expects?: string }
  return expects ?? message?.replace(/^must (?:be )?/, '') ?? 'something else'
}

/** A value in a message: short texts and numbers as they are, everything else by its kind. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (value instanceof Secret) return 'a secret'
  if (value instanceof Template) return 'a template'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string') return value.length > 40 ? 'text' : `'${value}'`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return 'a dictionary'
}
