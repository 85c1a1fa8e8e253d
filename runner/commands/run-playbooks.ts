import { resolve } from 'node:path'
import type { Counters, Event } from '../engine/events.ts'
import { keepFacts } from '../engine/fact-cache.ts'
import { runPlay } from '../engine/play.ts'
import { customStats } from '../engine/set-stats.ts'
import { parseExtraVars } from '../inventory/extra-vars.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { exitCodeOf } from '../reports/exit-code.ts'
import { countEvent } from '../reports/recap.ts'
import { Redactor } from '../reports/redact.ts'
import type { Output } from '../reports/report.ts'
import { createReport, REPORT_KINDS, type ReportKind } from '../reports/registry.ts'
import type { Diagnostic } from '../source/diagnostic.ts'
import { formatDiagnostics } from '../source/format.ts'
import type { Play } from '../source/model.ts'
import { killLocal } from '../transport/local-processes.ts'
import type { Vault } from '../vault/vault.ts'
import { checkFlags } from './check-flags.ts'
import { createRun, type RunInProgress } from './create-run.ts'
import { EXIT, UserError } from './fatal.ts'
import { listRequested } from './list.ts'
import { checkPatterns, loadEverything, loadOptionsFor, playbookFile } from './load-project.ts'
import { openVault } from './open-vault.ts'
import { askForSecrets } from './prompt.ts'
import type { RunFlags } from './run-flags.ts'
import { requireStart, warnOfTags } from './unheard.ts'
import { startSandboxes } from './start-sandboxes.ts'

export type { RunFlags } from './run-flags.ts'

/** Who has a word in a run beside the playbooks: a plan that is saved or applied. */
export interface RunVisitor {
  /** Everything has been checked and no host touched yet. */
  readonly before?: (started: StartedRun) => Promise<void>
  /** Hears of every event, secrets masked. */
  readonly event?: (event: Event) => void
  /** All plays have been run; connections are still open. */
  readonly after?: (started: StartedRun) => Promise<void>
}

export interface StartedRun {
  readonly run: RunInProgress
  readonly plays: readonly Play[]
  readonly inventory: Inventory
  readonly vault: Vault | undefined
}

/** Checks everything, then runs the playbooks. Resolves to the exit code. */
export async function runPlaybooks(
  names: readonly string[],
  flags: RunFlags,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output } = process,
  visitor: RunVisitor = {},
): Promise<number> {
  const reportKind = reportKindOf(flags, stdout)
  checkFlags(flags)
  const forks = Number(flags.forks)
  const vault = await openVault(flags)
  const extraVars = parseExtraVars(flags.extraVars ?? [], vault)
  const files = names.map((name) => playbookFile(name))
  const loadOptions = {
    ...loadOptionsFor(vault, extraVars),
    onWarning: (warning: Diagnostic) => void stderr.write(`${formatDiagnostics([warning])}\n`),
  }
  const { inventory, plays } = await loadEverything(files, flags, { vault, extraVars }, loadOptions)
  const selected = checkPatterns(inventory, plays, flags.limit)
  if (listRequested(flags, { inventory, plays, files, limit: flags.limit, extraVars })) return EXIT.done

  const sandboxes = await startSandboxes(inventory, selected, plays[0]?.directory ?? process.cwd())
  const redactor = new Redactor()
  const report = createReport(reportKind, {
    stdout,
    stderr,
    diff: flags.diff,
    verbosity: flags.verbose ?? 0,
    check: flags.check,
    quiet: flags.check,
  })
  const counters = new Map<string, Counters>()
  const emit = (event: Event) => {
    countEvent(counters, event)
    const masked = redactor.event(event)
    visitor.event?.(masked)
    report.handle(masked)
  }
  const interruption = new AbortController()
  const stopListening = onInterrupt(interruption)
  const run = createRun({
    flags,
    forks,
    inventory,
    extraVars,
    redactor,
    emit,
    begin: (host, task) => report.begin?.(host, redactor.texts(task)),
    sandboxes,
    loadOptions,
    vault,
    signal: interruption.signal,
  })
  const endHosts = () => void Promise.all([...run.hosts.values()].map((host) => host.interrupt()))
  interruption.signal.addEventListener('abort', endHosts)
  run.secrets = await askForSecrets(flags, redactor)
  try {
    const started = { run, plays, inventory, vault }
    await visitor.before?.(started)
    await runAll(run, files, plays)
    warnOfTags(run, plays)
    await visitor.after?.(started)
  } finally {
    stopListening()
    await Promise.all([...run.hosts.values()].map((host) => host.disconnect()))
    const { factCache, showCustomStats } = run.options
    if (factCache && !flags.check) for (const host of run.hosts.values()) keepFacts(host, factCache)
    const hosts = Object.fromEntries(counters)
    const exitCode = exitCodeOf(hosts, {
      interrupted: interruption.signal.aborted,
      check: flags.check,
      detailedExitcode: flags.detailedExitcode,
    })
    const traffic = Object.fromEntries([...run.hosts.values()].map((host) => [host.name, host.traffic]))
    const stats = showCustomStats ? customStats(run) : undefined
    emit({ type: 'summary', check: flags.check, hosts, traffic, exitCode, ...(stats && { stats }) })
    await report.close()
  }
  requireStart(run)
  return exitCodeOf(Object.fromEntries(counters), {
    interrupted: interruption.signal.aborted,
    check: flags.check,
    detailedExitcode: flags.detailedExitcode,
  })
}

async function runAll(run: RunInProgress, files: readonly string[], plays: readonly Play[]): Promise<void> {
  const playbooks = Map.groupBy(plays, playbookOf(files))
  for (const [index, play] of plays.entries()) {
    if (run.signal.aborted) return
    for (const [file, [first, ...others]] of playbooks) {
      if (play === first)
        run.emit({ type: 'playbook', file, plays: 1 + others.length, check: run.options.check })
    }
    run.enter(play)
    const done = await runPlay(run, play, index)
    if (done === 'stop') return
  }
}

/** Which of the playbooks that were asked for a play belongs to: its own file, or the one that imports it. */
function playbookOf(files: readonly string[]): (play: Play) => string {
  const paths = files.map((file) => resolve(file))
  let at = 0
  return ({ file }) => {
    if (paths.includes(file)) at = paths.indexOf(file)
    return paths[at]!
  }
}

function reportKindOf(flags: RunFlags, stdout: Output): ReportKind {
  const kind = flags.json ? 'ndjson' : (flags.output ?? (stdout.isTTY ? 'tty' : 'text'))
  const known = REPORT_KINDS.find((each) => each === kind)
  if (!known) throw new UserError(`--output must be one of ${REPORT_KINDS.join(', ')}, not ${kind}`)
  return known
}

/** Nothing is awaited any more, so it says what that means for the hosts. */
function leaveAtOnce(): never {
  const left = killLocal()
  const others = left.length === 0 ? '' : `; processes of other users go on here: ${left.join(', ')}`
  process.stderr.write(
    `left at once: what was under way on this machine is killed${others}; on other hosts it may go on\n`,
  )
  process.exit(EXIT.interrupted)
}

/** The first Ctrl-C ends what is under way on the hosts, the second leaves at once. */
function onInterrupt(interruption: AbortController): () => void {
  const listener = () => {
    if (interruption.signal.aborted) leaveAtOnce()
    process.stderr.write('interrupted: ending what is under way; once more leaves at once\n')
    interruption.abort()
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return () => {
    process.off('SIGINT', listener)
    process.off('SIGTERM', listener)
  }
}
