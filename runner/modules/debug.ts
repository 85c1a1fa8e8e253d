import { UndefinedVariable } from '../expressions/errors.ts'
import { Template } from '../variables/template.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, int, optional, raw } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, skipped, undecided, unchanged } from './outcome.ts'
import { textOf } from '../variables/text.ts'

export default defineModule({
  name: 'debug',
  summary: 'Prints a message or a variable.',
  args: args({
    msg: raw('What is printed.', { default: 'Hello world!' }),
    var: optional(raw('A variable or expression whose value is printed.')),
    verbosity: int('Printed only from this many -v on.', { default: 0 }),
  }),
  expressions: ['var'],
  takesUnknown: ['msg'],
  controllerOnly: true,
  plan: (given, planning) => {
    if (given.verbosity > Number(planning.variable('ansible_verbosity') ?? 0)) {
      return skipped('Verbosity threshold not met.')
    }
    if (given.var === undefined) {
      return given.msg instanceof Unknown
        ? undecided(given.msg.because)
        : unchanged({ msg: given.msg as string })
    }
    const name = typeof given.var === 'string' ? given.var : textOf(given.var)
    if (name.trim() === '') return failed('var is empty')
    // A template is there to name a variable: what is undefined in it is no value to show.
    const value = isTemplate(given.var) ? planning.evaluate(given.var) : valueOf(name, planning)
    return value instanceof Unknown ? undecided(value.because) : unchanged({ [name]: value })
  },
})

const isTemplate = (value: unknown): value is Template => value instanceof Template

function valueOf(name: string, planning: Planning) {
  try {
    return planning.evaluate(name)
  } catch (error) {
    if (error instanceof UndefinedVariable) return 'VARIABLE IS NOT DEFINED!'
    throw error
  }
}
