import type { TObject, TSchema } from 'typebox'
import { Type } from '../variables/schema.ts'
import { type Dict, isDict, own, type Value } from '../variables/value.ts'
import type { ArgumentType } from './arguments.ts'
import { textOf } from '../variables/text.ts'

/**
 * A role's argument specification as the schema of a module's arguments, so that one checker serves both.
 *
 * @param options the `options` of an entry point in `meta/argument_specs.yml`
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-argument-validation
 */
export function specificationSchema(options: Dict): TObject {
  const properties = Object.entries(options).map(([name, option]): [string, TSchema] => {
    const schema = optionSchema(isDict(option) ? option : {})
    const required = isDict(option) && own(option, 'required') === true
    return [name, required ? schema : Type.Optional(schema)]
  })
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false })
}

function optionSchema(option: Dict): TSchema {
  const ansible = textOf(own(option, 'type') ?? 'str') as ArgumentType
  const choices = own(option, 'choices')
  const common = { ansible, ...(Array.isArray(choices) ? { enum: choices } : {}) }
  const suboptions = own(option, 'options')
  switch (ansible) {
    case 'bool':
      return Type.Boolean(common)
    case 'int':
      return Type.Integer(common)
    case 'float':
      return Type.Number(common)
    case 'list':
      return Type.Array(elementSchema(own(option, 'elements'), suboptions), { ansible })
    case 'dict':
      return isDict(suboptions)
        ? withType(specificationSchema(suboptions), 'dict')
        : Type.Record(Type.String(), Type.Unknown(), { ansible })
    case 'raw':
      return Type.Unknown({ ansible })
    default:
      return Type.String(common)
  }
}

function elementSchema(elements: Value | undefined, suboptions: Value | undefined): TSchema {
  if (elements === undefined) return Type.Unknown({ ansible: 'raw' })
  return optionSchema({ type: elements, ...(suboptions === undefined ? {} : { options: suboptions }) })
}

function withType(schema: TObject, ansible: ArgumentType): TSchema {
  return { ...schema, ansible }
}
