import { evaluate } from '../expressions/evaluate.ts'
import { EventOrder } from './event-order.ts'
import { mayBeFatal } from './fatal.ts'
import { FailedWithOthers, HostEnded, HostLost, RoleEnded, TaskFailed } from './failures.ts'
import { gatherFacts } from './gather-facts.ts'
import { flushHandlers } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import { comparePositions } from './position.ts'
import { playLayers } from './play-variables.ts'
import { keepHandlers, recallHandlers } from './pending-handlers.ts'
import { Progress } from './progress.ts'
import type { PlayRun, Run } from './run.ts'
import { batches, orderHosts } from './serial.ts'
import { truth } from './truth.ts'
import type { Play, RoleUse, Step } from '../source/model.ts'
import { Scope } from '../variables/scope.ts'
import { Upcoming } from './upcoming.ts'
import { scopeOf } from './variables.ts'
import { runSteps } from './walk.ts'
import { textOf } from '../variables/text.ts'

/** A play's sections, in the order in which they run; the numbers are the first index of every position. */
const SECTION = {
  facts: 0,
  preTasks: 1,
  afterPreTasks: 2,
  roles: 3,
  tasks: 4,
  afterTasks: 5,
  postTasks: 6,
  afterPostTasks: 7,
}

/** Runs one play on the hosts it names, batch after batch. */
export async function runPlay(run: Run, play: Play, number: number): Promise<'go on' | 'stop'> {
  const layers = await playLayers(run, play)
  const scope = new Scope([run.extraVars, ...layers], {
    playbookDir: play.directory,
    searchPath: () => [play.directory],
  })
  const pattern = evaluate(play.keywords['hosts'] ?? 'all', scope)
  const name = textOf(play.name === undefined ? patternText(pattern) : evaluate(play.name, scope))
  const selection = run.inventory.select(
    Array.isArray(pattern) ? pattern.map(String) : textOf(pattern),
    run.options.limit,
  )
  for (const diagnostic of selection.warnings)
    run.emit({ type: 'message', severity: 'warning', text: diagnostic.message, diagnostic })

  const matched = orderHosts(
    selection.hosts.map((host) => host.name),
    textOf(play.keywords['order'] === undefined ? 'inventory' : evaluate(play.keywords['order'], scope)),
  )
  const hosts = matched.filter((host) => run.hosts.get(host)?.lost === undefined)
  run.emit({ type: 'play', name, hosts, location: play.location })
  if (hosts.length === 0) {
    run.emit({
      type: 'play-end',
      name,
      reason: matched.length === 0 ? 'skipping: no hosts matched' : 'no hosts are left',
    })
    return matched.length === 0 ? 'go on' : 'stop'
  }
  const serial = play.keywords['serial'] === undefined ? undefined : evaluate(play.keywords['serial'], scope)
  const shared = { publicRoles: publicRolesOf(play), handlers: [...play.handlers] as Step[] }
  for (const [index, batch] of batches(hosts, serial).entries()) {
    const done = await runBatch(
      { ...shared, run, play, id: `${number}.${index}`, name, allHosts: matched, batch, layers },
      scope,
    )
    if (done === 'end') break
    if (done === 'stop') {
      run.emit({ type: 'play-end', name, reason: 'no hosts left' })
      return 'stop'
    }
  }
  run.emit({ type: 'play-end', name })
  return 'go on'
}

/** Every use of a role that is known before the play begins and that the whole play sees. */
export function publicRolesOf(play: Play): Set<RoleUse> {
  const uses = (steps: readonly Step[]): RoleUse[] =>
    steps.flatMap((step) =>
      step.kind === 'task'
        ? []
        : [
            ...(step.role?.public ? [step.role] : []),
            ...uses([...step.block, ...step.rescue, ...step.always]),
          ],
    )
  return new Set(uses([...play.roles, ...play.preTasks, ...play.tasks, ...play.postTasks]))
}

type PlayBatch = Pick<
  PlayRun,
  'run' | 'play' | 'id' | 'name' | 'allHosts' | 'batch' | 'layers' | 'publicRoles' | 'handlers'
>

async function runBatch(batch: PlayBatch, scope: Scope): Promise<'go on' | 'end' | 'stop'> {
  const { run, play } = batch
  const order = new EventOrder((event) => run.emit(event))
  const strategy = textOf(
    play.keywords['strategy'] === undefined
      ? run.options.strategy
      : evaluate(play.keywords['strategy'], scope),
  )
  const most = play.keywords['max_fail_percentage']
  const playRun: PlayRun = {
    ...batch,
    order,
    upcoming: new Upcoming(),
    progress: new Progress(batch.batch, (least) => order.advance(least)),
    once: new Map(),
    fatal: [],
    stop: undefined,
    free: /^(?:.*\.)?(?:free|host_pinned)$/.test(strategy),
    lockstep:
      most !== undefined ||
      mayBeFatal([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers]),
  }
  playRun.upcoming.add(play.preTasks, [SECTION.preTasks])
  playRun.upcoming.add(play.roles, [SECTION.roles])
  playRun.upcoming.add(play.tasks, [SECTION.tasks])
  playRun.upcoming.add(play.postTasks, [SECTION.postTasks])

  const limit = most === undefined ? 100 : Number(textOf(evaluate(most, scope)).replace('%', ''))
  await Promise.all(batch.batch.map((name) => runHost(playRun, run.host(name), limit)))

  const lost = batch.batch.filter((name) => isLost(run.hosts.get(name)))
  if (lost.length === batch.batch.length) return 'stop'
  if (playRun.stop?.failed) return 'stop'
  if (playRun.stop?.play) return 'end'
  return 'go on'
}

function isLost(host: HostRun | undefined): boolean {
  return host?.lost === 'failed' || host?.lost === 'unreachable'
}

async function runHost(playRun: PlayRun, host: HostRun, mostFailures: number): Promise<void> {
  const { play } = playRun
  host.notified.clear()
  host.failedHandlers.clear()
  host.handled.clear()
  host.begunRoles.clear()
  host.doneRoles.clear()
  let ending: unknown
  try {
    await gatherFacts(playRun, host, [SECTION.facts])
    await runSteps(playRun, host, play.preTasks, [SECTION.preTasks])
    await flushHandlers(playRun, host, [SECTION.afterPreTasks])
    await runSteps(playRun, host, play.roles, [SECTION.roles])
    await runSteps(playRun, host, play.tasks, [SECTION.tasks])
    // Not before: what an earlier run failed at may be mended only now.
    await recallHandlers(playRun, host, [SECTION.afterTasks])
    await flushHandlers(playRun, host, [SECTION.afterTasks])
    await runSteps(playRun, host, play.postTasks, [SECTION.postTasks])
    await flushHandlers(playRun, host, [SECTION.afterPostTasks])
  } catch (error) {
    ending = error
  }
  try {
    await end(playRun, host, ending, mostFailures)
  } finally {
    playRun.progress.leave(host.name)
  }
}

async function end(playRun: PlayRun, host: HostRun, ending: unknown, mostFailures: number): Promise<void> {
  const { run, play } = playRun
  if (ending instanceof TaskFailed || ending instanceof FailedWithOthers) {
    host.lost = 'failed'
    stopAtTooManyFailures(playRun, host, mostFailures)
    const written = play.keywords['force_handlers']
    if (
      written === undefined
        ? run.options.forceHandlers
        : truth(evaluate(written, scopeOf(playRun, host, play)))
    )
      await forceHandlers(playRun, host)
  } else if (ending instanceof HostLost) {
    host.lost = 'unreachable'
    stopAtTooManyFailures(playRun, host, mostFailures)
  } else if (ending && !(ending instanceof HostEnded) && !(ending instanceof RoleEnded)) {
    throw ending
  }
  if (host.lost !== 'unreachable') await verify(playRun, host)
  const cutShort = playRun.stop?.failed === true || run.signal.aborted
  await keepHandlers(playRun, host, host.lost === 'failed' || cutShort)
}

async function forceHandlers(playRun: PlayRun, host: HostRun): Promise<void> {
  try {
    await flushHandlers(playRun, host, [SECTION.afterPostTasks + 1])
  } catch (error) {
    if (!(error instanceof TaskFailed || error instanceof FailedWithOthers)) throw error
  }
}

// What was changed last has not been looked at again yet.
async function verify({ run, order }: PlayRun, host: HostRun): Promise<void> {
  if (run.options.check || run.signal.aborted) return
  const found = await host.verify().catch(() => [])
  for (const each of found)
    order.add(host.position, { type: 'mispredicted', host: host.name, ...each }, each.task)
}

function stopAtTooManyFailures(playRun: PlayRun, host: HostRun, mostFailures: number): void {
  const lost = playRun.batch.filter((name) => isLost(playRun.run.hosts.get(name))).length
  if ((lost / playRun.batch.length) * 100 <= mostFailures) return
  if (playRun.stop === undefined || comparePositions(host.position, playRun.stop.after) < 0) {
    playRun.stop = { after: host.position, failed: true }
  }
}

function patternText(pattern: unknown): string {
  return Array.isArray(pattern) ? pattern.join(',') : textOf(pattern)
}
