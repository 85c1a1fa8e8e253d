import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { isDict } from '../variables/value.ts'

interface Schema {
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly type?: string
  readonly items?: Schema
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly template?: boolean
}

/**
 * Whether a value plainly fits a schema. A no means only that it must be looked at properly: this saves a run without
 * mistakes from loading and compiling a validator.
 */
export function plainlyFits(schema: Schema, value: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((each) => plainlyFits(each, value))
  if (schema.enum) return schema.enum.includes(value)
  if (schema.template === true) return value instanceof Template || value instanceof Secret
  switch (schema.type) {
    case undefined:
      return true
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string' && value.length >= (schema.minLength ?? 0) && matches(schema, value)
    case 'integer':
      return Number.isInteger(value) && inRange(schema, value as number)
    case 'number':
      return typeof value === 'number' && inRange(schema, value)
    case 'array': {
      const { items, minItems = 0 } = schema
      if (!Array.isArray(value) || value.length < minItems) return false
      return items === undefined || value.every((item) => plainlyFits(items, item))
    }
    case 'object':
      return isDict(value) && membersFit(schema, value)
    default:
      return false
  }
}

function membersFit({ properties, required = [] }: Schema, dict: object): boolean {
  if (properties === undefined) return true
  return (
    required.every((key) => Object.hasOwn(dict, key)) &&
    Object.entries(dict).every(
      ([key, value]) => Object.hasOwn(properties, key) && plainlyFits(properties[key]!, value),
    )
  )
}

function matches({ pattern }: Schema, text: string): boolean {
  return pattern === undefined || new RegExp(pattern, 'u').test(text)
}

function inRange({ minimum = -Infinity, maximum = Infinity }: Schema, value: number): boolean {
  return value >= minimum && value <= maximum
}
