import { HostRun } from '../engine/host-run.ts'
import { Limiter } from '../engine/limiter.ts'
import { runPlay } from '../engine/play.ts'
import type { Run, RunOptions } from '../engine/run.ts'
import { connectTo } from '../engine/connect.ts'
import type { Counters, Event } from '../engine/events.ts'
import { parseExtraVars } from '../inventory/extra-vars.ts'
import { refreshInventory } from '../inventory/dynamic.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { InventoryVariables } from '../inventory/variables.ts'
import { findModule, modules } from '../modules/table.ts'
import { exitCodeOf } from '../reports/exit-code.ts'
import { countResult } from '../reports/recap.ts'
import { Redactor } from '../reports/redact.ts'
import type { Output } from '../reports/report.ts'
import { createReport, REPORT_KINDS, type ReportKind } from '../reports/registry.ts'
import type { SandboxHost } from '../sandbox/index.ts'
import { type Diagnostic, SourceError } from '../source/diagnostic.ts'
import { createLoader } from '../source/dynamic.ts'
import type { Play } from '../source/model.ts'
import type { LoadOptions } from '../source/options.ts'
import { findPlaybook, loadPlaybooks } from '../source/playbook.ts'
import { dictLayer, type Layer } from '../variables/scope.ts'
import type { Dict } from '../variables/value.ts'
import { EXIT, UserError } from './fatal.ts'
import { listRequested } from './list.ts'
import { askPassword, promptForVariables } from './prompt.ts'
import { resolveStatic } from './resolve-static.ts'
import { connectionVariables, sandboxSpecsOf } from './sandbox-hosts.ts'
import { openVault } from './open-vault.ts'

/** The flags of a run as commander gives them. */
export interface RunFlags {
  readonly inventory?: string[]
  readonly limit?: string
  readonly tags?: string[]
  readonly skipTags?: string[]
  readonly extraVars?: string[]
  readonly check: boolean
  readonly diff: boolean
  readonly forks: string
  readonly become?: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: string
  readonly user?: string
  readonly privateKey?: string
  readonly connection?: string
  readonly timeout?: string
  readonly askPass?: boolean
  readonly askBecomePass?: boolean
  readonly vaultId?: string[]
  readonly vaultPasswordFile?: string[]
  readonly askVaultPassword?: boolean
  readonly forceHandlers: boolean
  readonly startAtTask?: string
  readonly step: boolean
  readonly syntaxCheck: boolean
  readonly listHosts: boolean
  readonly listTasks: boolean
  readonly listTags: boolean
  readonly detailedExitcode: boolean
  readonly json: boolean
  readonly output?: string
  readonly verbose?: number
}

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
  const loadOptions: LoadOptions = {
    modules: { get: findModule, names: () => modules.map(({ name }) => name) },
    decrypt: vault && ((text) => vault.decrypt(text)),
    resolveStatic: (template, node) => resolveStatic(template, node, extraVars),
  }
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

function playbookFile(name: string): string {
  const file = findPlaybook(name)
  if (file === undefined) {
    throw new UserError(
      `there is no playbook ${name}: looked for ./${name} and playbooks/${name}`,
      EXIT.unreadable,
    )
  }
  return file
}

function reportKindOf(flags: RunFlags, stdout: Output): ReportKind {
  const kind = flags.json ? 'ndjson' : (flags.output ?? (stdout.isTTY ? 'tty' : 'text'))
  const known = REPORT_KINDS.find((each) => each === kind)
  if (!known) throw new UserError(`--output must be one of ${REPORT_KINDS.join(', ')}, not ${kind}`)
  return known
}

// Everything that is wrong anywhere is said in one go.
async function loadEverything(
  files: string[],
  flags: RunFlags,
  { vault, extraVars }: { readonly vault: Awaited<ReturnType<typeof openVault>>; readonly extraVars: Layer },
  options: LoadOptions,
): Promise<{ inventory: Inventory; plays: Play[] }> {
  const problems: Diagnostic[] = []
  const collectFrom = async <Loaded>(load: () => Loaded | Promise<Loaded>): Promise<Loaded | undefined> => {
    try {
      return await load()
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      problems.push(...error.diagnostics)
      return undefined
    }
  }
  const loaded = await collectFrom(() => loadInventory(flags.inventory ?? [], vault, extraVars))
  const plays = await collectFrom(() => loadPlaybooks(files, options))
  if (loaded && plays) {
    for (const directory of new Set(plays.map((play) => play.directory))) {
      problems.push(
        ...new InventoryVariables(loaded.inventory, { playbookDirectory: directory, vault }).problems(),
      )
    }
  }
  if (problems.length > 0 || !loaded || !plays) throw new SourceError(problems)
  for (const { message } of loaded.warnings) process.stderr.write(`[WARNING]: ${message}\n`)
  return { inventory: loaded.inventory, plays }
}

// A pattern that matches nothing is most often a mistake; a play for a group that is empty by intention is not.
function checkPatterns(inventory: Inventory, plays: readonly Play[], limit: string | undefined): string[] {
  const selected = new Set<string>()
  const problems: Diagnostic[] = []
  for (const play of plays) {
    const written = play.keywords['hosts']
    if (typeof written !== 'string' && !Array.isArray(written)) continue
    const pattern = Array.isArray(written) ? written.map(String) : written
    const { hosts, noMatch } = inventory.select(pattern, limit)
    for (const host of hosts) selected.add(host.name)
    if (noMatch) problems.push({ ...noMatch, location: noMatch.location ?? play.locate('hosts') })
  }
  if (selected.size === 0 && problems.length > 0) throw new SourceError(problems)
  return [...selected]
}

async function startSandboxes(
  inventory: Inventory,
  selected: readonly string[],
  directory: string,
): Promise<Map<string, SandboxHost>> {
  const specs = sandboxSpecsOf(inventory, selected, directory)
  if (specs.length === 0) return new Map()
  const { up } = await import('../sandbox/index.ts')
  const hosts = await up(specs, { progress: (message) => process.stderr.write(`sandbox: ${message}\n`) })
  return new Map(hosts.map((host) => [host.name, host]))
}

async function askForSecrets(
  flags: RunFlags,
  redactor: Redactor,
): Promise<{ connection?: string; become?: string }> {
  const connection = flags.askPass ? await askPassword('SSH password: ') : undefined
  const become = flags.askBecomePass
    ? (await askPassword('BECOME password[defaults to SSH password]: ')) || connection
    : undefined
  for (const secret of [connection, become]) if (secret) redactor.add(secret)
  return { connection, become }
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

interface RunParts {
  readonly flags: RunFlags
  readonly forks: number
  readonly inventory: Inventory
  readonly extraVars: Layer
  readonly redactor: Redactor
  readonly emit: (event: Event) => void
  readonly sandboxes: ReadonlyMap<string, SandboxHost>
  readonly loadOptions: LoadOptions
  readonly vault: Awaited<ReturnType<typeof openVault>>
  readonly signal: AbortSignal
}

interface RunInProgress extends Run {
  secrets: { connection?: string; become?: string }
  /** A play begins: its directory decides which `group_vars` count. */
  enter(play: Play): void
}

function createRun(parts: RunParts): RunInProgress {
  const { flags, inventory, sandboxes } = parts
  const hosts = new Map<string, HostRun>()
  const variablesOf = new Map<string, InventoryVariables>()
  let directory = process.cwd()
  let variables: InventoryVariables | undefined
  const run: RunInProgress = {
    secrets: {},
    get options(): RunOptions {
      return optionsOf(flags, parts.forks, run.secrets)
    },
    inventory,
    modules: { get: findModule },
    loader: createLoader(parts.loadOptions),
    extraVars: parts.extraVars,
    redactor: parts.redactor,
    limiter: new Limiter(parts.forks),
    signal: parts.signal,
    hosts,
    host: (name) => {
      const known = hosts.get(name)
      if (known) return known
      const sandbox = sandboxes.get(name)
      const host: HostRun = new HostRun(
        name,
        () => {
          const found = inventory.host(name)
          const layers = found && variables ? variables.layersFor(found) : []
          return sandbox ? [...layers, dictLayer('sandbox', connectionVariables(sandbox))] : layers
        },
        (scope, node) =>
          connectTo({
            name,
            scope,
            node,
            hostKeys: sandbox?.hostKeys,
            defaults: run.options.defaults,
            password: run.secrets.connection,
            announce: (secret) => parts.redactor.add(secret),
          }),
      )
      hosts.set(name, host)
      return host
    },
    emit: parts.emit,
    prompt: (play) => promptForVariables(play, parts.extraVars, parts.redactor),
    refreshInventory: async () => {
      await refreshInventory(inventory, flags.inventory ?? [], parts.vault, parts.extraVars)
    },
    enter: (play) => {
      directory = play.directory
      variables =
        variablesOf.get(directory) ??
        new InventoryVariables(inventory, { playbookDirectory: directory, vault: parts.vault })
      variablesOf.set(directory, variables)
    },
  }
  return run
}

function optionsOf(
  flags: RunFlags,
  forks: number,
  secrets: { connection?: string; become?: string },
): RunOptions {
  const defaults: Dict = {}
  if (flags.become) defaults['become'] = true
  if (flags.becomeUser !== undefined) defaults['become_user'] = flags.becomeUser
  if (flags.becomeMethod !== undefined) defaults['become_method'] = flags.becomeMethod
  if (flags.user !== undefined) defaults['remote_user'] = flags.user
  if (flags.privateKey !== undefined) defaults['private_key_file'] = flags.privateKey
  if (flags.connection !== undefined) defaults['connection'] = flags.connection
  if (flags.timeout !== undefined) defaults['timeout'] = Number(flags.timeout)
  return {
    check: flags.check,
    diff: flags.diff,
    tags: { only: flags.tags ?? [], skip: flags.skipTags ?? [] },
    limit: flags.limit,
    forks,
    forceHandlers: flags.forceHandlers,
    startAtTask: flags.startAtTask,
    verbosity: flags.verbose ?? 0,
    defaults,
    becomePassword: secrets.become,
    connectionPassword: secrets.connection,
    confirm: undefined,
  }
}
