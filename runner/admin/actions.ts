import { levels } from '../../service/config/levels.ts'
import type { AdminClient } from './client.ts'
import { showConfig, showMaintenance, showMetrics, showReleases, showStatus, showWorkers } from './views.ts'

export interface ActionOptions {
  readonly message?: string
  readonly retryAfter?: number
  readonly prometheus?: boolean
}

/** What came of an action: for programs, and for a person. */
export interface Outcome {
  readonly value: unknown
  readonly text: string
}

/** A mistake in the words of the command line. */
export class ActionMistake extends Error {
  override readonly name = 'ActionMistake'
}

interface Action {
  readonly summary: string
  /** Words that may follow. */
  readonly words: number
  /** Understands the words, before anything is connected to. @throws {ActionMistake} */
  with(words: readonly string[], options: ActionOptions): (client: AdminClient) => Promise<Outcome>
}

/** What `play admin HOST` can do, but for `logs`, which does not end. */
export const ACTIONS: Record<string, Action> = {
  status: {
    summary: 'how the service is, and its workers',
    words: 0,
    with: () => async (client) => shown(await client.status.query(), showStatus),
  },
  metrics: {
    summary: 'CPU, memory and disk of the host; --prometheus: all that Prometheus reads',
    words: 0,
    with: (_words, { prometheus }) =>
      prometheus
        ? async (client) => shown(await client.metrics.prometheus.query(), String)
        : async (client) => shown(await client.metrics.system.query(), showMetrics),
  },
  config: {
    summary: 'the configuration in force, without its secrets',
    words: 0,
    with: () => async (client) => shown(await client.config.query(), showConfig),
  },
  'log-level': {
    summary: `the level of the log; LEVEL sets it until the next start: ${levels.join(', ')}`,
    words: 1,
    with: ([given]) => {
      const show = ({ level }: { level: string }) => `${level}\n`
      if (given === undefined) return async (client) => shown(await client.logLevel.get.query(), show)
      const level = levels.find((each) => each === given)
      if (level === undefined)
        throw new ActionMistake(`there is no log level '${given}'; there are ${levels.join(', ')}`)
      return async (client) => shown(await client.logLevel.set.mutate({ level }), show)
    },
  },
  maintenance: {
    summary: 'whether visitors are turned away; on or off switches it (--message, --retry-after)',
    words: 1,
    with: ([word], { message, retryAfter }) => {
      const given = {
        ...(message === undefined ? {} : { message }),
        ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
      }
      switch (word) {
        case undefined:
          return async (client) => shown(await client.maintenance.get.query(), showMaintenance)
        case 'on':
          return async (client) => shown(await client.maintenance.on.mutate(given), showMaintenance)
        case 'off':
          return async (client) => shown(await client.maintenance.off.mutate(), showMaintenance)
        default:
          throw new ActionMistake(`maintenance is 'on' or 'off', not '${word}'`)
      }
    },
  },
  workers: {
    summary: 'the worker processes',
    words: 0,
    with: () => async (client) => shown(await client.workers.list.query(), showWorkers),
  },
  recycle: {
    summary: 'replace the worker with that number, or all of them; waits for the successors',
    words: 1,
    with: ([given]) => {
      if (given !== undefined && !/^\d{1,3}$/.test(given))
        throw new ActionMistake(`'${given}' is no number of a worker; \`workers\` lists them`)
      const input = given === undefined ? {} : { worker: Number(given) }
      const show = ({ recycled }: { recycled: number }) =>
        `${recycled} ${recycled === 1 ? 'worker' : 'workers'} replaced\n`
      return async (client) => shown(await client.workers.recycle.mutate(input), show)
    },
  },
  releases: {
    summary: 'the releases on the host: which is current, which runs',
    words: 0,
    with: () => async (client) => shown(await client.releases.list.query(), showReleases),
  },
}

function shown<T>(value: T, show: (value: T) => string): Outcome {
  return { value, text: show(value) }
}
