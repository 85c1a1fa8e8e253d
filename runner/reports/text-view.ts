import type {
  Event,
  HandlerNotified,
  InBackground,
  MetaDone,
  Mispredicted,
  PlayStarted,
  Result,
  Retrying,
  Status,
  TaskReference,
} from '../engine/events.ts'
import { formatLocation } from '../source/location.ts'
import { colored, plain, type Paint } from './color.ts'
import { dump } from './dump.ts'
import { escapeLine } from './escape.ts'
import { messageLines } from './message-text.ts'
import { customStatsLines, mispredictedLines, recapLines, trafficLines } from './recap-text.ts'
import { isDebug, resultLines } from './result-text.ts'

export interface TextOptions {
  /** @default false */
  readonly color?: boolean
  /** @default false */
  readonly diff?: boolean
  /** @default 0 */
  readonly verbosity?: number
  /** @default false */
  readonly check?: boolean
  /** In a dry run, nothing for what is converged or skipped. @default false */
  readonly quiet?: boolean
  /** Columns of the terminal; without it, as for a file, nothing is narrowed. @default undefined */
  readonly width?: number
}

/** What an event adds to the two streams. */
export interface TextLines {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}

/** Turns events into Ansible's familiar text. Holds what was printed last, and does no I/O. */
export class TextView {
  readonly #options: Required<Omit<TextOptions, 'width'>>
  readonly #width: number | undefined
  readonly #paint: Paint
  /** Headers that a quiet run holds back until there is something to print under them. */
  #duePlay: readonly string[] = []
  #dueTask: readonly string[] = []
  #task: TaskReference | undefined
  #playHosts: readonly string[] = []
  readonly #lost = new Set<string>()
  /** Statuses shown for the items of a loop, by task and host. */
  readonly #items = new Map<string, Set<Status>>()
  readonly #notified: HandlerNotified[] = []
  readonly #mispredicted: Mispredicted[] = []

  constructor(options: TextOptions = {}) {
    this.#options = {
      color: options.color ?? false,
      diff: options.diff ?? false,
      verbosity: options.verbosity ?? 0,
      check: options.check ?? false,
      quiet: options.quiet ?? false,
    }
    this.#width = options.width
    this.#paint = this.#options.color ? colored : plain
  }

  lines(event: Event): TextLines {
    return event.type === 'message'
      ? { stdout: [], stderr: messageLines(event, this.#paint) }
      : { stdout: this.#stdout(event), stderr: [] }
  }

  #stdout(event: Exclude<Event, { type: 'message' }>): string[] {
    switch (event.type) {
      case 'playbook':
        this.#mispredicted.length = 0
        return this.#options.verbosity > 1
          ? [...this.#banner(`PLAYBOOK: ${event.file}`), `${event.plays} plays in ${escapeLine(event.file)}`]
          : []
      case 'play':
        return this.#startPlay(event)
      case 'task':
        return this.#startTask(event.task)
      case 'result':
        return this.#result(event)
      case 'retry':
        return this.#underTask(event.task, [this.#retrying(event)])
      case 'async':
        return this.#underTask(event.task, [this.#inBackground(event)])
      case 'notified':
        this.#notified.push(event)
        return this.#options.verbosity > 1
          ? this.#underTask(event.by, [escapeLine(`NOTIFIED HANDLER ${event.handler} for ${event.host}`)])
          : []
      case 'meta':
        return this.#meta(event)
      case 'cleared':
        return []
      case 'mispredicted':
        this.#mispredicted.push(event)
        return []
      case 'play-end':
        return this.#endPlay(event.reason)
      default:
        return [
          ...this.#banner('PLAY RECAP'),
          ...recapLines(event.hosts, this.#paint, { width: this.#width, dry: event.check }),
          ...(event.stats ? [...this.#banner('CUSTOM STATS:'), ...customStatsLines(event.stats)] : []),
          ...(this.#options.verbosity > 2 ? trafficLines(event.traffic) : []),
          ...(this.#mispredicted.length > 0 ? this.#banner('NOT AS PREDICTED') : []),
          ...mispredictedLines(this.#mispredicted, this.#paint),
          '',
        ]
    }
  }

  #meta({ host, text, skipped }: MetaDone): string[] {
    if (this.#options.verbosity < 2) return []
    const lines = ['', `META: ${escapeLine(text)}`]
    if (skipped) {
      const skip = `skipping: [${escapeLine(host)}] => ${dump({ msg: '', skip_reason: text })}`
      lines.push(this.#paint('skipped', skip))
    }
    return lines
  }

  get #quiet(): boolean {
    return this.#options.quiet && this.#options.check && this.#options.verbosity === 0
  }

  #startPlay({ name, hosts }: PlayStarted): string[] {
    this.#playHosts = hosts
    this.#lost.clear()
    this.#task = undefined
    this.#dueTask = []
    this.#duePlay = this.#banner(name === '' ? 'PLAY' : `PLAY [${name}]`)
    return this.#quiet ? [] : this.#flush()
  }

  #startTask(task: TaskReference): string[] {
    if (task.id === this.#task?.id) return []
    this.#task = task
    const { verbosity } = this.#options
    this.#dueTask = [
      ...this.#banner(`${task.handler ? 'RUNNING HANDLER' : 'TASK'} [${taskName(task)}]`),
      ...(verbosity > 1 ? [escapeLine(`task path: ${formatLocation(task.location)}`)] : []),
      ...(task.handler ? this.#notifiers(task) : []),
    ]
    return this.#quiet ? [] : this.#flush()
  }

  #flush(): string[] {
    const lines = [...this.#duePlay, ...this.#dueTask]
    this.#duePlay = this.#dueTask = []
    return lines
  }

  /** Which tasks a handler of a dry run owes its place in the plan to. */
  #notifiers({ name, role }: TaskReference): string[] {
    const showsAll = this.#options.check || this.#options.verbosity > 0
    const hosts = new Map<string, Set<string>>()
    for (const { handler, host, by, earlier } of this.#notified) {
      if (!showsAll && !earlier) continue
      if (handler !== name && handler !== `${role} : ${name}`) continue
      const task = earlier
        ? `an earlier run, which failed before this: ${by.name}`
        : `${taskName(by)}, ${by.location.file}:${by.location.line}`
      hosts.set(task, (hosts.get(task) ?? new Set()).add(host))
    }
    return [...hosts].map(([task, on]) => escapeLine(`notified by ${task} (${[...on].join(', ')})`))
  }

  #result(event: Result): string[] {
    const { task, status, ignored, rescued, item, host } = event
    if (item) this.#rememberItem(event)
    else if (isLoss(status) && !ignored && !rescued) this.#lost.add(host)
    if (this.#quiet && (status === 'ok' || status === 'skipped') && !isDebug(event)) return []
    if (!item && this.#forgetItems(event)?.has(status)) {
      return ignored ? this.#underTask(task, [this.#paint('skipped', '...ignoring')]) : []
    }
    const { color, diff, verbosity } = this.#options
    return this.#underTask(task, resultLines(event, { paint: this.#paint, color, diff, verbosity }))
  }

  #rememberItem({ task, host, status }: Result): void {
    const key = JSON.stringify([task.id, host])
    this.#items.set(key, (this.#items.get(key) ?? new Set()).add(status))
  }

  /** The statuses that the lines of a loop's items have shown already. */
  #forgetItems({ task, host }: Result): Set<Status> | undefined {
    const key = JSON.stringify([task.id, host])
    const statuses = this.#items.get(key)
    this.#items.delete(key)
    return statuses
  }

  /** Lines under the header of their task, which is printed again when other tasks came between. */
  #underTask(task: TaskReference, lines: readonly string[]): string[] {
    return [...this.#startTask(task), ...this.#flush(), ...lines]
  }

  #retrying({ host, task, attempt, retries }: Retrying): string {
    // Ansible counts the retry that is about to be made: after the first of 1 + 3 attempts, 3 are left.
    const left = Math.max(0, retries - attempt + 1)
    return this.#paint(
      'faint',
      escapeLine(`FAILED - RETRYING: [${host}]: ${task.name} (${left} retries left).`),
    )
  }

  #inBackground({ host, job, state }: InBackground): string {
    const known = { running: 'POLL', ok: 'OK', failed: 'FAILED' }[state]
    const standing = state === 'running' ? ' started=1 finished=0' : ''
    return this.#paint('faint', escapeLine(`ASYNC ${known} on ${host}: jid=${job}${standing}`))
  }

  #endPlay(reason: string | undefined): string[] {
    this.#notified.length = 0
    this.#items.clear()
    this.#task = undefined
    this.#dueTask = []
    const allLost = this.#playHosts.length > 0 && this.#playHosts.every((host) => this.#lost.has(host))
    if (allLost || /no (more )?hosts (are )?left/i.test(reason ?? '')) {
      return [...this.#flush(), ...this.#banner('NO MORE HOSTS LEFT')]
    }
    if (reason !== undefined) {
      const skipping = `skipping: ${escapeLine(reason.replace(/^skipping: /, ''))}`
      return [...this.#flush(), this.#paint('skipped', skipping)]
    }
    this.#duePlay = []
    return []
  }

  #banner(text: string): string[] {
    const line = escapeLine(text.trim())
    const columns = this.#width === undefined ? 79 : Math.max(79, this.#width - 1)
    return ['', `${line} ${'*'.repeat(Math.max(3, columns - line.length))}`]
  }
}

function taskName({ role, name }: TaskReference): string {
  return role ? `${role} : ${name}` : name
}

function isLoss(status: Status): boolean {
  return status === 'failed' || status === 'unreachable'
}
