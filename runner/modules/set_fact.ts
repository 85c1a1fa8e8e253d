import { Type } from '../variables/schema.ts'
import type { Dict, Value } from '../variables/value.ts'
import { bool } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { keepsWords } from './support/native-types.ts'

export default defineModule({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run.',
  args: Type.Object(
    { cacheable: bool('Keep it as a fact too.', { default: false }) },
    { additionalProperties: Type.Unknown({ ansible: 'raw' }) },
  ),
  takesUnknown: ['*'],
  keepsSecrets: true,
  controllerOnly: true,
  plan: ({ cacheable, ...given }) => {
    const bad = Object.keys(given).find((name) => !/^[A-Za-z_]\w*$/.test(name))
    const reserved = Object.keys(given).find((name) => name.startsWith('_ansible_'))
    if (reserved !== undefined)
      return failed(`The variable name '${reserved}' is reserved for internal use only.`)
    if (bad !== undefined)
      return failed(`The variable name '${bad}' is not valid: letters, digits and _ only, no digit first`)
    if (Object.keys(given).length === 0)
      return failed('No key/value pairs provided, at least one is required for this action to succeed')
    const variables: Dict = Object.fromEntries(
      Object.entries(given as Dict).map(([name, value]) => [name, asFact(value)]),
    )
    return unchanged(
      { ansible_facts: variables },
      cacheable ? { variables, cached: variables } : { variables },
    )
  },
})

const WORDS = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
])

// `set_fact: done=yes` means the boolean: Ansible takes these words for what they say, however they were written.
function asFact(value: Value): Value {
  return typeof value === 'string' && !keepsWords() ? (WORDS.get(value.toLowerCase()) ?? value) : value
}
