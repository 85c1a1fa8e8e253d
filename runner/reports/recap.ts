import type { Counters, Event, Result } from '../engine/events.ts'

/**
 * How many tasks came out how on each host. Counts as Ansible does: a changed task is also ok; an ignored failure is ok
 * and ignored; a failure that a `rescue` took over is rescued and not failed; a loop counts once, whatever its items.
 */
export function recap(events: Iterable<Event>): Record<string, Counters> {
  const hosts = new Map<string, Counters>()
  for (const event of events) countEvent(hosts, event)
  return Object.fromEntries(hosts)
}

/** Failures that `meta: clear_host_errors` has cleared: they happened, but the run is none the worse for them. */
const cleared = new WeakMap<Counters, Pick<Counters, 'failed' | 'unreachable'>>()

/** How many failures of a host count against the run. */
export function standing(counters: Counters, kind: 'failed' | 'unreachable'): number {
  return counters[kind] - (cleared.get(counters)?.[kind] ?? 0)
}

/** Adds to the counters of a host what an event says of it. */
export function countEvent(hosts: Map<string, Counters>, event: Event): void {
  if (event.type === 'result') countResult(hosts, event)
  if (event.type !== 'cleared') return
  const counters = hosts.get(event.host)
  if (counters) cleared.set(counters, { failed: counters.failed, unreachable: counters.unreachable })
}

/** Adds one result to the counters of its host. */
export function countResult(hosts: Map<string, Counters>, event: Result): void {
  const counters = hosts.get(event.host) ?? noCounters()
  hosts.set(event.host, counters)
  if (event.item) return
  for (const name of counted(event)) counters[name] += 1
}

export function noCounters(): Counters {
  return { ok: 0, changed: 0, unknown: 0, skipped: 0, failed: 0, unreachable: 0, rescued: 0, ignored: 0 }
}

function counted({ status, changed, ignored, rescued }: Result): (keyof Counters)[] {
  switch (status) {
    case 'ok':
    case 'skipped':
    case 'unknown':
      return [status]
    case 'changed':
      return ['ok', 'changed']
    default:
      if (rescued) return ['rescued']
      if (!ignored) return [status]
      return changed ? ['ok', 'changed', 'ignored'] : ['ok', 'ignored']
  }
}
