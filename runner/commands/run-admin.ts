import { TRPCClientError } from '@trpc/client'
import { ActionMistake, ACTIONS, type Outcome } from '../admin/actions.ts'
import { adminClient, type AdminHost } from '../admin/client.ts'
import { followLog, LOGS, type LogName } from '../admin/follow.ts'
import { AdminUnavailable, processOfUnit } from '../admin/relay.ts'
import { showRecord } from '../admin/views.ts'
import { becomeOf } from '../engine/become.ts'
import { emptyPlay, stillPlay } from '../engine/still-play.ts'
import { scopeOf } from '../engine/variables.ts'
import { escapeJson, escapeText } from '../reports/escape.ts'
import { suggestion } from '../source/nearest.ts'
import { BecomeFailed, Unreachable } from '../transport/session.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { textOf } from '../variables/text.ts'
import { EXIT, UserError } from './fatal.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { NO_FLAGS, type RunFlags } from './run-flags.ts'

/** The options of `play admin`, as commander gives them. */
export type AdminFlags = Partial<RunFlags> & {
  readonly service?: string
  readonly follow?: boolean
  readonly lines: string
  readonly log: string
  readonly message?: string
  readonly retryAfter?: string
  readonly prometheus?: boolean
}

/**
 * `play admin`: asks the service on a host. Throws `UserError` when the host or the service cannot be asked, or the
 * service refuses.
 */
export async function runAdmin(
  host: string,
  action: string,
  words: readonly string[],
  flags: AdminFlags,
): Promise<void> {
  const perform = understoodOrExplained(action, words, flags)
  const prepared = await prepareRun(host, [], { ...NO_FLAGS, ...flags, json: false, become: true }, true)
  const leave = new AbortController()
  process.once('SIGINT', () => {
    leave.abort()
    void prepared.run.host(host).disconnect()
  })
  try {
    await perform(await reach(host, prepared, flags), leave.signal)
  } catch (error) {
    if (!leave.signal.aborted) throw explained(error, host)
  } finally {
    await prepared.run.host(host).disconnect()
  }
}

type Perform = (host: AdminHost, signal: AbortSignal) => Promise<void>

function understoodOrExplained(name: string, words: readonly string[], flags: AdminFlags): Perform {
  try {
    return understood(name, words, flags)
  } catch (error) {
    throw error instanceof ActionMistake ? new UserError(error.message) : error
  }
}

/** What the words ask for, found out before anything is connected to. */
function understood(name: string, words: readonly string[], flags: AdminFlags): Perform {
  if (name === 'logs' && words.length === 0) return logs(flags)
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action === undefined && name !== 'logs') {
    const hint = suggestion(name, [...Object.keys(ACTIONS), 'logs']) ?? '`play admin --help` lists them'
    throw new UserError(`there is no action '${name}'; ${hint}`)
  }
  if (action === undefined || words.length > action.words)
    throw new UserError(`'${name}' does not take '${words[action?.words ?? 0]}'`)
  const { message, prometheus } = flags
  const retryAfter =
    flags.retryAfter === undefined ? undefined : whole('--retry-after', flags.retryAfter, 1, 86_400)
  const ask = action.with(words, { message, retryAfter, prometheus })
  return async (host) => print(await ask(adminClient(host)), flags.json === true)
}

function logs(flags: AdminFlags): Perform {
  const lines = whole('--lines', flags.lines, 0, 10_000)
  const log = LOGS.find((each) => each === flags.log)
  if (log === undefined) throw new UserError(`there is no log '${flags.log}'; there are ${LOGS.join(', ')}`)
  const show = (line: string) =>
    process.stdout.write(`${flags.json === true ? escapeJson(line) : showRecord(line)}\n`)
  return async (host, signal) => {
    if (flags.follow) for await (const line of followLog(host, { log, lines, signal })) show(line)
    else if (lines > 0) for (const line of await tail(host, log, lines)) show(line)
  }
}

async function tail(host: AdminHost, log: LogName, lines: number): Promise<string[]> {
  return (await adminClient(host).logs.tail.query({ log, lines })).lines
}

function print({ value, text }: Outcome, json: boolean): void {
  process.stdout.write(json ? `${escapeJson(JSON.stringify(value, null, 2))}\n` : escapeText(text))
}

/** Connects, and becomes root: the token is root's and the service's. */
async function reach(name: string, { run }: PreparedRun, flags: AdminFlags): Promise<AdminHost> {
  const play = emptyPlay(process.cwd())
  run.enter(play)
  const host = run.host(name)
  const scope = scopeOf(await stillPlay(run, play, [name]), host, play)
  host.place = { scope, node: play }
  const named = scope.get('app_name')
  const unit = flags.service ?? (named === undefined ? 'coderco-app' : textOf(evaluate(named, scope)))
  const service = unit.includes('.') ? unit : `${unit}.service`
  const session = await host.session(becomeOf(play, scope, run.options))
  return { session, locate: processOfUnit(service), service }
}

function explained(error: unknown, host: string): unknown {
  const cause = error instanceof TRPCClientError ? (error.cause ?? error) : error
  if (cause instanceof Unreachable || cause instanceof BecomeFailed) {
    const hint = cause instanceof Unreachable ? cause.hint : undefined
    return new UserError(`${host}: ${[cause.message, hint].filter(Boolean).join('; ')}`, EXIT.unreadable)
  }
  if (cause instanceof AdminUnavailable) return new UserError(`${host}: ${cause.message}`, EXIT.failed)
  if (error instanceof TRPCClientError) return new UserError(`${host}: ${error.message}`, EXIT.failed)
  return error
}

function whole(name: string, given: string, least: number, most: number): number {
  const value = Number(given)
  if (!/^\d+$/.test(given) || value < least || value > most)
    throw new UserError(`${name} is a whole number from ${least} to ${most}, not '${given}'`)
  return value
}
