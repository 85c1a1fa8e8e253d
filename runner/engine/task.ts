import { UndefinedVariable } from '../expressions/errors.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { formatLocation } from '../source/location.ts'
import { SourceError } from '../source/diagnostic.ts'
import { registeredDiff } from './registered-diff.ts'
import { roleOf, type Task } from '../source/model.ts'
import { BecomeFailed, Unreachable } from '../transport/session.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { openDict } from '../variables/open-dict.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Result, Status, TaskReference } from './events.ts'
import { HostEnded, HostLost, TaskFailed } from './failures.ts'
import type { HostRun } from './host-run.ts'
import { NotPlanned } from './ledger.ts'
import { strays } from './connect.ts'
import { isRescued } from './is-rescued.ts'
import { attempt, type Attempt, type AttemptContext, skippedAttempt } from './attempt.ts'
import { itemScopes, type Loop, loopOf } from './loop.ts'
import { newWarnings } from './module-warnings.ts'
import { notify } from './notify.ts'
import { pause } from './pause.ts'
import type { Position } from './position.ts'
import { conceal } from './reveal.ts'
import type { PlayRun } from './run.ts'
import { settingOf } from './setting.ts'
import { settle } from './settle.ts'
import { truth } from './truth.ts'
import { decide } from './prepare.ts'
import { scopeOf } from './variables.ts'

/** A task at one place of the play, on one host. */
export interface TaskContext {
  readonly playRun: PlayRun
  readonly host: HostRun
  readonly task: Task
  readonly position: Position
  readonly reference: TaskReference
  /** Variables of the place that stand above all others of the task (an include's loop variable). */
  readonly extra: readonly Layer[]
  /** A handler that may or may not have been notified. */
  readonly maybe?: Unknown
}

/** Executes a task once, for one item of its loop. */
export type Execute = (context: AttemptContext) => Promise<Attempt>

/** What a task came to on one host, and what `register` holds. */
export interface TaskEnd {
  readonly status: Status
  readonly registered: Value
  readonly facts?: Dict
  readonly variables?: Dict
}

/**
 * Runs a task on a host: its loop, its attempts, what they register and whom they notify, and the events of it all.
 *
 * @throws {TaskFailed} when it failed and nobody said that this may be ignored
 * @throws {HostLost} when the host cannot be reached
 */
export async function runTask(context: TaskContext, execute: Execute = attempt): Promise<TaskEnd> {
  const started = performance.now()
  const { playRun, host, task } = context
  const scope = scopeOf(playRun, host, task, context.extra)
  const usual = { scope: scopeOf(playRun, host, playRun.play), node: playRun.play }
  try {
    // What is on another machine has a place of its own.
    host.place = strays(task, playRun, host, scope) ? usual : { scope, node: task }
    const end = await runLoop(context, scope, started, execute)
    finish(context, end)
    return end
  } catch (error) {
    if (error instanceof SourceError) return failAsWritten(context, started, error)
    if (error instanceof BecomeFailed) return failWith(context, started, error.message)
    // What cannot be waited for any more.
    if (context.playRun.run.signal.aborted && (error instanceof Unreachable || isAbort(error)))
      throw new HostEnded('stopped')
    if (error instanceof Unreachable) return lose(context, started, error)
    if (error instanceof NotPlanned) return depart(context, started, error)
    throw error
  } finally {
    // Whoever delegates to this host, or looks at it at the end, is no concern of this task.
    host.place = usual
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The text of errors in what the author wrote, each with its place. */
export function describe({ diagnostics }: SourceError): string {
  return diagnostics
    .map(({ message, location, hint, ansible }) =>
      [
        location ? `${message} (${formatLocation(location)})` : message,
        hint,
        ansible === message ? undefined : ansible,
      ]
        .filter(Boolean)
        .join('; '),
    )
    .join('\n')
}

/** Ends a task of which something that the author wrote cannot be evaluated. @throws {TaskFailed} */
export function failAsWritten(context: TaskContext, started: number, error: SourceError): TaskEnd {
  tellInKnownWords(context, error)
  const why = describe(error)
  const isUndefined = error instanceof UndefinedVariable
  const [{ words } = {}] = error.diagnostics
  if (words !== undefined && error.diagnostics.length === 1)
    return failWith(context, started, words, { explanation: why })
  return failWith(
    context,
    started,
    isUndefined ? `The task includes an option with an undefined variable. The error was: ${why}` : why,
  )
}

/** Says what Ansible would say, where scripts look for its words. */
function tellInKnownWords({ playRun, position }: TaskContext, { diagnostics }: SourceError): void {
  for (const { ansible } of diagnostics)
    if (ansible !== undefined)
      playRun.order.add(position, { type: 'message', severity: 'error', text: ansible })
}

async function runLoop(
  context: TaskContext,
  scope: Scope,
  started: number,
  execute: Execute,
): Promise<TaskEnd> {
  const { task } = context
  const loop = loopOf(task, scope)
  if (!loop) {
    const only = await execute({ ...context, scope, item: undefined })
    learn(context, only)
    emit(context, only, started, {})
    return endOf(context, only, registeredOf(context, only))
  }

  const items = await settle(context, () => itemsUnlessSkipped(loop, task, scope))
  if (!Array.isArray(items)) {
    if (items.status === 'unknown') doubtAll(context, items)
    emit(context, items, started, {})
    return endOf(context, items, registeredOf(context, items))
  }
  const ends: LoopEnd[] = []
  for (const each of itemScopes(loop, items, scope)) {
    const itemStarted = performance.now()
    if (ends.length > 0 && loop.pause > 0) await pause(loop.pause * 1000, context.playRun.run.signal)
    const one = await execute({ ...context, scope: each.scope, item: each })
    learn(context, one)
    const variables: Dict = { [loop.variable]: each.item, ansible_loop_var: loop.variable }
    const shown = { ...one, result: { ...one.result, ...variables } }
    emit(context, shown, itemStarted, { item: { label: each.label(one) } })
    ends.push({ attempt: one, item: each.item })
    if (loop.breakWhen && (await settle(context, () => loop.breaks(each.after(one))))) break
  }
  const whole = combine(ends.map((end) => end.attempt))
  emit(context, whole, started, { items: ends.length })
  return endOf(context, whole, registeredOfLoop(context, loop, ends, whole))
}

/** What one round of a loop came to. */
export interface LoopEnd {
  readonly attempt: Attempt
  readonly item: Value
}

/** What `register` holds of a loop. */
export function registeredOfLoop(
  context: TaskContext,
  { variable }: Loop,
  ends: readonly LoopEnd[],
  whole = combine(ends.map((end) => end.attempt)),
): Value {
  const results = ends.map(({ attempt: one, item }) => {
    const result = registeredOf(context, one)
    return result instanceof Unknown
      ? result
      : withItem(result as Dict, { [variable]: item, ansible_loop_var: variable }, one)
  })
  if (results.length > 0 && results.every((result) => result instanceof Unknown)) return mergeUnknown(results)
  const { status } = whole
  return {
    ...(registeredOf(context, {
      ...whole,
      status: status === 'unknown' ? 'ok' : status,
      because: [],
    }) as Dict),
    ...(status === 'unknown' ? { changed: new Unknown(whole.because) } : {}),
    results: results as Value[],
  }
}

function withItem(result: Dict, item: Dict, { because }: Attempt): Dict {
  const whole = { ...result, ...item }
  return because.length > 0 ? openDict(whole, new Unknown(because)) : whole
}

// Nobody knows how often it runs, and on what.
function doubtAll({ playRun, host, task, reference }: TaskContext, { because }: Attempt): void {
  const module = playRun.run.modules.get(task.action)
  if (module?.looksOnly || module?.controllerOnly) return
  host.doubt({ because: new Unknown(because), mentions: [] }, reference)
}

// A list that cannot be evaluated is no error where `when` says that the task is not wanted at all.
function itemsUnlessSkipped(loop: Loop, task: Task, scope: Scope): Value[] | Attempt {
  try {
    const items = loop.items(scope)
    return items instanceof Unknown
      ? { status: 'unknown', result: {}, diff: [], because: items.because }
      : items
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const decision = decide(task, scope)
    if (decision.go) throw error
    return skippedAttempt(decision.condition)
  }
}

function combine(attempts: readonly Attempt[]): Attempt {
  const has = (status: Status) => attempts.some((each) => each.status === status)
  const status: Attempt['status'] = has('failed')
    ? 'failed'
    : has('changed')
      ? 'changed'
      : has('unknown')
        ? 'unknown'
        : attempts.length > 0 && attempts.every((each) => each.status === 'skipped')
          ? 'skipped'
          : attempts.length === 0
            ? 'skipped'
            : 'ok'
  return {
    status,
    result: {
      msg:
        status === 'failed'
          ? 'One or more items failed'
          : status === 'skipped'
            ? attempts.length === 0
              ? 'No items in the list'
              : 'All items skipped'
            : 'All items completed',
    },
    diff: [],
    because: attempts.flatMap((each) => [...each.because]),
    facts: merged(attempts.map((each) => each.facts)),
    variables: merged(attempts.map((each) => each.variables)),
  }
}

function merged(dicts: readonly (Dict | undefined)[]): Dict | undefined {
  const entries = dicts.flatMap((dict) => (dict ? Object.entries(dict) : []))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** What `register` holds of an attempt. */
export function registeredOf(context: TaskContext, { status, result, diff, because }: Attempt): Value {
  if (status === 'unknown') return new Unknown(because)
  const registered: Dict = {
    changed: status === 'changed',
    failed: status === 'failed',
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...Object.fromEntries(Object.entries(result).filter(([name]) => !name.startsWith('_ansible_'))),
  }
  registered['failed'] = status === 'failed'
  registered['changed'] = status === 'changed' || (status === 'failed' && result['changed'] === true)
  if (diff.length > 0 && registered['diff'] === undefined)
    registered['diff'] = registeredDiff(diff, context.task.action)
  const shown = noLog(context) ? (conceal(registered) as Dict) : registered
  return because.length > 0 ? openDict(shown, new Unknown(because)) : shown
}

function endOf(context: TaskContext, { status, facts, variables }: Attempt, registered: Value): TaskEnd {
  const hide = (dict: Dict | undefined) => (dict && noLog(context) ? (conceal(dict) as Dict) : dict)
  return { status, registered, facts: hide(facts), variables: hide(variables) }
}

/** Takes in facts and variables at once: the next item of a loop sees those of the one before. */
function learn(context: TaskContext, { facts, variables, cached, delegatedTo }: Attempt): void {
  if (!facts && !variables) return
  const { playRun, host } = context
  const whose =
    delegatedTo !== undefined && says(context, 'delegate_facts') ? playRun.run.host(delegatedTo) : host
  const hide = (dict: Dict) => (noLog(context) ? (conceal(dict) as Dict) : dict)
  if (facts) whose.facts = { ...whose.facts, ...hide(facts) }
  for (const [name, value] of Object.entries(hide(variables ?? {}))) whose.variables.set(name, value)
  for (const [name, value] of Object.entries(hide(cached ?? {}))) {
    whose.facts = Object.fromEntries([
      ...Object.entries(whose.facts ?? {}),
      [name.replace(/^ansible_/, ''), value],
    ])
    if (!name.startsWith('ansible_')) whose.cachedFacts.set(name, value)
  }
}

function finish(context: TaskContext, { status, registered }: TaskEnd): void {
  const { host, task, playRun } = context
  const name = task.keywords['register']
  if (typeof name === 'string') host.variables.set(name, registered)
  const role = roleOf(task)
  if (role && status !== 'skipped') host.begunRoles.add(role.key)
  if (status === 'changed' || status === 'unknown') {
    notify(
      context,
      status === 'unknown'
        ? registered instanceof Unknown
          ? registered
          : new Unknown({ what: context.reference.name, location: task.location })
        : undefined,
    )
  }
  if (status === 'failed' && !ignores(context))
    throw new TaskFailed(task, context.reference, registered, playRun)
}

/** What an inherited keyword that is true or false says of the task. */
function says({ playRun, host, task, extra }: TaskContext, keyword: string): boolean {
  return truth(settingOf(task, keyword, scopeOf(playRun, host, task, extra)) ?? false)
}

/** What `diff` says: to show what changes whatever the command line says, or to show it in no case. */
function diffKeyword({ playRun, host, task, extra }: TaskContext): boolean | undefined {
  const written = settingOf(task, 'diff', scopeOf(playRun, host, task, extra))
  return written === undefined ? undefined : truth(written)
}

const ignores = (context: TaskContext, keyword = 'ignore_errors') => says(context, keyword)
const noLog = (context: TaskContext) => says(context, 'no_log')

/** As Ansible calls an item of a task with `no_log`: the secret may be in it. */
const CENSORED_ITEM = '(censored due to no_log)'

function emit(
  context: TaskContext,
  { status, result, diff, because, skipReason, delegatedTo, invocation }: Attempt,
  started: number,
  loop: Pick<Result, 'item' | 'items'>,
): void {
  const { playRun, host, reference, position } = context
  const hidden = noLog(context)
  for (const text of hidden ? [] : newWarnings(playRun.run, result))
    playRun.order.add(position, { type: 'message', severity: 'warning', text, host: host.name }, reference)
  const wantsDiff = diff.length > 0 ? diffKeyword(context) : undefined
  playRun.order.add(
    position,
    {
      type: 'result',
      play: playRun.name,
      task: reference,
      host: host.name,
      delegatedTo,
      ...loop,
      ...(hidden && loop.item ? { item: { label: CENSORED_ITEM } } : {}),
      status,
      changed: status === 'changed',
      ignored: status === 'failed' && loop.item === undefined && ignores(context),
      rescued: status === 'failed' && loop.item === undefined && !ignores(context) && isRescued(context.task),
      result: hidden
        ? {
            censored:
              "the output has been hidden due to the fact that 'no_log: true' was specified for this result",
            changed: status === 'changed',
          }
        : { ...result, ...(invocation && { invocation }) },
      diff: hidden || wantsDiff === false ? [] : diff,
      ...(wantsDiff === true ? { showsDiff: true } : {}),
      because,
      skipReason,
      ms: performance.now() - started,
    },
    reference,
  )
}

function failWith(context: TaskContext, started: number, msg: string, more: Dict = {}): TaskEnd {
  const failure: Attempt = { status: 'failed', result: { msg, ...more }, diff: [], because: [] }
  emit(context, failure, started, {})
  const end = endOf(context, failure, registeredOf(context, failure))
  finish(context, end)
  return end
}

// Neither `rescue` nor `ignore_errors` may lead further away from the plan.
function depart(context: TaskContext, started: number, { message }: NotPlanned): never {
  const { playRun, host, reference, position } = context
  const result: Result = {
    type: 'result',
    play: playRun.name,
    task: reference,
    host: host.name,
    status: 'failed',
    changed: false,
    ignored: false,
    rescued: false,
    result: { msg: message, changed: false },
    diff: [],
    because: [],
    ms: performance.now() - started,
  }
  playRun.order.add(position, result, reference)
  host.lost = 'failed'
  throw new HostEnded('stopped')
}

function lose(context: TaskContext, started: number, error: Unreachable): TaskEnd {
  const { playRun, host, reference, position } = context
  const ignored = ignores(context, 'ignore_unreachable')
  playRun.order.add(
    position,
    {
      type: 'result',
      play: playRun.name,
      task: reference,
      host: host.name,
      status: 'unreachable',
      changed: false,
      ignored,
      rescued: false,
      result: {
        unreachable: true,
        changed: false,
        msg: error.hint ? `${error.message}; ${error.hint}` : error.message,
      },
      diff: [],
      because: [],
      ms: performance.now() - started,
    },
    reference,
  )
  if (!ignored) throw new HostLost(host.name)
  const registered = { unreachable: true, changed: false, msg: error.message }
  const name = context.task.keywords['register']
  if (typeof name === 'string') host.variables.set(name, registered)
  return { status: 'unreachable', registered }
}

/** How a task is shown: by its name, as far as that can be evaluated, or by its module. */
export function referenceOf(
  playRun: PlayRun,
  host: HostRun,
  task: Task,
  position: Position,
  extra: readonly Layer[],
): TaskReference {
  return {
    id: `${playRun.id}.${position.join('.')}`,
    name: nameOf(playRun, host, task, extra),
    action: task.action,
    role: roleOf(task)?.role.name,
    handler: task.handler,
    location: task.location,
  }
}

function nameOf(playRun: PlayRun, host: HostRun, task: Task, extra: readonly Layer[]): string {
  if (task.name === undefined || task.name === '') return task.action
  if (typeof task.name === 'string') return task.name
  try {
    const name = evaluate(task.name, scopeOf(playRun, host, task, extra))
    return typeof name === 'string' || typeof name === 'number' ? String(name) : task.name.source
  } catch {
    return task.name.source
  }
}
