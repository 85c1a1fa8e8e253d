import type { Event, TaskReference } from '../engine/events.ts'
import { escapeLine } from './escape.ts'

/** What one host is doing. */
interface Work {
  readonly what: string
  /** Milliseconds, on the clock that `update` is given. */
  readonly since: number
  readonly note?: string
}

/** What every host of the running play is doing, for the moving part of a terminal. Pure: the time is handed in. */
export class Activity {
  readonly #hosts = new Map<string, Work>()
  /** Hosts of which the engine says when they begin a task. For the others it is guessed from the results. */
  readonly #told = new Set<string>()

  /** A host begins a task. */
  begin(host: string, task: TaskReference, now: number): void {
    this.#told.add(host)
    this.#hosts.set(host, { what: taskName(task), since: now })
  }

  update(event: Event, now: number): void {
    switch (event.type) {
      case 'play':
        this.#hosts.clear()
        for (const host of event.hosts) this.#hosts.set(host, { what: 'starting', since: now })
        break
      case 'task':
        for (const host of this.#hosts.keys()) {
          if (!this.#told.has(host)) this.#hosts.set(host, { what: taskName(event.task), since: now })
        }
        break
      case 'result':
        this.#result(event, now)
        break
      case 'retry':
        this.#note(event.host, event.task, `attempt ${event.attempt + 1} of ${event.retries + 1}`)
        break
      case 'play-end':
      case 'summary':
        this.#hosts.clear()
        break
      default:
    }
  }

  /** At most `most` lines, hosts that do the same together and those that are longest at it first. */
  rows(now: number, most = 8): string[] {
    const groups = Map.groupBy(this.#hosts, ([, { what, note }]) => JSON.stringify([what, note]))
    const rows = [...groups.values()]
      .map((members) => ({ members, since: Math.min(...members.map(([, { since }]) => since)) }))
      .sort((a, b) => a.since - b.since)
      .map(({ members, since }) => row(members, now - since))
    if (rows.length <= most) return rows
    return [...rows.slice(0, most - 1), `and ${rows.length - most + 1} more`]
  }

  #result(
    { host, task, status, item, ignored, rescued }: Extract<Event, { type: 'result' }>,
    now: number,
  ): void {
    if (item) return this.#note(host, task, `done: ${escapeLine(item.label)}`)
    if ((status === 'failed' || status === 'unreachable') && !ignored && !rescued) this.#hosts.delete(host)
    else if (this.#hosts.get(host)?.what === taskName(task)) {
      this.#hosts.set(host, { what: `after ${taskName(task)}`, since: now })
    }
  }

  #note(host: string, task: TaskReference, note: string): void {
    const work = this.#hosts.get(host)
    if (work?.what === taskName(task)) this.#hosts.set(host, { ...work, note })
  }
}

const MOST_HOSTS = 3

/** The hosts come first: what is cut off at the right edge must not be them. */
function row(members: readonly [host: string, work: Work][], ms: number): string {
  const [, { what, note }] = members[0]!
  const named = members.slice(0, MOST_HOSTS).map(([host]) => escapeLine(host))
  const more = members.length - named.length
  const hosts = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
  const seconds = Math.floor(ms / 1000)
  return [
    `[${hosts}] ${what}`,
    ...(note === undefined ? [] : [note]),
    ...(seconds > 0 ? [`${seconds} s`] : []),
  ].join(' · ')
}

function taskName({ role, name }: TaskReference): string {
  return escapeLine(role ? `${role} : ${name}` : name)
}
