import type { Location } from '../source/location.ts'
import { Secret } from '../variables/secret.ts'
import type { Scope } from '../variables/scope.ts'
import { Template, isTemplateSource } from '../variables/template.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Value } from '../variables/value.ts'
import { UndefinedVariable } from './errors.ts'
import { Evaluation } from './evaluation.ts'
import { decide, operand } from './interpret.ts'
import { Undefined, type Item } from './items.ts'
import { parsedCondition, parsedExpression } from './parsed.ts'
import { truthy } from './python/compare.ts'

export { UndefinedVariable }

/**
 * The value with every template in it evaluated, at every depth. A template that is exactly one `{{ … }}` keeps the
 * type of its value; any other gives text.
 *
 * @returns a value without templates; it may hold unknowns, secrets, `omit` and lazy dictionaries.
 * @throws UndefinedVariable, SourceError
 */
export function evaluate(value: Value, scope: Scope): Value {
  if (typeof value !== 'object' || value === null) return value
  return new Evaluation(scope).finish(value)
}

/**
 * Whether a condition (`when`, `failed_when`, `until`, one of `that`) holds. Text without `{{ }}` is an expression.
 * Empty conditions hold; other values hold as in Python.
 *
 * @returns an Unknown when it depends on one; `false and unknown` is false, `true or unknown` is true.
 * @throws UndefinedVariable, SourceError
 */
export function evaluateCondition(condition: Value, location: Location, scope: Scope): boolean | Unknown {
  if (typeof condition === 'boolean') return condition
  if (condition === null) return true
  if (condition instanceof Unknown) return condition
  const place = condition instanceof Template ? condition.location : location
  const text = condition instanceof Template ? condition.source : condition
  if (typeof text !== 'string') return asCondition(new Evaluation(scope).finish(condition))
  if (text.trim() === '') return true
  const evaluation = new Evaluation(scope)
  if (/^\s*(?:\{\{[\s\S]*\}\}|\{[%#][\s\S]*)\s*$/.test(text) && !isOneEmbedded(text)) {
    return asCondition(reread(evaluation.finish(new Template(text.trim(), place))))
  }
  const source = text.includes('{#') ? text.replace(/\{#[\s\S]*?#\}/g, '') : text
  const result = evaluation.within({ source, location: place }, undefined, (frame) => {
    const node = parsedCondition(source)
    return node.kind === 'logic' || node.kind === 'not' || node.kind === 'compare'
      ? decide(node, frame)
      : operand(node, frame)
  })
  return asCondition(result)
}

/**
 * The value of a bare expression, as `debug: var=` and `loop` over a name take it.
 * @throws UndefinedVariable, SourceError
 */
export function evaluateExpression(source: string, location: Location, scope: Scope): Value {
  const evaluation = new Evaluation(scope)
  if (isTemplateSource(source)) return evaluation.finish(new Template(source, location))
  const item = evaluation.within({ source, location }, undefined, (frame) =>
    operand(parsedExpression(source), frame),
  )
  return evaluation.finish(item, location)
}

/** `{{ a }} and {{ b }}` begins and ends like one template but is an expression with two in it. */
function isOneEmbedded(text: string): boolean {
  return text.trim().startsWith('{{') && text.indexOf('{{', text.indexOf('{{') + 2) !== -1
}

/** What `{{ }}` in a condition gives is read once more: there, `False` says no. */
function reread(value: Value): Value {
  if (typeof value !== 'string') return value
  const word = value.trim().toLowerCase()
  return word === 'false' ? false : word === 'true' ? true : value
}

/** Python's truth: a text that is not empty counts as true, whatever it says. */
function asCondition(item: Item): boolean | Unknown {
  if (item instanceof Unknown) return item
  if (item instanceof Undefined) throw item.fail()
  return truthy(item instanceof Secret ? item.reveal() : item)
}
