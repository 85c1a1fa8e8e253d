import { posix } from 'node:path'
import { type Foresight, isLayer, perhaps } from '../host/layer.ts'
import { realPaths } from '../host/real-paths.ts'
import { effect } from '../host/state.ts'
import { factsOf } from '../modules/custom/facts.ts'
import type { Change, Look, ModuleResult, Opaque, Outcome, Undecided, World } from '../modules/outcome.ts'
import { exported } from '../resources/environment.ts'
import { path } from '../resources/path.ts'
import { user } from '../resources/user.ts'
import type { Answer, Become, Frame } from '../transport/session.ts'
import { joinScripts } from '../transport/shell.ts'
import type { Reason } from '../variables/unknown.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import type { Diff, TaskReference } from './events.ts'
import type { HostRun, Place } from './host-run.ts'
import { pack } from './pack.ts'

/** What became of an outcome, before `failed_when`, `changed_when` and `ignore_errors` have their say. */
export interface Performed {
  readonly status: 'ok' | 'changed' | 'failed' | 'skipped' | 'unknown'
  readonly result: ModuleResult
  readonly diff: readonly Diff[]
  readonly because: readonly Reason[]
  /** What `setup` and its like found. */
  readonly facts?: Dict
  /** What `set_fact` sets. */
  readonly variables?: Dict
  /** Of these, what is a fact too. */
  readonly cached?: Dict
  /** With what the module was called, where that is asked for. */
  readonly invocation?: Dict
}

export interface PerformOptions {
  readonly host: HostRun
  /** The same machine under other names, for which it is predicted, too. */
  readonly twins?: readonly HostRun[]
  readonly task: TaskReference
  readonly become: Become | undefined
  /** Where a task delegated to the host is connected from. */
  readonly place?: Place
  readonly environment: Readonly<Record<string, string>>
  /** Seconds. */
  readonly timeout: number | undefined
  /** The one place where a dry run and a real run differ: what would be sent is recorded instead. */
  readonly predict: boolean
  /** Whether the run as a whole is a dry one: what earlier tasks would have made is not there. */
  readonly dry: boolean
  /** Whether the task itself may happen or not: its effects become unknown. */
  readonly maybe: Unknown | undefined
  /** The author says of an opaque command that it changes nothing. */
  readonly harmless: boolean
  /** The play goes on when the task fails (`ignore_errors`, `failed_when`, a `rescue`). */
  readonly forgiven: boolean
  /** Looks though changes are pending, because the author asked for it (`check_mode: false`). */
  readonly lookAnyway: boolean
  /** Runs a pure computation until it has read all it needs. */
  readonly settle: <Result>(compute: () => Result) => Promise<Result>
  /** Waits until the task may have an effect. */
  readonly ready: () => Promise<void>
  /** Keeps to the number of hosts that are worked on at once. */
  readonly limit: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly signal: AbortSignal
  /** Reads, behind a change that may touch anything, what comes next needs. Gives what takes it in. */
  readonly readBehind?: (effects: Change['after']) => Promise<() => void>
  /** Sends a frame in another way than through the session (`async`). */
  readonly run?: (frame: Frame) => Promise<Answer>
}

/** Carries out an outcome, or, in a dry run, records what it would do. */
export async function perform(outcome: Outcome, options: PerformOptions): Promise<Performed> {
  if (options.maybe) return await performMaybe(outcome, options, options.maybe)
  switch (outcome.type) {
    case 'unchanged':
      return {
        ...done('ok', outcome.result),
        facts: outcome.facts,
        variables: outcome.variables,
        cached: outcome.cached,
      }
    case 'skipped':
      return done('skipped', outcome.result)
    case 'failed':
      return done('failed', outcome.result)
    case 'undecided':
      // Where the play goes on after a failure, nothing need have come of it.
      if (outcome.after && (!options.forgiven || looksOnly(outcome))) predict(outcome.after, options)
      else await doubt(new Unknown(outcome.because), outcome, options)
      return { ...done('unknown', outcome.result ?? {}), because: outcome.because }
    case 'change':
      return options.predict ? await predictChange(outcome, options) : await makeChange(outcome, options)
    case 'opaque':
      if (options.predict) return await predictOpaque(outcome, options)
      return options.dry ? await runInDryRun(outcome, options) : await runOpaque(outcome, options)
    case 'look':
      return await takeLook(outcome, options)
  }
}

function done(status: Performed['status'], result: ModuleResult, diff: readonly Diff[] = []): Performed {
  return { status, result, diff, because: [] }
}

// It cannot be told whether the task runs at all: whatever it would touch cannot be told any more either.
async function performMaybe(outcome: Outcome, options: PerformOptions, maybe: Unknown): Promise<Performed> {
  if (outcome.type === 'change' || outcome.type === 'opaque') {
    predict(uncertain(outcome.after, maybe), options)
  }
  if (outcome.type === 'change') await foresee(outcome, options, maybe)
  if (
    (outcome.type === 'opaque' && !isHarmless(outcome, options)) ||
    (outcome.type === 'undecided' && !looksOnly(outcome))
  )
    await doubt(maybe, outcome, options)
  const diff = outcome.type === 'change' ? outcome.diff : []
  return { status: 'unknown', result: {}, diff, because: maybe.because }
}

function predict(after: Change['after'], { host, twins = [], task }: PerformOptions): void {
  for (const each of [host, ...twins]) {
    each.state.foretell(after)
    if (after.length > 0) each.pending.push({ what: task.name, task })
  }
}

function uncertain(effects: Change['after'], because: Unknown): Change['after'] {
  return effects.map(({ resource }) => effect(resource.kind, resource.key, because))
}

// Nobody can tell what it touches: later reads are less certain, and a look at the world would not see it.
async function doubt(
  because: Unknown,
  {
    mentions = [],
    after = [],
    declared = after.length > 0,
  }: Pick<Undecided, 'mentions' | 'after' | 'declared'>,
  { host, twins = [], task, settle, harmless }: PerformOptions,
): Promise<void> {
  // What is named through a link is what the link leads to.
  const real = await settle(() => realPaths(mentions, host.files))
  const named = [...new Set([...mentions, ...real])]
  for (const each of [host, ...twins])
    each.doubt({ because, mentions: named, declared: declared || harmless }, task)
}

function looksOnly({ after }: Undecided): boolean {
  return after?.length === 0
}

// What plainly writes, or is said to make something, does so whatever is to be reported of it.
function isHarmless({ writes = false, after }: Opaque, { harmless }: PerformOptions): boolean {
  return harmless && !writes && after.length === 0
}

async function predictChange(outcome: Change, options: PerformOptions): Promise<Performed> {
  const complaint = await tryOut(outcome, options)
  if (complaint) {
    const [first] = options.host.pending
    if (!first || complaint.certain) {
      // What is refused was written beside its place before.
      for (const { resource } of outcome.after)
        if (resource.kind === path) options.host.state.stir(posix.dirname(resource.key as string))
      return done('failed', complaint.result)
    }
    // What the complaint is about may be among what the run has changed by then.
    const because = reasonOf(first)
    predict(uncertain(outcome.after, new Unknown(because)), options)
    return { ...done('unknown', {}, outcome.diff), because: [because] }
  }
  predict(outcome.after, options)
  await foresee(outcome, options)
  return done('changed', outcome.result, outcome.diff)
}

async function foresee(
  change: Change,
  { host, twins = [], settle }: PerformOptions,
  maybe?: Unknown,
): Promise<void> {
  if (!change.foresee) return
  const steps: Foresight = await settle(() => change.foresee!(host.state))
  for (const { state } of [host, ...twins])
    for (const step of steps) {
      if (isLayer(step)) state.cover(maybe ? perhaps(step, maybe) : step)
      else state.foretell(maybe ? uncertain(step, maybe) : step)
    }
}

async function tryOut(
  { trials = [] }: Change,
  options: PerformOptions,
): Promise<{ readonly result: ModuleResult; readonly certain: boolean } | undefined> {
  if (trials.length === 0 || options.host.isForetold(options.become)) return undefined
  const session = await options.host.session(options.become, options.place)
  for (const trial of trials) {
    const answer = await options.limit(() => session.run(withEnvironment(trial, options)))
    if (answer.status !== 0) return { result: failure(answer), certain: trial.foreseeing === true }
  }
  return undefined
}

async function makeChange(outcome: Change, options: PerformOptions): Promise<Performed> {
  // Nobody can be removed as long as a process of theirs runs.
  for (const { resource, value } of outcome.after)
    if (resource.kind === user && value === null) await options.host.leave(resource.key as string)
  let takeIn: (() => void) | undefined
  const answer = await send(outcome, options, async () => {
    if (outcome.sideEffects && !outcome.follow && !options.run)
      takeIn = await options.readBehind?.(outcome.after)
  })
  // One that failed may have got half way: nothing that was known is certain any more.
  if (outcome.sideEffects || answer.status !== 0) options.host.forgetAll()
  if (outcome.sideEffects) options.host.isStirring = true
  if (answer.status !== 0) {
    takeIn?.()
    return done('failed', failure(answer))
  }
  const followed = await outcome.follow?.(await worldOf(options), answer)
  if (followed?.['failed'] === true) return done('failed', followed)
  options.host.applied(outcome.after, options.task, options.become, options.place)
  takeIn?.()
  return done('changed', { ...outcome.result, ...outcome.finish?.(answer), ...followed }, outcome.diff)
}

async function predictOpaque(outcome: Opaque, options: PerformOptions): Promise<Performed> {
  const because: Reason = { what: `\`${outcome.what}\``, location: options.task.location }
  if (!isHarmless(outcome, options)) {
    const unknown = new Unknown(because)
    await doubt(unknown, outcome, options)
    // Where its failure is no end, what it is to make may be missing afterwards.
    predict(options.forgiven ? uncertain(outcome.after, unknown) : outcome.after, options)
  }
  return { status: 'unknown', result: {}, diff: [], because: [because] }
}

async function runOpaque(outcome: Opaque, options: PerformOptions): Promise<Performed> {
  const result = await outcome.perform(await worldOf(options))
  if (!isHarmless(outcome, options)) options.host.forgetAll()
  const facts = outcome.tellsFacts ? factsOf(result) : undefined
  const told = facts && { facts: {}, cached: facts }
  if (result['failed'] === true) return { ...done('failed', result), ...told }
  if (outcome.tellsFacts && result['skipped'] === true) return done('skipped', result)
  return { ...done(result['changed'] === false ? 'ok' : 'changed', result), ...told }
}

// `check_mode: false`: it runs. But what it shows is not what the run would see where it names something that the run
// changes before; and where it fails, that may be for want of what the run would have made.
async function runInDryRun(outcome: Opaque, options: PerformOptions): Promise<Performed> {
  const { host, become, settle } = options
  const latest = host.pending.at(-1)
  if (!latest) return await runOpaque(outcome, options)
  const waits: Performed = { ...done('unknown', {}), because: [reasonOf(latest)] }
  if (host.isForetold(become)) return waits
  if (await settle(() => namesWhatIsPredicted(outcome.mentions ?? [], host))) return waits
  const performed = await runOpaque(outcome, options)
  return performed.status === 'failed' ? waits : performed
}

function reasonOf({ what, task }: HostRun['pending'][number]): Reason {
  return { what, location: task.location }
}

function namesWhatIsPredicted(words: readonly string[], { state, files }: HostRun): boolean {
  const paths = [...words.filter((word) => word.startsWith('/')), ...realPaths(words, files)]
  return paths.some((each) => state.predicted(path, each) !== undefined || state.isStirred(each))
}

/** Milliseconds from which on a look has waited for something. */
const A_WAIT = 500

async function takeLook(outcome: Look, options: PerformOptions): Promise<Performed> {
  // All of them matter; the last is the nearest to what is looked at.
  const latest = options.host.pending.at(-1)
  if (options.predict && latest && (!options.lookAnyway || options.host.isForetold(options.become))) {
    // Where its failure is the end, whatever comes after it comes only when it has passed.
    return {
      status: options.forgiven ? 'unknown' : 'ok',
      result: options.forgiven ? {} : outcome.passed,
      diff: [],
      because: [reasonOf(latest)],
    }
  }
  const world = await worldOf(options, outcome.connects)
  const began = performance.now()
  const result = await outcome.run(world)
  // What has been waited for has come about meanwhile, and perhaps more than that.
  if (performance.now() - began > A_WAIT) options.host.forgetAll()
  return done(result['failed'] === true ? 'failed' : result['changed'] === true ? 'changed' : 'ok', result)
}

async function worldOf(options: PerformOptions, connects = false): Promise<World> {
  await options.ready()
  const { host, become, place } = options
  if (!connects) await host.session(become, place)
  return {
    run: async (frame) => {
      const session = await host.session(become, place)
      const whole = withEnvironment(frame, options)
      return options.limit(() => options.run?.(whole) ?? session.run(whole))
    },
    open: async (address, port) => (await host.connection(place)).open(address, port),
    reconnect: async () => {
      await host.disconnect()
      await host.session(become, place)
    },
    signal: options.signal,
  }
}

async function send(
  { script, payload, packable }: Pick<Change, 'script' | 'payload' | 'packable'>,
  options: PerformOptions,
  /** What is to be sent right behind it: its turn lasts as long, whatever becomes of it. Never rejects. */
  sendBehind: () => Promise<void> = async () => {},
): Promise<Answer> {
  await options.ready()
  const parcel = packable ? await pack({ script, payload }) : { script, payload }
  const session = await options.host.session(options.become, options.place)
  const whole = withEnvironment(parcel, options)
  return options.limit(async () => {
    const answer = options.run?.(whole) ?? session.run(whole)
    const behind = sendBehind()
    try {
      return await answer
    } finally {
      await behind
    }
  })
}

function withEnvironment(frame: Frame, { environment, timeout }: PerformOptions): Frame {
  if (Object.keys(environment).length === 0) return { timeout, ...frame }
  return { timeout, ...frame, script: joinScripts([exported(environment), frame.script]) }
}

/** What a script said when it failed, as Ansible's modules do: the last line of its complaint is the message. */
export function failure({ status, stdout, stderr }: Answer): ModuleResult {
  const complaint = stderr.toString('utf8').trim() || stdout.toString('utf8').trim()
  return {
    msg: complaint || `the change ended with status ${status} and said nothing`,
    rc: status,
    stdout: stdout.toString('utf8'),
    stderr: stderr.toString('utf8'),
  }
}
