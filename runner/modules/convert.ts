import type { TSchema } from 'typebox'
import { describe } from '../source/check-value.ts'
import { parseFreeForm } from '../source/freeform.ts'
import { suggestion } from '../source/nearest.ts'
import { LazyDict } from '../variables/lazy.ts'
import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { textOf } from '../variables/text.ts'
import { Unknown } from '../variables/unknown.ts'
import { isDict, omit, type Dict, type Value } from '../variables/value.ts'
import type { ArgumentType } from './arguments.ts'

export type Converted = { readonly value: Value } | Wrong

export interface Wrong {
  readonly message: string
  readonly hint?: string
  /** How Ansible says it. */
  readonly ansible?: string
}

/** The parts of a schema that conversion goes by. */
interface Schema {
  readonly ansible?: ArgumentType
  readonly enum?: readonly (string | number)[]
  readonly items?: TSchema
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
}

/**
 * Converts a value to an argument's type as Ansible does: `yes` to true, `a,b` to a list, 420 (`0644`) to the mode
 * "0644". Templates and unknown values pass as they are; a secret is converted inside.
 *
 * @param name what the argument is called in messages
 */
export function convert(value: Value, schema: TSchema, name: string): Converted {
  if (value instanceof Template || value instanceof Unknown || value instanceof LazyDict || value === omit)
    return { value }
  if (value instanceof Secret) return convertSecret(value, schema, name)
  const rules = schema as Schema
  const converted = CONVERSIONS[rules.ansible ?? implied(rules)](value, rules, name)
  return 'value' in converted ? withinLimits(converted.value, rules, name) : converted
}

type Conversion = (value: Value, schema: Schema, name: string) => Converted

const CONVERSIONS: Readonly<Record<ArgumentType, Conversion>> = {
  raw: (value) => ({ value }),
  str: (value, schema, name) => {
    if (typeof value === 'boolean') return { value: wordFor(value, schema.enum) }
    if (typeof value === 'number') return { value: String(value) }
    return typeof value === 'string' ? { value } : wrong(name, 'text', value)
  },
  path: (value, _, name) => {
    if (typeof value === 'number') return { value: String(value) }
    return typeof value === 'string' ? { value } : wrong(name, 'a path', value)
  },
  bool: (value, _, name) => {
    if (typeof value === 'boolean') return { value }
    const word =
      typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : ''
    if (TRUE.has(word)) return { value: true }
    if (FALSE.has(word)) return { value: false }
    return wrong(name, 'true or false', value)
  },
  int: (value, _, name) => {
    if (Number.isInteger(value)) return { value }
    if (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)) return { value: Number(value) }
    return wrong(name, 'a whole number', value)
  },
  float: (value, _, name) => {
    if (typeof value === 'number') return { value }
    if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      return { value: Number(value) }
    return wrong(name, 'a number', value)
  },
  list: convertList,
  dict: convertDict,
  mode: (value, _, name) => {
    // YAML has read `0644` as the octal number that it is.
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) {
      return { value: value.toString(8).padStart(4, '0') }
    }
    if (typeof value === 'string' && MODE.test(value)) return { value }
    return wrong(name, 'a mode', value, `write it in quotes: '0644', or 'u=rw,g=r,o=r'`)
  },
  bytes: (value, _, name) => {
    if (typeof value === 'number') return { value }
    const size = typeof value === 'string' ? bytes(value) : undefined
    return size === undefined
      ? wrong(name, 'a size', value, `like 1048576, '1024K' or '1M'`)
      : { value: size }
  },
}

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't', '1.0'])
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f', '0.0'])
const CLAUSE = '[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+'
const MODE = new RegExp(`^(?:\\s*0?o?[0-7]{1,4}\\s*|preserve|${CLAUSE}(?:,${CLAUSE})*)$`)

/** `state: yes` means the word that the module knows for it; Python's name of the value otherwise. */
function wordFor(value: boolean, words: Schema['enum']): string {
  const meaning = value ? TRUE : FALSE
  const fitting = (words ?? []).filter((word) => meaning.has(String(word).toLowerCase()))
  if (fitting.length === 1) return String(fitting[0])
  return value ? 'True' : 'False'
}

function convertList(value: Value, schema: Schema, name: string): Converted {
  const list: readonly Value[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(',').map((part) => part.trim())
      : [value]
  if (
    !Array.isArray(value) &&
    isDict(value) &&
    typeOf(schema.items) !== 'dict' &&
    typeOf(schema.items) !== 'raw'
  ) {
    return wrong(name, 'a list', value)
  }
  if (schema.items === undefined) return { value: [...list] }
  const items: Value[] = []
  for (const [index, item] of list.entries()) {
    // One `omit` among many leaves out that one.
    if (item === omit) continue
    const converted = convert(item, schema.items, Array.isArray(value) ? `${name}[${index}]` : name)
    if (!('value' in converted)) return converted
    items.push(converted.value)
  }
  return { value: items }
}

function convertDict(value: Value, schema: Schema, name: string): Converted {
  const dict = isDict(value) ? value : typeof value === 'string' ? dictFromText(value) : undefined
  if (dict === undefined) return wrong(name, 'a dictionary', value)
  const { properties } = schema
  if (properties === undefined) return { value: dict }
  const entries: [string, Value][] = []
  for (const key of Object.keys(dict)) {
    if (!Object.hasOwn(properties, key)) {
      if (schema.additionalProperties !== false) entries.push([key, dict[key]!])
      else
        return {
          message: `unknown key '${key}' in '${name}'`,
          hint: suggestion(key, Object.keys(properties)),
        }
    } else if (dict[key] !== omit && dict[key] !== null) {
      const converted = convert(dict[key]!, properties[key]!, `${name}.${key}`)
      if (!('value' in converted)) return converted
      entries.push([key, converted.value])
    }
  }
  const given = new Set(entries.map(([key]) => key))
  for (const [key, property] of Object.entries(properties)) {
    if (given.has(key)) continue
    const fallback = (property as { default?: Value }).default
    if (fallback !== undefined) entries.push([key, structuredClone(fallback)])
    else if (schema.required?.includes(key) === true) return { message: `'${name}' lacks '${key}'` }
  }
  return { value: Object.fromEntries(entries) }
}

/** JSON, or `a=1, b=2`. */
function dictFromText(text: string): Dict | undefined {
  if (text.trimStart().startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(text)
      return isDict(parsed) ? parsed : undefined
    } catch {
      return undefined
    }
  }
  const { pairs, rest } = parseFreeForm(text.replaceAll(/,\s*/g, ' '))
  if (pairs.length === 0 || rest.trim() !== '') return undefined
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
}

function bytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGTPEZY]?)(?:i?B?|b)\s*$/i.exec(text)
  return match
    ? Math.round(Number(match[1]) * 1024 ** ' KMGTPEZY'.indexOf(match[2]!.toUpperCase() || ' '))
    : undefined
}

/** What a secret becomes is a secret again, and no message shows it. */
function convertSecret(secret: Secret, schema: TSchema, name: string): Converted {
  const converted = convert(secret.reveal(), schema, name)
  if ('value' in converted) return { value: sealed(converted.value, secret) }
  const { ansible, enum: words } = schema as Schema
  const expects = words ? `one of ${words.join(', ')}` : KINDS[ansible ?? 'raw']
  return { message: `'${name}' must be ${expects}, and this secret is not` }
}

function sealed(value: Value, secret: Secret): Value {
  if (value === secret.reveal()) return secret
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return new Secret(value)
  if (Array.isArray(value)) return value.map((item) => sealed(item, secret))
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sealed(item, secret)]))
  return value
}

const KINDS: Readonly<Record<ArgumentType, string>> = {
  str: 'text',
  path: 'a path',
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  raw: 'anything',
  list: 'a list',
  dict: 'a dictionary',
  mode: 'a mode',
  bytes: 'a size',
}

function withinLimits(value: Value, schema: Schema, name: string): Converted {
  const { enum: words, minimum, maximum, pattern } = schema
  if (words !== undefined && !words.includes(value as string)) {
    const near = typeof value === 'string' ? suggestion(value, words.map(String)) : undefined
    const ansible = `value of ${name} must be one of: ${words.join(', ')}, got: ${textOf(value)}`
    return { ...wrong(name, `one of ${words.map((word) => `'${word}'`).join(', ')}`, value, near), ansible }
  }
  if (typeof value === 'number' && minimum !== undefined && value < minimum)
    return wrong(name, `at least ${minimum}`, value)
  if (typeof value === 'number' && maximum !== undefined && value > maximum)
    return wrong(name, `at most ${maximum}`, value)
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return wrong(name, `text that matches ${pattern}`, value)
  }
  return { value }
}

function wrong(name: string, expects: string, value: Value, hint?: string): Wrong {
  return { message: `'${name}' must be ${expects}, not ${describe(value)}`, hint }
}

function typeOf(schema: TSchema | undefined): ArgumentType | undefined {
  return schema && ((schema as Schema).ansible ?? implied(schema))
}

/** For schemas that do not name Ansible's type. */
function implied(schema: Schema & { readonly type?: string }): ArgumentType {
  if (schema.properties !== undefined) return 'dict'
  if (schema.enum !== undefined) return 'str'
  switch (schema.type) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'integer':
      return 'int'
    case 'number':
      return 'float'
    case 'array':
      return 'list'
    case 'object':
      return 'dict'
    default:
      return 'raw'
  }
}
