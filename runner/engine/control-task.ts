import { evaluate } from '../expressions/evaluate.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Dict, isDict } from '../variables/value.ts'
import { AuthorFileMissing } from '../modules/author-files.ts'
import type { Scope } from '../variables/scope.ts'
import { loopOf, itemScopes } from './loop.ts'
import { decide } from './prepare.ts'
import { findUnknowns } from './reveal.ts'
import { settle } from './settle.ts'
import { SourceError } from '../source/diagnostic.ts'
import { describe, finishControlTask, type TaskContext, type TaskEnd, tellInKnownWords } from './task.ts'
import { skippedAttempt, type Attempt } from './attempt.ts'
import { scopeOf } from './variables.ts'

/** What a control task did with its evaluated arguments. */
export interface ControlResult {
  readonly changed: boolean
  readonly result: Dict
  readonly failed?: boolean
}

/** Runs a task that acts on the run itself: its loop, `when`, arguments, result and events as for any other task. */
export async function runControlTask(
  context: TaskContext,
  act: (args: Dict, scope: Scope) => ControlResult | Promise<ControlResult>,
): Promise<TaskEnd> {
  const { playRun, host, task, extra } = context
  const started = performance.now()
  const attempts: Attempt[] = []
  const scope = scopeOf(playRun, host, task, extra)
  try {
    const rounds = await settle(context, () => loopScopes(context, scope))
    if (rounds instanceof Unknown) attempts.push(unknownAttempt([rounds]))
    else for (const inside of rounds) attempts.push(await one(context, inside, act))
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    tellInKnownWords(context, error)
    attempts.push({ status: 'failed', result: { msg: describe(error) }, diff: [], because: [] })
  }
  const unknown = attempts.find(({ status }) => status === 'unknown')
  // Whatever it would have brought in may have touched anything.
  if (unknown && task.action !== 'include_vars')
    host.doubt({ because: new Unknown(unknown.because), mentions: [] }, context.reference)
  return finishControlTask(context, attempts, started)
}

/** The scopes a control task runs in: one, or one for each item of its loop. */
export function loopScopes({ task }: TaskContext, scope: Scope): Scope[] | Unknown {
  const loop = loopOf(task)
  if (!loop) return [scope]
  const items = loop.items(scope)
  if (items instanceof Unknown) return items
  return [...itemScopes(loop, items, scope)].map((each) => each.scope)
}

async function one(
  context: TaskContext,
  scope: Scope,
  act: (args: Dict, scope: Scope) => ControlResult | Promise<ControlResult>,
): Promise<Attempt> {
  const { task } = context
  const decision = await settle(context, () => decide(task, scope))
  if (!decision.go) return skippedAttempt(decision.condition)
  const written = await settle(context, () => evaluate(task.argsTemplate ?? task.args, scope))
  const unknowns = [...(decision.maybe ? [decision.maybe] : []), ...findUnknowns(written)]
  if (unknowns.length > 0) return unknownAttempt(unknowns)
  try {
    const { changed, failed, result } = await act(isDict(written) ? written : {}, scope)
    return { status: failed ? 'failed' : changed ? 'changed' : 'ok', result, diff: [], because: [] }
  } catch (error) {
    if (error instanceof AuthorFileMissing)
      return { status: 'failed', result: { msg: error.message }, diff: [], because: [] }
    throw error
  }
}

function unknownAttempt(unknowns: readonly Unknown[]): Attempt {
  return { status: 'unknown', result: {}, diff: [], because: unknowns.flatMap((each) => each.because) }
}
