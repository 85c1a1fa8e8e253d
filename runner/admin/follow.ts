import type { inferProcedureInput } from '@trpc/server'
import type { AdminRouter } from '../../service/admin/router.ts'
import { type AdminHost, ask } from './client.ts'
import { AdminUnavailable } from './relay.ts'

/** The logs that there are. */
export const LOGS = ['service', 'error', 'audit'] as const satisfies readonly AnyLog[]

export type LogName = (typeof LOGS)[number]

type AnyLog = NonNullable<NonNullable<Exclude<inferProcedureInput<AdminRouter['logs']['tail']>, void>>['log']>

/** How long the host waits for a new line before it is asked again, milliseconds. */
const PATIENCE = 10_000

/**
 * A log's last lines and each new one, until the signal. The subscription is taken up where it was left each time, so
 * that no line is missed or told twice, also across rotations.
 */
export async function* followLog(
  host: AdminHost,
  options: { readonly log: LogName; readonly lines: number; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  let lastEventId: string | undefined
  // A position to go on from is needed, so the last line is asked for in any case.
  let toSkip = options.lines === 0 ? 1 : 0
  let lines = Math.max(1, options.lines)
  while (!options.signal.aborted) {
    const input = { log: options.log, lines, ...(lastEventId === undefined ? {} : { lastEventId }) }
    const path = `/logs.follow?input=${encodeURIComponent(JSON.stringify(input))}`
    const { status, body } = await ask(host, { method: 'GET', path, wait: PATIENCE })
    if (status !== 200) throw new AdminUnavailable(problemIn(body) ?? `the admin API answered ${status}`)
    for (const { id, line } of eventsIn(body)) {
      lastEventId = id
      if (toSkip > 0) toSkip -= 1
      else yield line
    }
    // Where there was no line at all, every line from now on is new.
    if (lastEventId === undefined) {
      toSkip = 0
      lines = 10_000
    }
  }
}

/** The whole events of a stream that carry an id; one that was cut off comes again with the next request. */
export function eventsIn(stream: string): { id: string; line: string }[] {
  return stream
    .split('\n\n')
    .slice(0, -1)
    .flatMap((event) => {
      const id = /^id: (.*)$/m.exec(event)?.[1]
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (id === undefined || data === undefined) return []
      return [{ id, line: (JSON.parse(data) as { line: string }).line }]
    })
}

function problemIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { error?: { message?: string } }).error?.message
  } catch {
    return undefined
  }
}
