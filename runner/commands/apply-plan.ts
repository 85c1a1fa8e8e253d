import type { TaskReference } from '../engine/events.ts'
import type { HostRun } from '../engine/host-run.ts'
import { emptyPlay, stillPlay } from '../engine/still-play.ts'
import { scopeOf } from '../engine/variables.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { Follower } from '../plans/follower.ts'
import type { HostPlan, Plan } from '../plans/plan.ts'
import { outdatedPreconditions } from '../plans/preconditions.ts'
import { digestSources, sourcesSince } from '../plans/sources.ts'
import type { Output } from '../reports/report.ts'
import type { Play } from '../source/model.ts'
import { BecomeFailed, Unreachable } from '../transport/session.ts'
import type { Scope } from '../variables/scope.ts'
import { textOf } from '../variables/text.ts'
import { EXIT, UserError } from './fatal.ts'
import { readPlan } from './read-plan.ts'
import { NO_FLAGS, type RunFlags } from './run-flags.ts'
import { runPlaybooks, type StartedRun } from './run-playbooks.ts'
import { openText } from './save-plan.ts'

/** The options of `play apply`, as commander gives them. */
export type ApplyFlags = Pick<
  RunFlags,
  | 'diff'
  | 'forks'
  | 'askPass'
  | 'askBecomePass'
  | 'json'
  | 'output'
  | 'verbose'
  | 'vaultId'
  | 'vaultPasswordFile'
  | 'askVaultPassword'
> & { readonly open: boolean }

/**
 * Carries out a plan. Hosts on which a precondition no longer holds are left untouched; the others do what was planned
 * and nothing else. Resolves to the exit code.
 */
export async function applyPlan(
  file: string,
  flags: ApplyFlags,
  streams?: { readonly stdout: Output; readonly stderr: Output },
): Promise<number> {
  const plan = await readPlan(file, flags)
  refuseOtherSources(file, plan)
  if (!flags.open) refuseOpenSteps(file, plan)
  const follower = new Follower(plan)
  return runPlaybooks(plan.playbooks, { ...NO_FLAGS, ...plan.flags, ...flags, check: false }, streams, {
    before: async (started) => {
      await leaveOutChanged(started, plan, file)
      started.run.ledger = follower
    },
    after: ({ run }) => {
      for (const { name, lost } of run.hosts.values()) {
        if (lost !== undefined) continue
        for (const { name: task, place } of follower.missed(name))
          run.emit({
            type: 'message',
            severity: 'warning',
            host: name,
            text: `planned, but not come to: ${task} (${place})`,
          })
      }
      return Promise.resolve()
    },
  })
}

function refuseOtherSources(file: string, { roots, sources }: Plan): void {
  const since = sourcesSince(sources, digestSources(roots))
  if (since.length > 0)
    throw new UserError(
      `${file} was made from other files, and no host was touched:\n  ${since.join('\n  ')}\nplan again`,
      EXIT.unreadable,
    )
}

function refuseOpenSteps(file: string, { hosts }: Plan): void {
  const open = Object.entries(hosts).flatMap(([host, { steps }]) =>
    steps.flatMap(({ type, name, place }) => (type === 'open' ? [`${host}: ${name} (${place})`] : [])),
  )
  if (open.length > 0)
    throw new UserError(
      `${openText(open.length)}, and no host was touched:\n  ${open.join('\n  ')}\n\`play apply --open ${file}\` does what the run then finds`,
    )
}

/** Looks at every host of the plan again; those that are not as they were do not take part. */
async function leaveOutChanged(started: StartedRun, plan: Plan, file: string): Promise<void> {
  const { run } = started
  const hosts = Object.entries(plan.hosts)
  const found = await Promise.all(
    hosts.map(([name, planned]) => run.limiter.run(() => check(started, name, planned))),
  )
  const changed = new Map(hosts.map(([name], index) => [name, found[index]!]))
  for (const [name, { steps }] of hosts) {
    const away = steps.map(({ on }) => on).find((on) => on !== undefined && changed.get(on)!.length > 0)
    if (changed.get(name)!.length === 0 && away !== undefined)
      found[hosts.findIndex(([each]) => each === name)]!.push(
        `${away}, to which tasks are delegated, is not as it was`,
      )
  }
  const task: TaskReference = {
    id: 'plan',
    name: `Is the host as it was for ${file}?`,
    action: 'plan',
    handler: false,
    location: { file, line: 1, column: 1 },
  }
  if ([...changed.values()].every((each) => each.length === 0)) return
  run.emit({ type: 'task', task })
  for (const [name, differences] of changed) {
    if (differences.length === 0) continue
    run.host(name).lost = 'failed'
    run.emit({
      type: 'result',
      play: '',
      task,
      host: name,
      status: 'failed',
      changed: false,
      ignored: false,
      rescued: false,
      result: {
        changed: false,
        msg: `The host is left untouched, for it has changed since: ${differences.join('; ')}`,
      },
      diff: [],
      because: [],
      ms: 0,
    })
  }
}

async function check({ run, plays, inventory }: StartedRun, name: string, plan: HostPlan): Promise<string[]> {
  if (plan.preconditions.length === 0 && plan.hostKey === undefined) return []
  const play = plays.find((each) => comesTo(each, name, inventory)) ?? emptyPlay(process.cwd())
  run.enter(play)
  const host = run.host(name)
  // Nobody is asked twice for the variables of a play.
  const scope = scopeOf(
    await stillPlay({ ...run, prompt: () => Promise.resolve({}) }, play, [name]),
    host,
    play,
  )
  host.place = { scope, node: play }
  try {
    return await outdatedPreconditions(host, plan, passwordOf(scope, host, run))
  } catch (error) {
    if (error instanceof Unreachable || error instanceof BecomeFailed) return [error.message]
    throw error
  }
}

function comesTo(play: Play, name: string, inventory: StartedRun['inventory']): boolean {
  const pattern = play.keywords['hosts']
  if (typeof pattern !== 'string' && !Array.isArray(pattern)) return true
  return inventory
    .select(Array.isArray(pattern) ? pattern.map(String) : pattern)
    .hosts.some((host) => host.name === name)
}

function passwordOf(scope: Scope, _: HostRun, { options }: StartedRun['run']): string | undefined {
  const written = scope.get('ansible_become_password') ?? scope.get('ansible_become_pass')
  return written === undefined ? options.becomePassword : textOf(evaluate(written, scope))
}
