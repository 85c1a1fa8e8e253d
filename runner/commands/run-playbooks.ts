import type { Counters, Event } from '../engine/events.ts'
import { runPlay } from '../engine/play.ts'
import { parseExtraVars } from '../inventory/extra-vars.ts'
import { exitCodeOf } from '../reports/exit-code.ts'
import { countResult } from '../reports/recap.ts'
import { Redactor } from '../reports/redact.ts'
import type { Output } from '../reports/report.ts'
import { createReport, REPORT_KINDS, type ReportKind } from '../reports/registry.ts'
import type { Play } from '../source/model.ts'
import { createRun, type RunInProgress } from './create-run.ts'
import { EXIT, UserError } from './fatal.ts'
import { listRequested } from './list.ts'
import { checkPatterns, loadEverything, loadOptionsFor, playbookFile } from './load-project.ts'
import { openVault } from './open-vault.ts'
import { askForSecrets } from './prompt.ts'
import type { RunFlags } from './run-flags.ts'
import { startSandboxes } from './start-sandboxes.ts'

export type { RunFlags } from './run-flags.ts'

/** Checks everything, then runs the playbooks. Resolves to the exit code. */
export async function runPlaybooks(
  names: readonly string[],
  flags: RunFlags,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output } = process,
): Promise<number> {
  const reportKind = reportKindOf(flags, stdout)
  const forks = Number(flags.forks)
  if (!Number.isInteger(forks) || forks < 1)
    throw new UserError(`--forks must be a whole number from 1 on, not ${flags.forks}`)

  const vault = await openVault(flags)
  const extraVars = parseExtraVars(flags.extraVars ?? [], vault)
  const files = names.map((name) => playbookFile(name))
  const loadOptions = loadOptionsFor(vault, extraVars)
  const { inventory, plays } = await loadEverything(files, flags, { vault, extraVars }, loadOptions)
  const selected = checkPatterns(inventory, plays, flags.limit)
  if (listRequested(flags, { inventory, plays, files, limit: flags.limit })) return EXIT.done

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
    if (event.type === 'result') countResult(counters, event)
    report.handle(redactor.event(event))
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
  run.secrets = await askForSecrets(flags, redactor)
  try {
    await runAll(run, files, plays)
  } finally {
    stopListening()
    await Promise.all([...run.hosts.values()].map((host) => host.disconnect()))
    const hosts = Object.fromEntries(counters)
    const exitCode = exitCodeOf(hosts, {
      interrupted: interruption.signal.aborted,
      check: flags.check,
      detailedExitcode: flags.detailedExitcode,
    })
    emit({ type: 'summary', check: flags.check, hosts, exitCode })
    await report.close()
  }
  return exitCodeOf(Object.fromEntries(counters), {
    interrupted: interruption.signal.aborted,
    check: flags.check,
    detailedExitcode: flags.detailedExitcode,
  })
}

async function runAll(run: RunInProgress, files: readonly string[], plays: readonly Play[]): Promise<void> {
  let file: string | undefined
  for (const [index, play] of plays.entries()) {
    if (run.signal.aborted) return
    if (play.file !== file) {
      file = play.file
      run.emit({ type: 'playbook', file: files.includes(file) ? file : play.file, check: run.options.check })
    }
    run.enter(play)
    const done = await runPlay(run, play, index)
    if (done === 'stop') return
  }
}

function reportKindOf(flags: RunFlags, stdout: Output): ReportKind {
  const kind = flags.json ? 'ndjson' : (flags.output ?? (stdout.isTTY ? 'tty' : 'text'))
  const known = REPORT_KINDS.find((each) => each === kind)
  if (!known) throw new UserError(`--output must be one of ${REPORT_KINDS.join(', ')}, not ${kind}`)
  return known
}

/** The first Ctrl-C ends what is under way on the hosts, the second leaves at once. */
function onInterrupt(interruption: AbortController): () => void {
  const listener = () => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted)
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
