import { AuthorFileMissing } from '../modules/author-files.ts'
import { evaluate } from '../expressions/evaluate.ts'
import type { Scope } from '../variables/scope.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import { type Dict, isDict, omit } from '../variables/value.ts'
import { type Attempt, type AttemptContext, skippedAttempt } from './attempt.ts'
import { judge } from './judge.ts'
import { decide } from './prepare.ts'
import { findUnknowns } from './reveal.ts'
import { settle } from './settle.ts'
import { runTask, type TaskContext, type TaskEnd } from './task.ts'

/** What a control task did with its evaluated arguments. */
export interface ControlResult {
  readonly changed: boolean
  readonly result: Dict
  readonly failed?: boolean
}

type Act = (args: Dict, scope: Scope) => ControlResult | Promise<ControlResult>

/** Takes in what an action leaves behind that may run or not. */
type ActPerhaps = (args: Dict, scope: Scope, maybe: Unknown) => void

/** Runs a task that acts on the run itself: its loop, `when`, arguments, result and events as for any other task. */
export async function runControlTask(
  context: TaskContext,
  act: Act,
  actPerhaps?: ActPerhaps,
): Promise<TaskEnd> {
  return await runTask(context, async (each) => {
    const attempt = await execute(each, act, actPerhaps)
    // Whatever it would have brought in may have touched anything.
    if (attempt.status === 'unknown' && context.task.action !== 'include_vars')
      context.host.doubt({ because: new Unknown(attempt.because), mentions: [] }, context.reference)
    return attempt
  })
}

async function execute(context: AttemptContext, act: Act, actPerhaps?: ActPerhaps): Promise<Attempt> {
  const { task, scope } = context
  const decision = await settle(context, () => decide(task, scope))
  if (!decision.go) return skippedAttempt(decision.condition)
  const written = await settle(context, () => evaluate(task.argsTemplate ?? task.args, scope))
  const args = isDict(written) ? withoutOmitted(written) : {}
  const maybes = [decision.maybe, context.maybe].filter((each) => each !== undefined)
  const unknowns = [...maybes, ...findUnknowns(written)]
  if (unknowns.length > 0) {
    const maybe = mergeUnknown(unknowns)
    if (unknowns.length === maybes.length) actPerhaps?.(args, scope, maybe)
    return { status: 'unknown', result: {}, diff: [], because: maybe.because }
  }
  try {
    const { changed, failed, result } = await act(args, scope)
    const status = failed ? 'failed' : changed ? 'changed' : 'ok'
    return await settle(context, () => judge(context, { status, result, diff: [], because: [] }))
  } catch (error) {
    if (error instanceof AuthorFileMissing)
      return { status: 'failed', result: { msg: error.message }, diff: [], because: [] }
    throw error
  }
}

function withoutOmitted(args: Dict): Dict {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== omit))
}
