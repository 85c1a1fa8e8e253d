import { engineAction, engineActionNames } from './engine-actions.ts'
import { KEYWORDS, keywordsOf, WITH_LOOPS, type Place } from './keywords.ts'
import type { ModuleDefinition, ModuleTable } from './options.ts'

type Schema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema of playbooks, for editors: keywords, modules and their arguments with descriptions. Made from the
 * same tables that playbooks are checked with. `#/definitions/tasks` and `#/definitions/handlers` fit files of tasks.
 */
export function editorSchema(modules: ModuleTable): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Playbook',
    type: 'array',
    items: {
      if: { anyOf: IMPORTS.map((name) => ({ required: [name] })) },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: reference('import'),
      else: reference('play'),
    },
    definitions: {
      template: { type: 'string', pattern: String.raw`\{[{%#]` },
      import: object(keywordSchemas('import'), []),
      play: object({ ...keywordSchemas('play'), ...PLAY_LISTS }, ['hosts']),
      role: { anyOf: [{ type: 'string' }, { type: 'object', properties: keywordSchemas('role') }] },
      block: object({ ...keywordSchemas('block'), ...BLOCK_LISTS }, ['block']),
      tasks: listOf('task'),
      handlers: listOf('handler'),
      task: object(taskProperties('task', modules), []),
      handler: object(taskProperties('handler', modules), []),
    },
  }
}

const IMPORTS = keywordsOf('import').filter((name) => name.endsWith('import_playbook'))
const PLAY_LISTS = {
  roles: { type: ['array', 'null'], items: reference('role') },
  pre_tasks: reference('tasks'),
  tasks: reference('tasks'),
  post_tasks: reference('tasks'),
  handlers: reference('handlers'),
}
const BLOCK_LISTS = { block: reference('tasks'), rescue: reference('tasks'), always: reference('tasks') }

function reference(name: string): Schema {
  return { $ref: `#/definitions/${name}` }
}

function object(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required, additionalProperties: false }
}

function listOf(what: 'task' | 'handler'): Schema {
  return {
    type: ['array', 'null'],
    items: {
      if: { required: ['block'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: reference('block'),
      else: reference(what),
    },
  }
}

function keywordSchemas(place: Place): Record<string, Schema> {
  return Object.fromEntries(
    keywordsOf(place).map((name) => {
      const { schema, literal } = KEYWORDS[name]!
      return [name, literal === true ? plain(schema) : orTemplate(plain(schema))]
    }),
  )
}

function taskProperties(place: 'task' | 'handler', modules: ModuleTable): Record<string, Schema> {
  const definitions = [
    ...engineActionNames().map((name) => engineAction(name)!),
    ...[...modules.names()].map((name) => modules.get(name)!),
  ]
  const actions = definitions.flatMap((definition) => {
    const schema = moduleSchema(definition)
    return [definition.name, `ansible.builtin.${definition.name}`].map((name) => [name, schema] as const)
  })
  const loops = WITH_LOOPS.map((name) => [name, {}] as const)
  return { ...Object.fromEntries([...actions, ...loops]), ...keywordSchemas(place) }
}

/** A module's arguments as a dictionary, as text, or as a template of them. */
function moduleSchema(definition: ModuleDefinition): Schema {
  const { args } = definition as unknown as {
    args: { properties: Record<string, Argument>; additionalProperties?: unknown }
  }
  const properties = Object.entries(args.properties).flatMap(([name, schema]) =>
    [name, ...(schema.aliases ?? [])].map((each) => [each, argumentSchema(schema)] as const),
  )
  const summary = (definition as { summary?: string }).summary
  const dictionary = {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: args.additionalProperties ?? true,
  }
  return {
    ...(summary === undefined ? {} : { description: summary }),
    anyOf: [dictionary, { type: 'string' }, { type: 'null' }],
  }
}

interface Argument {
  readonly ansible?: string
  readonly aliases?: readonly string[]
  readonly description?: string
}

/** Besides what a module takes, what is converted to it. */
function argumentSchema(schema: Argument): Schema {
  const { description, ...rest } = plain(schema) as { description?: string }
  const converted: readonly Schema[] = CONVERTED[schema.ansible ?? ''] ?? []
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, ...converted, reference('template'), { type: 'null' }],
  }
}

const CONVERTED: Readonly<Record<string, readonly Schema[]>> = {
  str: [{ type: ['number', 'boolean'] }],
  path: [{ type: 'number' }],
  bool: [
    { type: 'string', pattern: '^(?:[Yy]es|[Nn]o|[Oo]n|[Oo]ff|[Tt]rue|[Ff]alse|[01])$' },
    { enum: [0, 1] },
  ],
  int: [{ type: 'string', pattern: String.raw`^\d+$` }],
  float: [{ type: 'string' }],
  list: [{ type: ['string', 'number', 'object'] }],
  dict: [{ type: 'string' }],
  bytes: [{ type: ['string', 'number'] }],
}

function orTemplate(schema: Schema): Schema {
  const { description, ...rest } = schema
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, reference('template')] }
}

/** A schema without what only this program understands. */
function plain(schema: unknown): Schema {
  return clean(schema) as Schema
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  if ('template' in value && value.template === true) return reference('template')
  const entries = Object.entries(value).filter(
    ([key, each]) => !OURS.has(key) && !(key === 'description' && each === ''),
  )
  return Object.fromEntries(entries.map(([key, each]) => [key, clean(each)]))
}

const OURS = new Set(['ansible', 'aliases', 'expects'])
