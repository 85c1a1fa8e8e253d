import type { Result } from '../engine/events.ts'
import type { Paint } from './color.ts'
import { renderDiffs } from './diff.ts'
import { dump } from './dump.ts'
import { escapeLine } from './escape.ts'
import { failureDetails } from './failure-text.ts'
import { waitsFor } from './reason.ts'

export interface ResultStyle {
  readonly paint: Paint
  readonly color: boolean
  readonly diff: boolean
  readonly verbosity: number
}

/** The lines for one result of a task or of one item, its diffs first, as Ansible prints them. */
export function resultLines(event: Result, style: ResultStyle): string[] {
  return [...diffLines(event, style), ...statusLines(event, style)]
}

/** Whether the author asked for this result to be shown, whatever its status. */
export function isDebug({ task }: Result): boolean {
  return task.action.split('.').at(-1) === 'debug'
}

/** `web1`, or `web1 -> db1` for a delegated task. */
export function hostLabel({ host, delegatedTo }: Result): string {
  return escapeLine(delegatedTo ? `${host} -> ${delegatedTo}` : host)
}

function diffLines(event: Result, { diff, color, verbosity }: ResultStyle): string[] {
  // What a loop changed was shown item by item.
  if (!(diff || event.showsDiff) || (event.items ?? 0) > 0) return []
  const maxLines = verbosity >= 2 ? Infinity : undefined
  return renderDiffs(event.diff, { color, maxLines })
}

function statusLines(event: Result, { paint, verbosity }: ResultStyle): string[] {
  const host = `[${hostLabel(event)}]`
  const item = event.item ? `(item=${escapeLine(event.item.label)})` : ''
  const subject = item ? `${host} => ${item}` : host
  switch (event.status) {
    case 'ok':
    case 'changed':
      return [
        paint(
          event.status,
          includedLine(event, item) ??
            `${event.status}: ${subject}${assumption(event)}${details(event, verbosity)}`,
        ),
      ]
    case 'skipped':
      return [paint('skipped', `skipping: ${subject}${skipDetails(event, verbosity)}`)]
    case 'unknown':
      return [paint('unknown', `unknown: ${subject} (${escapeLine(waitsFor(event.because))})`)]
    case 'failed': {
      const verdict = item ? `failed: ${host} ${item}` : `fatal: ${host}: FAILED!`
      return [...failureDetails(event, verdict, paint, verbosity), ...ignoring(event, paint)]
    }
    default: {
      const verdict = `fatal: ${host}: UNREACHABLE!${item ? ` ${item}` : ''}`
      const json = dump({ changed: false, ...event.result, unreachable: true }, { indent: verbosity > 2 })
      return [paint('unreachable', `${verdict} => ${json}`), ...ignoring(event, paint)]
    }
  }
}

// A look that nothing can be seen of yet: what follows it comes only when it passes.
function assumption({ status, because }: Result): string {
  return status === 'ok' && because.length > 0 ? ` (taken to pass; ${escapeLine(waitsFor(because))})` : ''
}

/** What an include has brought in, in Ansible's words. */
function includedLine({ task, result, host }: Result, item: string): string | undefined {
  const what = INCLUDES[task.action] === undefined ? undefined : result[INCLUDES[task.action]!]
  if (typeof what !== 'string') return undefined
  return `included: ${escapeLine(what)} for ${escapeLine(host)}${item && ` => ${item}`}`
}

const INCLUDES: Readonly<Record<string, string>> = { include_tasks: 'include', include_role: 'include_role' }

function details(event: Result, verbosity: number): string {
  if (isDebug(event)) return ` => ${dump(event.result, { indent: true, without: hiddenOfDebug(event) })}`
  const always = event.result['_ansible_verbose_always'] === true
  if (verbosity < 1 && !always) return ''
  return ` => ${dump({ changed: event.changed, ...event.result }, { indent: verbosity > 2 || always, without: hiddenBelow(verbosity) })}`
}

// What the author asked to see: a message stands alone, a variable among what is not the task's own.
function hiddenOfDebug({ result }: Result): string[] {
  if (!('msg' in result))
    return ['changed', 'failed', 'skipped', 'skip_reason', 'ansible_loop_var', 'failed_when_result']
  return Object.keys(result).filter(
    (name) => !['msg', 'exception', 'warnings', 'deprecations'].includes(name),
  )
}

function skipDetails({ result, skipReason }: Result, verbosity: number): string {
  if (verbosity < 1) return ''
  const reason = skipReason === undefined ? {} : { false_condition: skipReason }
  return ` => ${dump({ changed: false, ...result, ...reason }, { indent: verbosity > 2 })}`
}

function hiddenBelow(verbosity: number): string[] {
  return verbosity > 2 ? [] : ['invocation', 'exception']
}

function ignoring({ ignored, item }: Result, paint: Paint): string[] {
  return ignored && !item ? [paint('skipped', '...ignoring')] : []
}
