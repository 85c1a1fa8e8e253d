import { posix } from 'node:path'
import { pythonRegex } from '../expressions/python/regex.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, look, type ModuleResult, type World } from './outcome.ts'

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
  preview: 'waits, as a real run does, when no earlier change is pending; else the result is unknown.',
  args: schema,
  plan: (given) => {
    if (given.port !== undefined && given.path !== undefined)
      return failed('port and path parameter can not both be passed to wait_for')
    if (given.path !== undefined && (given.state === 'stopped' || given.state === 'drained')) {
      return failed(`state=${given.state} should only be used for checking a port in the wait_for module`)
    }
    const what =
      given.port === undefined ? (given.path ?? `${given.timeout} s`) : `${given.host}:${given.port}`
    return look(`wait for ${what}`, (world) => waitFor(world, given))
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
  readonly msg?: string
}

async function waitFor(world: World, given: Given): Promise<ModuleResult> {
  const started = Date.now()
  const elapsed = () => Math.floor((Date.now() - started) / 1000)
  await pause(given.delay)
  // Without anything to look at it is only a pause.
  if (given.port === undefined && given.path === undefined) {
    await pause(given.timeout - given.delay)
    return {
      changed: false,
      elapsed: elapsed(),
      state: given.state,
      port: null,
      path: null,
      search_regex: null,
    }
  }
  const result = {
    changed: false,
    state: given.state,
    port: given.port ?? null,
    path: given.path ?? null,
    search_regex: given.search_regex ?? null,
  }
  const wanted = given.state === 'started' || given.state === 'present'
  for (;;) {
    const present =
      given.port === undefined ? await pathIsThere(world, given) : await portAnswers(world, given)
    if (present === wanted) return { ...result, elapsed: elapsed() }
    if (world.signal.aborted || (Date.now() - started) / 1000 >= given.timeout) {
      const what = given.port === undefined ? `file ${given.path}` : `${given.host}:${given.port}`
      const usual = wanted ? `Timeout when waiting for ${what}` : `Timeout when waiting for ${what} to stop.`
      return { ...result, elapsed: elapsed(), failed: true, msg: given.msg ?? usual }
    }
    await pause(given.sleep)
  }
}

async function portAnswers(
  world: World,
  { host, port, search_regex, connect_timeout }: Given,
): Promise<boolean> {
  const opening = world.open(host, port!)
  try {
    const stream = await within(opening, connect_timeout)
    try {
      return (
        search_regex === undefined ||
        (await streamMatches(
          stream,
          pythonRegex(search_regex, { multiline: true, global: false }),
          connect_timeout,
        ))
      )
    } finally {
      stream.destroy()
    }
  } catch {
    opening.then((stream) => stream.destroy()).catch(() => undefined)
    return false
  }
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

async function streamMatches(
  stream: NodeJS.ReadableStream,
  pattern: RegExp,
  seconds: number,
): Promise<boolean> {
  let text = ''
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000)
    const end = (found: boolean) => {
      clearTimeout(timer)
      resolve(found)
    }
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (pattern.test(text)) end(true)
    })
    stream.on('end', () => end(false))
    stream.on('error', () => end(false))
  })
}

async function pathIsThere(world: World, { path: wanted, search_regex }: Given): Promise<boolean> {
  const at = posix.normalize(wanted!)
  if (search_regex === undefined) return (await world.run({ script: sh`[ -e ${at} ]` })).status === 0
  const { status, stdout } = await world.run({ script: sh`cat -- ${at}` })
  return (
    status === 0 &&
    pythonRegex(search_regex, { multiline: true, global: false }).test(stdout.toString('utf8'))
  )
}

function pause(seconds: number): Promise<void> {
  return seconds <= 0 ? Promise.resolve() : new Promise((go) => setTimeout(go, seconds * 1000))
}
