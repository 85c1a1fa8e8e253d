import { Unknown } from '../variables/unknown.ts'
import { asList, type Value } from '../variables/value.ts'
import { args, bool, item, list, optional, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, undecided, unchanged } from './outcome.ts'
import { textOf } from '../variables/text.ts'

export default defineModule({
  name: 'assert',
  summary: 'Fails unless every condition holds.',
  args: args({
    that: list(item.raw, 'The conditions: bare expressions.'),
    fail_msg: optional(raw('What is said when one does not hold.', { aliases: ['msg'] })),
    success_msg: optional(text('What is said when all hold.')),
    quiet: bool('Say less.', { default: false }),
  }),
  expressions: ['that'],
  controllerOnly: true,
  plan: ({ that, fail_msg, success_msg, quiet }, planning) => {
    const unknowns: Unknown[] = []
    for (const condition of asList(that as Value)) {
      const holds = planning.condition(condition)
      if (holds instanceof Unknown) unknowns.push(holds)
      else if (!holds) {
        return failed(fail_msg === undefined ? 'Assertion failed' : textOf(fail_msg), {
          assertion: textOf(condition),
          evaluated_to: false,
        })
      }
    }
    if (unknowns.length > 0) return undecided(unknowns.flatMap(({ because }) => because))
    const msg = success_msg ?? 'All assertions passed'
    return unchanged(quiet ? { msg } : { msg, _ansible_verbose_always: true })
  },
})
