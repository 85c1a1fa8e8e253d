import type { Static, TObject, TSchema } from 'typebox'
import { Type } from '../variables/schema.ts'

/**
 * How a module's arguments are written once: the same TypeBox schema gives Ajv validation, static types, the editor
 * schema and the documentation. Beside JSON Schema's own keywords a schema carries:
 * - `ansible`: Ansible's argument type, which decides how a value is converted (`yes` to true, `a,b` to a list);
 * - `aliases`: other names of the argument.
 *
 * An argument is required unless it is wrapped in `Type.Optional` or has a `default`.
 *
 * @source https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html#argument-spec
 */
export type ArgumentType =
  | 'str'
  | 'path'
  | 'bool'
  | 'int'
  | 'float'
  | 'list'
  | 'dict'
  | 'raw'
  | 'mode'
  | 'bytes'

export interface ArgumentOptions<T = unknown> {
  readonly aliases?: readonly string[]
  readonly default?: T
}

const schema =
  <Schema extends TSchema>(build: (options: Record<string, unknown>) => Schema, ansible: ArgumentType) =>
  (description: string, options: ArgumentOptions<Static<Schema>> = {}) =>
    build({ description, ansible, ...options })

/** Text; numbers and booleans written in YAML are converted. */
export const text = schema((options) => Type.String(options), 'str')
/** A path; `~` and variables of the environment are expanded where the path belongs. */
export const path = schema((options) => Type.String(options), 'path')
export const bool = schema((options) => Type.Boolean(options), 'bool')
export const int = schema((options) => Type.Integer(options), 'int')
export const float = schema((options) => Type.Number(options), 'float')
/** Anything at all, not converted. */
export const raw = schema((options) => Type.Unknown(options), 'raw')
/** A dictionary of anything. */
export const dict = schema((options) => Type.Record(Type.String(), Type.Unknown(), options), 'dict')
/** Octal (`"0644"`, `0644`), or symbolic (`u=rw,g=r`) permissions, or `preserve`. */
export const mode = schema((options) => Type.Union([Type.String(), Type.Integer()], options), 'mode')

/** One of several words. */
export function choice<const Words extends readonly string[]>(
  words: Words,
  description: string,
  options: ArgumentOptions<Words[number]> = {},
) {
  return Type.Unsafe<Words[number]>(
    Type.Enum([...words], { description, ansible: 'str' satisfies ArgumentType, ...options }),
  )
}

/** A list; one value alone and comma-separated text are converted. */
export function list<Item extends TSchema>(
  item: Item,
  description: string,
  options: ArgumentOptions<Static<Item>[]> = {},
) {
  return Type.Array(item, { description, ansible: 'list' satisfies ArgumentType, ...options })
}

/** A list's element, without a description of its own. */
export const item = {
  text: Type.String({ ansible: 'str' satisfies ArgumentType }),
  path: Type.String({ ansible: 'path' satisfies ArgumentType }),
  int: Type.Integer({ ansible: 'int' satisfies ArgumentType }),
  raw: Type.Unknown({ ansible: 'raw' satisfies ArgumentType }),
  dict: Type.Record(Type.String(), Type.Unknown(), { ansible: 'dict' satisfies ArgumentType }),
}

export const optional = Type.Optional

/** The arguments of a module. */
export function args<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}

export type Arguments<Schema extends TObject> = Static<Schema>
