import { describe, expect, test } from 'vitest'
import debconf from '../../runner/modules/debconf.ts'
import { diffLines, plan } from './harness.ts'

const question = 'postfix/mailname'
const answered = (value: string | null, seen = true) => ({
  resources: { [`debconf ${question}`]: value === null ? null : { value, seen } },
})
const args = { name: 'postfix', question, vtype: 'string', value: 'mail.example' }

describe('debconf', () => {
  test('answers a question that was not asked yet', () => {
    const planned = plan(debconf, args, answered(null))
    expect(diffLines(planned.outcome)).toEqual(['debconf postfix', `${question}: - → mail.example`])
    expect(planned.again().type).toBe('unchanged')
  })

  test('sends the answer over standard input, not in an argument', () => {
    const { outcome } = plan(debconf, { ...args, vtype: 'password', value: 'open sesame' }, answered('old'))
    if (outcome.type !== 'change') throw new Error(outcome.type)
    expect(outcome.script.text).not.toContain('sesame')
    expect(Buffer.from(outcome.payload!).toString()).toBe(`postfix ${question} password open sesame\n`)
    expect(JSON.stringify([outcome.diff, outcome.result])).not.toMatch(/sesame|old/)
  })

  test.each([
    ['the same', 'string', 'mail.example', 'mail.example'],
    ['the same as a boolean', 'boolean', true, 'true'],
    ['the same choices in another order', 'multiselect', 'b, a', 'a,b'],
  ])('leaves an answer that is %s', (_, vtype, value, before) => {
    expect(plan(debconf, { ...args, vtype, value }, answered(before)).outcome.type).toBe('unchanged')
  })

  test('shows the current answer when nothing is wanted', () => {
    expect(plan(debconf, { name: 'postfix', question }, answered('x')).outcome).toMatchObject({
      type: 'unchanged',
      result: { current: { [question]: 'x' } },
    })
  })

  test.each([
    ['an answer without its type', { vtype: undefined }, {}, 'must supply a valid vtype and value'],
    ['two lines', { value: 'a\nb' }, {}, 'must be one line'],
    ['somebody who is not root', {}, { user: { uid: 1000, user: 'ada' } }, 'add `become: true`'],
  ])('refuses %s', (_, given, more, message) => {
    const wrong = Object.fromEntries(
      Object.entries({ ...args, ...given }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    )
    expect(plan(debconf, wrong, { ...answered(null), ...more }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
