import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pythonRegex } from '../expressions/python/regex.ts'
import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, choice, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, look, type ModuleResult, type World } from './outcome.ts'
import { isEveryAddress, parseTcpConnections } from './support/tcp-connections.ts'

const schema = args({
  host: text('The address, as the host sees it.', { default: '127.0.0.1' }),
  port: optional(int('The port to look at.')),
  path: optional(path('The path to look at.')),
  state: choice(['absent', 'drained', 'present', 'started', 'stopped'], 'What is waited for.', {
    default: 'started',
  }),
  search_regex: optional(text('What the file, or what the port sends, must match.')),
  timeout: int('Seconds to wait at most.', { default: 300 }),
  connect_timeout: int('Seconds for one attempt.', { default: 5 }),
  delay: int('Seconds to wait first.', { default: 0 }),
  sleep: int('Seconds between attempts.', { default: 1 }),
  exclude_hosts: list(item.text, 'Addresses whose connections do not count, for `drained`.', { default: [] }),
  active_connection_states: list(item.text, 'States of connections that count, for `drained`.', {
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  }),
  msg: optional(text('What is said when it did not come about.')),
})

export default defineModule({
  name: 'wait_for',
  summary: 'Waits until a port answers, a path is there, or they are gone.',
  preview: 'waits, as a real run does, when no earlier change is pending; else it is taken to pass.',
  args: schema,
  plan: (given) => {
    if (given.port !== undefined && given.path !== undefined)
      return failed('port and path parameter can not both be passed to wait_for')
    if (given.path !== undefined && (given.state === 'stopped' || given.state === 'drained')) {
      return failed(`state=${given.state} should only be used for checking a port in the wait_for module`)
    }
    const what =
      given.port === undefined ? (given.path ?? `${given.timeout} s`) : `${given.host}:${given.port}`
    const later = new Unknown({ what: `wait for ${what}` })
    const passed = {
      ...resultOf(given),
      elapsed: later,
      ...(given.search_regex === undefined ? {} : { match_groups: later, match_groupdict: later }),
    }
    return look(`wait for ${what}`, passed, (world) => waitFor(world, given))
  },
})

interface Given {
  readonly host: string
  readonly port?: number
  readonly path?: string
  readonly state: 'absent' | 'drained' | 'present' | 'started' | 'stopped'
  readonly search_regex?: string
  readonly timeout: number
  readonly connect_timeout: number
  readonly delay: number
  readonly sleep: number
  readonly exclude_hosts: readonly string[]
  readonly active_connection_states: readonly string[]
  readonly msg?: string
}

async function waitFor(world: World, given: Given): Promise<ModuleResult> {
  const started = Date.now()
  const elapsed = () => Math.floor((Date.now() - started) / 1000)
  const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal: world.signal })
  if (given.delay > 0) await pause(given.delay)
  // Without anything to look at it is only a pause.
  if (given.port === undefined && given.path === undefined) {
    await pause(given.timeout)
    return { ...resultOf({ ...given, search_regex: undefined }), elapsed: elapsed() }
  }
  const result = resultOf(given)
  for (;;) {
    const seen = await attempt(world, given)
    if (seen) return { ...result, ...seen, elapsed: elapsed() }
    if ((Date.now() - started) / 1000 >= given.timeout) {
      return { ...result, elapsed: elapsed(), failed: true, msg: given.msg ?? timeoutMessage(given) }
    }
    await pause(given.sleep)
  }
}

function resultOf({ state, port, path: file, search_regex }: Given): ModuleResult {
  return {
    changed: false,
    state,
    port: port ?? null,
    path: file ?? null,
    search_regex: search_regex ?? null,
  }
}

/** What more the result tells when what is waited for has come about; undefined when it has not. */
async function attempt(world: World, given: Given): Promise<ModuleResult | undefined> {
  if (given.state === 'drained') return (await isDrained(world, given)) ? {} : undefined
  const found = given.port === undefined ? await lookAtPath(world, given) : await lookAtPort(world, given)
  if (given.state === 'absent' || given.state === 'stopped') return found ? undefined : {}
  return found
}

function timeoutMessage({ port, path: file, host, state, search_regex }: Given): string {
  const what = port === undefined ? `file ${file}` : `${host}:${port}`
  if (state === 'drained') return `Timeout when waiting for ${what} to drain`
  if (state === 'absent' && port === undefined) return `Timeout when waiting for ${what} to be absent.`
  if (state === 'absent' || state === 'stopped') return `Timeout when waiting for ${what} to stop.`
  return search_regex === undefined
    ? `Timeout when waiting for ${what}`
    : `Timeout when waiting for search string ${search_regex} in ${what}`
}

async function isDrained(
  world: World,
  { host, port, exclude_hosts, active_connection_states }: Given,
): Promise<boolean> {
  const { stdout } = await world.run({ script: sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null` })
  return !parseTcpConnections(stdout.toString('latin1')).some(
    (each) =>
      each.localPort === port &&
      active_connection_states.includes(each.state) &&
      (isEveryAddress(host) || isEveryAddress(each.localAddress) || each.localAddress === host) &&
      !exclude_hosts.includes(each.remoteAddress),
  )
}

async function lookAtPort(
  world: World,
  { host, port, search_regex, connect_timeout }: Given,
): Promise<ModuleResult | undefined> {
  const opening = world.open(host, port!)
  try {
    const stream = await within(opening, connect_timeout)
    try {
      if (search_regex === undefined) return {}
      return groupsOf(await matchStream(stream, patternOf(search_regex), connect_timeout))
    } finally {
      stream.destroy()
    }
  } catch {
    opening.then((stream) => stream.destroy()).catch(() => undefined)
    return undefined
  }
}

function patternOf(search: string): RegExp {
  return pythonRegex(search, { multiline: true, global: false })
}

function groupsOf(match: RegExpExecArray | null): ModuleResult | undefined {
  if (!match) return undefined
  return { match_groups: match.slice(1).map((group) => group ?? null), match_groupdict: { ...match.groups } }
}

async function within<Result>(work: Promise<Result>, seconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function matchStream(
  stream: NodeJS.ReadableStream,
  pattern: RegExp,
  seconds: number,
): Promise<RegExpExecArray | null> {
  let text = ''
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), seconds * 1000)
    const end = (found: RegExpExecArray | null) => {
      clearTimeout(timer)
      resolve(found)
    }
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const match = pattern.exec(text)
      if (match) end(match)
    })
    stream.on('end', () => end(null))
    stream.on('error', () => end(null))
  })
}

async function lookAtPath(
  world: World,
  { path: wanted, search_regex }: Given,
): Promise<ModuleResult | undefined> {
  const at = posix.normalize(wanted!)
  if (search_regex === undefined)
    return (await world.run({ script: sh`[ -e ${at} ]` })).status === 0 ? {} : undefined
  const { status, stdout } = await world.run({ script: sh`cat -- ${at}` })
  return status === 0 ? groupsOf(patternOf(search_regex).exec(stdout.toString('utf8'))) : undefined
}
