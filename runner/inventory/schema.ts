import { Type } from '../variables/schema.ts'

const Variables = Type.Record(Type.String(), Type.Unsafe<unknown>({}), { description: 'variables by name' })

const Host = Type.Unsafe<unknown>({
  description: 'a host’s own variables',
  type: ['object', 'null'],
  properties: {
    sandbox: {
      description: 'a disposable Debian machine, made at first use',
      anyOf: [
        { type: ['boolean', 'null'] },
        {
          type: 'object',
          properties: { suite: { enum: ['bookworm', 'trixie'], description: 'Debian release' } },
          additionalProperties: false,
        },
      ],
    },
  },
})

/**
 * The shape of a YAML inventory, for editors. The reader (`yaml.ts`) checks the same while it reads, which costs a run
 * nothing; a test holds the two together.
 */
export const InventorySchema = Type.Unsafe<unknown>({
  type: 'object',
  additionalProperties: { $ref: '#/$defs/group' },
  $defs: {
    group: {
      type: ['object', 'null'],
      properties: {
        hosts: {
          description: 'hosts by name, also ranges: web[01:50]',
          type: ['object', 'string', 'null'],
          additionalProperties: Host,
        },
        vars: { ...Variables, type: ['object', 'null'] },
        children: {
          description: 'groups below this one',
          type: ['object', 'string', 'null'],
          additionalProperties: { $ref: '#/$defs/group' },
        },
      },
      additionalProperties: false,
    },
  },
})
