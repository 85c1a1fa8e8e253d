import type { AnyModule } from '../modules/module.ts'
import type { Outcome } from '../modules/outcome.ts'
import type { Task } from '../source/model.ts'
import { FrameTimeout, Unreachable } from '../transport/session.ts'
import { LazyDict } from '../variables/lazy.ts'
import { dictLayer, Scope } from '../variables/scope.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import { type Dict, isDict, type Value } from '../variables/value.ts'
import { type Background, performInBackground, settledJob } from './background.ts'
import { outdateOthers, twinsOf } from './delegation.ts'
import type { HostRun } from './host-run.ts'
import { hostVariables } from './host-variables.ts'
import { NotPlanned, type Reads } from './ledger.ts'
import { allHold, judge, resultScope } from './judge.ts'
import type { LoopItem } from './loop.ts'
import { argumentsOf, decide, prepare } from './prepare.ts'
import { notify } from './notify.ts'
import { pause } from './pause.ts'
import { perform, type Performed, type PerformOptions } from './perform.ts'
import type { Run } from './run.ts'
import { settingOf } from './setting.ts'
import { type Settings, settingsOf } from './settings.ts'
import { readBehind } from './read-behind.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task.ts'
import { truth } from './truth.ts'
import { scopeOf } from './variables.ts'

/** What one execution of a task came to: the only one, or one item's of a loop. */
export interface Attempt extends Performed {
  readonly skipReason?: string
  readonly delegatedTo?: string
}

export interface AttemptContext extends TaskContext {
  readonly scope: Scope
  readonly item: LoopItem | undefined
}

export function skippedAttempt(condition: string | boolean): Attempt {
  return {
    status: 'skipped',
    result: { skip_reason: 'Conditional result was False', false_condition: condition },
    diff: [],
    because: [],
    skipReason: String(condition),
  }
}

/** Executes a task once: `when`, arguments, plan, change, and again for as long as `until` asks for. */
export async function attempt(context: AttemptContext): Promise<Attempt> {
  const { playRun, task, scope } = context
  const decision = await settle(context, () => decide(task, scope))
  if (!decision.go) return skippedAttempt(decision.condition)
  const settings = await settle(context, () => settingsOf(context))
  if (settings.strays) settings.on.place = { scope, node: task }
  else settings.on.place ??= { scope: scopeOf(playRun, settings.on, playRun.play), node: playRun.play }
  if (settings.suppose) settings.on.suppose()
  else settings.on.endSupposing()
  const { signal } = playRun.run
  const { delegatedTo } = settings
  const inside = delegatedTo === undefined ? context : withDelegation(context, settings.on)
  const maybes = [decision.maybe, context.maybe].filter((each) => each !== undefined)
  const maybe = maybes.length > 0 ? mergeUnknown(maybes) : undefined

  for (let count = 1; ; count++) {
    const performed = await withRecovery(inside, settings, maybe)
    const counted =
      settings.until === undefined
        ? performed
        : { ...performed, result: { ...performed.result, attempts: count } }
    const judged = await settle(context, () => judge(inside, counted))
    if (
      settings.until === undefined ||
      signal.aborted ||
      judged.status === 'skipped' ||
      (judged.status === 'unknown' && settings.predict)
    )
      return { ...judged, delegatedTo }
    const met = await settle(context, () =>
      untilMet(context, settings.until!, { ...judged, result: { ...judged.result, attempts: count } }),
    )
    const result = { ...judged.result, attempts: count }
    if (met === true) return { ...judged, result, delegatedTo }
    // A look that is taken to pass ends the play where it never comes to what it waits for.
    const assumed = judged.status === 'ok' && judged.because.length > 0
    if (met instanceof Unknown && assumed) return { ...judged, delegatedTo }
    if (met instanceof Unknown) return { ...judged, status: 'unknown', because: met.because, delegatedTo }
    if (assumed) return { ...judged, status: 'unknown', delegatedTo }
    if (count > settings.retries) {
      // As Ansible counts: those that were tries again.
      const attempts = settings.retries || count
      // With `failed_when` the author says what is a failure, also then.
      const status = task.keywords['failed_when'] === undefined ? 'failed' : judged.status
      return { ...judged, status, result: { ...judged.result, attempts }, delegatedTo }
    }
    playRun.order.add(
      context.position,
      {
        type: 'retry',
        task: context.reference,
        host: context.host.name,
        attempt: count,
        retries: settings.retries,
        result: truth(settingOf(task, 'no_log', scope) ?? false) ? {} : result,
      },
      context.reference,
    )
    await pause(settings.delay * 1000, signal)
    // What was read before is old by now.
    settings.on.forgetAll()
  }
}

/**
 * `ansible_delegated_vars`: the variables of the host that a task is delegated to, by its name; `inventory_hostname`
 * stays the task's own.
 */
function withDelegation(context: AttemptContext, on: HostRun): AttemptContext {
  const { playRun, host, scope } = context
  const known = () => hostVariables(playRun, host).get(on.name)
  const variables = new LazyDict(
    (name) => {
      if (name === 'inventory_hostname') return host.name
      const theirs = known()
      const value = theirs instanceof LazyDict ? theirs.get(name) : undefined
      return value ?? (name === 'ansible_host' ? on.name : undefined)
    },
    () => {
      const theirs = known()
      return theirs instanceof LazyDict ? [...theirs.keys()] : ['ansible_host']
    },
  )
  const delegated = new LazyDict(
    (name) => (name === on.name ? variables : undefined),
    () => [on.name],
  )
  const inside = scope.under(dictLayer('delegation', { ansible_delegated_vars: delegated }))
  const fallback = dictLayer('delegation', { ansible_host: on.name })
  return { ...context, scope: new Scope([...inside.layers, fallback], inside.surroundings) }
}

const MOST_RECONNECTIONS = 2

// A lost connection is not a lost run: connect anew, read again, plan again. What the lost change has done is found
// done. A command that was under way is a failure: nobody knows how far it got, and it is never repeated by itself.
async function withRecovery(
  context: AttemptContext,
  settings: Settings,
  maybe: Unknown | undefined,
): Promise<Performed> {
  const { playRun } = context
  const { signal } = playRun.run
  let lostChange = false
  for (let losses = 0; ; losses++) {
    let under: Outcome['type'] | undefined
    try {
      const performed = await once(context, settings, maybe, (type) => {
        under = type
      })
      if (under !== undefined && settings.delegatedTo !== undefined) outdateOthers(playRun, settings.on)
      return lostChange && performed.status === 'ok' ? { ...performed, status: 'changed' } : performed
    } catch (error) {
      // It may have got half way.
      if (under === 'change' || under === 'opaque') {
        settings.on.forgetAll()
        if (settings.delegatedTo !== undefined) outdateOthers(playRun, settings.on)
      }
      if (error instanceof FrameTimeout) return timedOut(context.task, error.seconds)
      if (!(error instanceof Unreachable)) throw error
      if (signal.aborted) {
        if (under !== 'change' && under !== 'opaque') throw error
        // If it has done its work, the next run finds nothing to do: rather once too often than never.
        notify(context)
        return failure('interrupted: it was ended on the way, and it is not known how far it got')
      }
      await settings.on.disconnect()
      if (!settings.on.canBeLost || losses === MOST_RECONNECTIONS) throw error
      if (under === 'opaque') {
        return failure(
          `the connection was lost while the command was running, and it is not known how far it got: ${error.message}`,
        )
      }
      settings.on.forgetAll()
      lostChange ||= under === 'change'
      await pause((200 + Math.random() * 800) * 2 ** losses, signal)
    }
  }
}

function timedOut({ action }: Task, seconds: number): Performed {
  const msg = `The ${action} action failed to execute in the expected time frame (${seconds}) and was terminated`
  return { status: 'failed', result: { msg, timedout: { period: seconds } }, diff: [], because: [] }
}

function failure(msg: string): Performed {
  return { status: 'failed', result: { msg }, diff: [], because: [] }
}

async function once(
  context: AttemptContext,
  settings: Settings,
  maybe: Unknown | undefined,
  under: (type: Outcome['type']) => void,
): Promise<Performed> {
  const { playRun, task, scope, reference } = context
  const { run } = playRun
  const { on, become } = settings
  const module = run.modules.get(task.action)
  if (!module) return failure(`there is no module named '${task.action}'`)
  // No failure of the task: what is meant cannot be done here, and a rescue is not for that.
  if (module.foreign)
    throw new NotPlanned(`the module '${module.name}' is not supported here; 'play doc' lists those that are`)
  let reads: Reads = { observed: new Map(), predicted: false }
  const plan = () =>
    settle(
      context,
      () => {
        const watched = on.state.watched(() =>
          prepare(task, module, {
            state: on.state,
            files: on.files,
            user: become?.user ?? '',
            scope,
            location: task.location,
            environment: settings.environment,
            announce: (secret) => run.redactor.add(secret),
          }),
        )
        reads = watched.reads
        return watched.result
      },
      { host: on, become, place: settings.place },
    )
  let outcome = await plan()
  if (!settings.predict && !maybe && holdsUnknown(outcome)) {
    // In a real run nothing is unknown for good: what was only predicted is read again.
    on.forgetAll()
    outcome = await plan()
  }
  if (run.ledger) {
    const { host, item } = context
    const step = { ...settings, host, on, task: reference, item: item?.index, reads, maybe }
    outcome = await run.ledger.enter(step, outcome)
  }
  const options: PerformOptions = {
    ...settings,
    host: on,
    twins: settings.delegatedTo !== undefined && !settings.suppose ? twinsOf(playRun, on) : [],
    task: reference,
    dry: run.options.check,
    maybe,
    signal: run.signal,
    limit: (work) => run.limiter.run(work),
    settle: (compute) => settle(context, compute, { host: on, become, place: settings.place }),
    readBehind: (effects) => readBehind(context, { host: on, become, place: settings.place }, effects),
    ready: async () => {
      if (!playRun.free) await playRun.progress.everyoneAt(context.position)
      under(outcome.type)
    },
  }
  const { background } = settings
  const performed = await performWith(context, outcome, background, options)
  // It may have waited for what was started where it ran; or, from another machine, for what was started here.
  if (outcome.type === 'look' || outcome.type === 'opaque')
    for (const each of [on, context.host]) each.comeToRest()
  const shown =
    run.options.verbosity >= 3
      ? { ...performed, invocation: invocationOf(task, module, scope, run) }
      : performed
  if (settings.predict || performed.status !== 'changed' || !deepUnknown(performed.result)) return shown
  // What only the change itself could tell (a number the host picked) can be read by now.
  for (const { resource } of outcome.type === 'change' ? outcome.after : []) on.state.forget(resource)
  const afterwards = await plan()
  return {
    ...shown,
    result: { ...performed.result, ...('result' in afterwards ? afterwards.result : {}) },
  }
}

async function performWith(
  { playRun, position, reference, host }: AttemptContext,
  outcome: Outcome,
  background: Background | undefined,
  options: PerformOptions,
): Promise<Performed> {
  if (!background) return await perform(outcome, options)
  const isSent = (outcome.type === 'opaque' || outcome.type === 'change') && !options.predict
  if (!isSent || options.maybe) return settledJob(await perform(outcome, options), background)
  return await performInBackground(outcome, background, options, (job, state) =>
    playRun.order.add(position, { type: 'async', task: reference, host: host.name, job, state }, reference),
  )
}

/** With what the module was called, for those who look closely (`-vvv`); passwords and what files hold aside. */
function invocationOf(task: Task, module: AnyModule, scope: Scope, { redactor }: Run): Dict | undefined {
  const args = argumentsOf(task, module, { scope, announce: (secret) => redactor.add(secret) })
  if (args instanceof Unknown) return undefined
  const open = Object.entries(args).filter(([name]) => !/^content$|pass|secret|token|key$/i.test(name))
  return { module_args: Object.fromEntries(open) }
}

function holdsUnknown(outcome: Outcome): boolean {
  if (outcome.type === 'undecided') return true
  return outcome.type === 'unchanged' && deepUnknown(outcome.result)
}

function deepUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true
  if (Array.isArray(value)) return value.some((each) => deepUnknown(each))
  return isDict(value) && Object.values(value).some((each) => deepUnknown(each))
}

function untilMet(context: AttemptContext, until: Value, performed: Performed): boolean | Unknown {
  return allHold(until, context.task, 'until', resultScope(context, performed))
}
