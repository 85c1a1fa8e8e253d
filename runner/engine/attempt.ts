import { UndefinedVariable } from '../expressions/errors.ts'
import { evaluate } from '../expressions/evaluate.ts'
import type { AnyModule } from '../modules/module.ts'
import type { Outcome } from '../modules/outcome.ts'
import { accumulated, inherited, type Task } from '../source/model.ts'
import { type Become, FrameTimeout, Unreachable } from '../transport/session.ts'
import { LazyDict } from '../variables/lazy.ts'
import { dictLayer, Scope } from '../variables/scope.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import { asList, type Dict, isDict, omit, type Value } from '../variables/value.ts'
import { type Background, performInBackground } from './background.ts'
import { strays } from './connect.ts'
import { becomeOf } from './become.ts'
import type { HostRun } from './host-run.ts'
import { hostVariables } from './host-variables.ts'
import { NotPlanned, type Reads } from './ledger.ts'
import { isRescued } from './is-rescued.ts'
import { allHold, judge, resultScope } from './judge.ts'
import type { LoopItem } from './loop.ts'
import { argumentsOf, decide, prepare } from './prepare.ts'
import { notify } from './notify.ts'
import { pause } from './pause.ts'
import { perform, type Performed, type PerformOptions } from './perform.ts'
import { reveal } from './reveal.ts'
import type { Run } from './run.ts'
import { settingOf } from './setting.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task.ts'
import { truth } from './truth.ts'
import { scopeOf } from './variables.ts'
import { textOf } from '../variables/text.ts'

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
  const { task, scope } = context
  const decision = await settle(context, () => decide(task, scope))
  if (!decision.go) return skippedAttempt(decision.condition)
  const settings = await settle(context, () => settingsOf(context))
  const { play } = context.playRun
  if (settings.strays) settings.on.place = { scope, node: task }
  else settings.on.place ??= { scope: scopeOf(context.playRun, settings.on, play), node: play }
  if (settings.suppose) settings.on.suppose()
  else settings.on.endSupposing()
  const { signal } = context.playRun.run
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
    context.playRun.order.add(
      context.position,
      {
        type: 'retry',
        task: context.reference,
        host: context.host.name,
        attempt: count,
        retries: settings.retries,
        result,
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

interface Settings {
  /** The host that is read and changed: the task's own, or the one it is delegated to. */
  readonly on: HostRun
  readonly delegatedTo: string | undefined
  /** On another machine than the play, by `connection`. */
  readonly strays: boolean
  readonly become: Become | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly timeout: number | undefined
  readonly predict: boolean
  /** Asked only what it would do (`check_mode: true`), whatever kind of run this is: nothing of it lasts. */
  readonly suppose: boolean
  readonly lookAnyway: boolean
  readonly harmless: boolean
  readonly forgiven: boolean
  /** `async` and `poll` */
  readonly background: Background | undefined
  readonly until: Value | undefined
  readonly retries: number
  readonly delay: number
}

function settingsOf({ playRun, host, task, scope }: AttemptContext): Settings {
  const { run } = playRun
  const setting = (keyword: string) => settingOf(task, keyword, scope)
  const own = (keyword: string) => {
    const written = task.keywords[keyword]
    const value = written === undefined ? undefined : evaluate(written, scope)
    return value === omit ? undefined : value
  }
  const delegate = setting('delegate_to')
  const delegatedTo = typeof delegate === 'string' && delegate !== host.name ? delegate : undefined
  const elsewhere = delegatedTo === undefined && strays(task, playRun, host, scope)
  const on = delegatedTo !== undefined ? run.host(delegatedTo) : elsewhere ? host.elsewhere : host
  const checkMode = setting('check_mode')
  const predict = checkMode === undefined ? run.options.check : truth(checkMode)
  const until = task.keywords['until']
  const seconds = Number(own('async') ?? 0)
  const timeout = Number(setting('timeout') ?? run.options.taskTimeout ?? 0)
  return {
    on,
    delegatedTo,
    strays: elsewhere,
    become: becomeOf(task, scope, run.options),
    environment: environmentOf(task, scope),
    timeout: timeout > 0 ? timeout : undefined,
    predict,
    suppose: checkMode !== undefined && predict,
    lookAnyway: checkMode !== undefined,
    harmless: task.keywords['changed_when'] === false,
    forgiven:
      inherited(task, 'ignore_errors') !== undefined ||
      task.keywords['failed_when'] !== undefined ||
      isRescued(task),
    background:
      seconds > 0
        ? { seconds, poll: Number(own('poll') ?? 15), directory: asyncDirectory(scope) }
        : undefined,
    until,
    retries: Number(own('retries') ?? (until === undefined ? 0 : 3)),
    delay: Number(own('delay') ?? 5),
  }
}

function asyncDirectory(scope: Scope): string | undefined {
  const written = scope.get('ansible_async_dir')
  return written === undefined ? undefined : textOf(evaluate(written, scope))
}

function environmentOf(task: Task, scope: Scope): Record<string, string> {
  const merged = new Map<string, string>()
  for (const { value } of accumulated(task, 'environment')) {
    for (const set of asList(isDict(value) ? value : evaluate(value, scope))) {
      if (!isDict(set)) continue
      for (const [name, written] of Object.entries(set)) {
        const each = environmentValue(written, task, scope)
        if (each !== omit) merged.set(name, textOf(reveal(each, () => undefined) ?? ''))
      }
    }
  }
  return Object.fromEntries(merged)
}

// The facts that a value needs are only gathered by this very task.
function environmentValue(written: Value, task: Task, scope: Scope): Value {
  try {
    return evaluate(written, scope)
  } catch (error) {
    const isEarly = task.action === 'setup' && error instanceof UndefinedVariable
    if (isEarly && /ansible_env|ansible_facts\W+env/.test(error.message)) return omit
    throw error
  }
}

const MOST_RECONNECTIONS = 2

// A lost connection is not a lost run: connect anew, read again, plan again. What the lost change has done is found
// done. A command that was under way is a failure: nobody knows how far it got, and it is never repeated by itself.
async function withRecovery(
  context: AttemptContext,
  settings: Settings,
  maybe: Unknown | undefined,
): Promise<Performed> {
  const { signal } = context.playRun.run
  let lostChange = false
  for (let losses = 0; ; losses++) {
    let under: Outcome['type'] | undefined
    try {
      const performed = await once(context, settings, maybe, (type) => {
        under = type
      })
      return lostChange && performed.status === 'ok' ? { ...performed, status: 'changed' } : performed
    } catch (error) {
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
      { host: on, become },
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
    task: reference,
    dry: run.options.check,
    maybe,
    signal: run.signal,
    limit: (work) => run.limiter.run(work),
    settle: (compute) => settle(context, compute, { host: on, become }),
    ready: async () => {
      if (!playRun.free) await playRun.progress.everyoneAt(context.position)
      under(outcome.type)
    },
  }
  const { background } = settings
  const hidden = background && !settings.predict && !maybe
  const performed =
    hidden && (outcome.type === 'opaque' || outcome.type === 'change')
      ? await performInBackground(outcome, background, options)
      : await perform(outcome, options)
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

/** With what the module was called, for those who look closely (`-vvv`); passwords aside. */
function invocationOf(task: Task, module: AnyModule, scope: Scope, { redactor }: Run): Dict | undefined {
  const args = argumentsOf(task, module, { scope, announce: (secret) => redactor.add(secret) })
  if (args instanceof Unknown) return undefined
  const open = Object.entries(args).filter(([name]) => !/pass|secret|token|key$/i.test(name))
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
