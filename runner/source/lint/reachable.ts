import { own, type Value } from '../../variables/value.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Node, Play, Step } from '../model.ts'
import { sectionsOf } from './visit.ts'

/** Tasks that can never run: after an end of the play that nothing holds back, or under a condition that is false. */
export function checkReachable(plays: readonly Play[]): Diagnostic[] {
  return plays.flatMap((play) => sectionsOf(play).flatMap((steps) => inSteps(steps, true)))
}

/** @param straight whether the list is run from its beginning to its end, and not handler by handler */
function inSteps(steps: readonly Step[], straight: boolean): Diagnostic[] {
  const found: Diagnostic[] = []
  let ended: string | undefined
  for (const step of steps) {
    const never = neverTrue(own(step.keywords, 'when'))
    if (ended !== undefined && straight && !(step.kind === 'task' && step.handler)) {
      found.push(unreachable(step, `it stands after '${ended}', which always ends what came before`))
      break
    }
    if (never) {
      found.push({ ...unreachable(step, `its 'when' is always false`), location: step.locate('when') })
    } else if (step.kind === 'block') {
      found.push(...inSteps(step.block, true), ...inSteps(step.rescue, true), ...inSteps(step.always, true))
    }
    ended ??= endOf(step)
  }
  return found
}

/** What makes a task always the last one. */
function endOf(step: Step): string | undefined {
  if (step.kind === 'block' || hasCondition(step) || step.handler) return undefined
  const word = own(step.args, 'free_form')
  if (step.action === 'meta' && typeof word === 'string' && /^end_(?:play|host|batch|role)$/.test(word))
    return `meta: ${word}`
  const tolerated = ['failed_when', 'ignore_errors', 'loop', 'tags'].some((keyword) =>
    Object.hasOwn(step.keywords, keyword),
  )
  return step.action === 'fail' && !tolerated && !looped(step) ? 'fail' : undefined
}

function hasCondition(node: Node): boolean {
  return Object.hasOwn(node.keywords, 'when') || Object.hasOwn(node.keywords, 'tags')
}

function looped(step: Step): boolean {
  return Object.keys(step.keywords).some((keyword) => keyword.startsWith('with_'))
}

function neverTrue(condition: Value | undefined): boolean {
  if (Array.isArray(condition)) return condition.some(neverTrue)
  return (
    condition === false || (typeof condition === 'string' && /^\s*(?:not\s+true|false)\s*$/i.test(condition))
  )
}

function unreachable(step: Step, why: string): Diagnostic {
  const name = step.name === undefined ? '' : ` '${String(step.name)}'`
  const what = step.kind === 'task' ? 'task' : step.role ? 'role' : 'block'
  return {
    severity: 'warning',
    message: `this ${what}${name} never runs`,
    location: step.location,
    hint: why,
  }
}
