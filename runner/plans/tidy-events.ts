import type { Event, TaskReference } from '../engine/events.ts'

/**
 * The events of a dry run as a plan keeps them: in the order of tasks and hosts and without what passes (times, what
 * unchanged tasks returned), so that the same dry run gives the same ones.
 */
export function tidyEvents(events: readonly Event[]): Event[] {
  const tidied: Event[] = []
  let section: Event[] = []
  const flush = () => {
    tidied.push(...byTask(section))
    section = []
  }
  for (const event of events) {
    if (event.type === 'retry' || event.type === 'summary') continue
    if (taskOf(event)) section.push(lasting(event))
    else {
      flush()
      tidied.push(event)
    }
  }
  flush()
  return tidied
}

function taskOf(event: Event): TaskReference | undefined {
  if (event.type === 'notified') return event.by
  return 'task' in event ? event.task : undefined
}

function lasting(event: Event): Event {
  if (event.type !== 'result') return event
  const told = event.status !== 'ok' || event.task.action === 'debug'
  return { ...event, ms: 0, result: told ? event.result : {} }
}

function byTask(events: readonly Event[]): Event[] {
  const tasks = Map.groupBy(events, (event) => taskOf(event)!.id)
  return [...tasks]
    .toSorted(([a], [b]) => compareIds(a, b))
    .flatMap(([, own]) => own.toSorted((a, b) => compareText(hostOf(a), hostOf(b))))
}

/** A task's header, which names no host, comes first. */
function hostOf(event: Event): string {
  return 'host' in event ? (event.host ?? '') : ''
}

function compareIds(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  const at = left.findIndex((part, index) => part !== right[index])
  return at < 0 ? left.length - right.length : left[at]! - (right[at] ?? -1)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
