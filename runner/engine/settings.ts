import { UndefinedVariable } from '../expressions/errors.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { accumulated, inherited, type Task } from '../source/model.ts'
import type { Become } from '../transport/session.ts'
import type { Scope } from '../variables/scope.ts'
import { textOf } from '../variables/text.ts'
import { asList, type Dict, isDict, omit, type Value } from '../variables/value.ts'
import type { AttemptContext } from './attempt.ts'
import type { Background } from './background.ts'
import { becomeOf } from './become.ts'
import { strays } from './connect.ts'
import type { HostRun, Place } from './host-run.ts'
import { isRescued } from './is-rescued.ts'
import { reveal } from './reveal.ts'
import { settingOf } from './setting.ts'
import { truth } from './truth.ts'
import { scopeOf } from './variables.ts'

/** What the keywords around a task say of one execution of it, evaluated. */
export interface Settings {
  /** The host that is read and changed: the task's own, or the one it is delegated to. */
  readonly on: HostRun
  readonly delegatedTo: string | undefined
  /** Where the host that it is delegated to is connected from. */
  readonly place: Place | undefined
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

export function settingsOf(context: AttemptContext): Settings {
  const { playRun, host, task, scope } = context
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
  const place = delegatedTo === undefined ? undefined : delegatedPlace(context, on)
  const checkMode = setting('check_mode')
  const predict = checkMode === undefined ? run.options.check : truth(checkMode)
  const until = task.keywords['until']
  const seconds = Number(own('async') ?? 0)
  const timeout = Number(setting('timeout') ?? run.options.taskTimeout ?? 0)
  return {
    on,
    delegatedTo,
    place,
    strays: elsewhere,
    become: becomeOf(task, scope, run.options, place?.scope),
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

/**
 * How the host that a task is delegated to is connected to: as its own variables say, then the task's keywords, which
 * are evaluated where they are written.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_delegation.html
 */
function delegatedPlace({ playRun, task, scope, item, extra }: AttemptContext, on: HostRun): Place {
  const keywords: Dict = {}
  for (const keyword of ['connection', 'remote_user', 'port']) {
    const value = settingOf(task, keyword, scope)
    if (value !== undefined) keywords[keyword] = value
  }
  const theirs = scopeOf(playRun, on, task, extra)
  return {
    scope: item ? theirs.under(scope.layers[0]!) : theirs,
    node: { location: task.location, keywords, locate: (keyword) => task.locate(keyword) },
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
