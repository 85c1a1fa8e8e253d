import { evaluateCondition } from '../expressions/evaluate.ts'
import { SourceError } from '../source/diagnostic.ts'
import type { Task } from '../source/model.ts'
import { dictLayer, type Scope } from '../variables/scope.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import { asList, type Value } from '../variables/value.ts'
import type { AttemptContext } from './attempt.ts'
import type { Performed } from './perform.ts'
import { describe, registeredOf } from './task.ts'

/**
 * What `changed_when` and `failed_when` make of what a task came to. A condition that cannot be evaluated fails the
 * task; its result is still there to be looked at.
 */
export function judge(context: AttemptContext, performed: Performed): Performed {
  if (performed.status === 'skipped') return performed
  let judged = performed
  for (const [keyword, change] of [
    ['changed_when', judgeChange],
    ['failed_when', judgeFailure],
  ] as const) {
    const condition = context.task.keywords[keyword]
    if (condition === undefined || (keyword === 'failed_when' && judged.status === 'unknown')) continue
    try {
      judged = change(judged, allHold(condition, context.task, keyword, resultScope(context, judged)))
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      const msg = describe(error)
      return { ...judged, status: 'failed', result: { ...judged.result, [`${keyword}_result`]: msg, msg } }
    }
  }
  return judged
}

function judgeChange(judged: Performed, changed: boolean | Unknown): Performed {
  if (changed instanceof Unknown) {
    return judged.status === 'ok' || judged.status === 'changed'
      ? { ...judged, status: 'unknown', because: changed.because }
      : judged
  }
  const result = { ...judged.result, changed }
  if (changed && judged.status === 'ok') return { ...judged, status: 'changed', result }
  if (!changed && judged.status === 'changed') return { ...judged, status: 'ok', result }
  return { ...judged, result }
}

function judgeFailure(judged: Performed, failed: boolean | Unknown): Performed {
  if (failed instanceof Unknown) return judged
  if (failed) return { ...judged, status: 'failed', result: { ...judged.result, failed_when_result: true } }
  const { changed } = judged.result
  return {
    ...judged,
    status: judged.status !== 'failed' ? judged.status : changed === false ? 'ok' : 'changed',
    result: { ...judged.result, failed: false, failed_when_result: false },
  }
}

/** The scope in which `until`, `changed_when` and `failed_when` see the result, under the name that will register it. */
export function resultScope(context: AttemptContext, performed: Performed): Scope {
  const name = context.task.keywords['register']
  const layers = [
    dictLayer('result', typeof name === 'string' ? { [name]: registeredOf(context, performed) } : {}),
  ]
  return context.scope.under(...layers)
}

/** Whether one condition holds, or all of a list; unknown when that cannot be told. */
export function allHold(conditions: Value, task: Task, keyword: string, scope: Scope): boolean | Unknown {
  const answers = asList(conditions).map((each) => evaluateCondition(each, task.locate(keyword), scope))
  if (answers.includes(false)) return false
  const unknowns = answers.filter((each) => each instanceof Unknown)
  return unknowns.length > 0 ? mergeUnknown(unknowns) : true
}
