import { effect } from '../host/state.ts'
import { debconf, type DebconfQuestion } from '../resources/debconf.ts'
import { sh } from '../transport/shell.ts'
import { type Arguments, args, bool, choice, optional, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'
import { rootOnly } from './support/packages/run-apt.ts'

const TYPES = [
  'boolean',
  'error',
  'multiselect',
  'note',
  'password',
  'seen',
  'select',
  'string',
  'text',
  'title',
] as const

const schema = args({
  name: text('The package.', { aliases: ['pkg'] }),
  question: optional(text('The question: postfix/mailname.', { aliases: ['selection', 'setting'] })),
  vtype: optional(choice(TYPES, 'The kind of answer.')),
  value: optional(raw('The answer.', { aliases: ['answer'] })),
  unseen: bool('The question is to be asked again, though it has an answer.', { default: false }),
})

export default defineModule({
  name: 'debconf',
  summary: 'Answers a question that a package asks, before it asks.',
  args: schema,
  plan: (given, planning) => {
    const { name, question, vtype } = given
    if (question === undefined) return unchanged({ msg: '', current: {} })
    const before = planning.state.read(debconf, question)
    const current = before === null ? {} : { [question]: shown(before.value, vtype) }
    if (vtype === undefined && given.value === undefined) return unchanged({ msg: '', current })
    if (vtype === undefined || given.value === undefined)
      return failed('when supplying a question you must supply a valid vtype and value')
    const value = answerOf(given)
    if (/[\n\r\0]/.test(value)) return failed(`the answer to ${question} must be one line`)
    if (sameAnswer(before, value, vtype)) return unchanged({ msg: '', current })
    const after: DebconfQuestion =
      vtype === 'seen'
        ? { value: before?.value ?? '', type: before?.type, seen: value === 'true' }
        : { value, seen: !given.unseen, type: vtype }
    return rootOnly(planning, () =>
      change({
        diff: [
          {
            path: `debconf ${name}`,
            attributes: [
              {
                name: question,
                before: before === null ? null : shown(before.value, vtype),
                after: shown(value, vtype),
              },
            ],
          },
        ],
        // The answer may be a password: it goes over standard input.
        script: sh`debconf-set-selections ${given.unseen ? ['--unseen'] : []}`,
        payload: Buffer.from(`${name} ${question} ${vtype} ${value}\n`),
        after: [effect(debconf, question, after)],
        result: { msg: '', current: { [question]: shown(value, vtype) }, previous: current },
      }),
    )
  },
})

function answerOf({ value, vtype }: Arguments<typeof schema>): string {
  const text = Array.isArray(value) ? value.map(String).join(', ') : String(value)
  return vtype === 'boolean' || vtype === 'seen' ? text.toLowerCase() : text
}

function sameAnswer(before: DebconfQuestion | null, value: string, vtype: (typeof TYPES)[number]): boolean {
  if (before === null) return false
  if (vtype === 'seen') return before.seen === (value === 'true')
  if (vtype === 'multiselect') return choices(before.value) === choices(value)
  return before.value === value
}

function choices(value: string): string {
  return value
    .split(',')
    .map((each) => each.trim())
    .toSorted()
    .join()
}

function shown(value: string, vtype: string | undefined): string {
  return vtype === 'password' ? '********' : value
}
