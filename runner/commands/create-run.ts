import { connectTo, loginOf } from '../engine/connect.ts'
import type { Event, TaskReference } from '../engine/events.ts'
import { forgetFacts, recallFacts } from '../engine/fact-cache.ts'
import { HostRun } from '../engine/host-run.ts'
import { Limiter } from '../engine/limiter.ts'
import type { Ledger } from '../engine/ledger.ts'
import type { Loader, Run, RunOptions } from '../engine/run.ts'
import { refreshInventory } from '../inventory/dynamic.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { InventoryVariables } from '../inventory/variables.ts'
import type { Redactor } from '../reports/redact.ts'
import type { SandboxHost } from '../sandbox/index.ts'
import { createLoader } from '../source/dynamic.ts'
import type { Play } from '../source/model.ts'
import { dictLayer, type Layer, mergeHashes } from '../variables/scope.ts'
import type { Dict } from '../variables/value.ts'
import type { Vault } from '../vault/vault.ts'
import type { ProjectOptions } from './load-project.ts'
import { environmentSettings } from './environment.ts'
import { confirmTask, promptForVariables } from './prompt.ts'
import type { RunFlags } from './run-flags.ts'
import { connectionVariables } from './sandbox-hosts.ts'

/** What a run is made of. */
export interface RunParts {
  readonly flags: RunFlags
  readonly forks: number
  readonly inventory: Inventory
  readonly extraVars: Layer
  readonly redactor: Redactor
  readonly emit: (event: Event) => void
  readonly begin: (host: string, task: TaskReference) => void
  readonly sandboxes: ReadonlyMap<string, SandboxHost>
  readonly loadOptions: ProjectOptions
  readonly vault: Vault | undefined
  readonly signal: AbortSignal
}

interface Secrets {
  readonly connection?: string
  readonly become?: string
}

export interface RunInProgress extends Run {
  /** What was asked for at the terminal. */
  set secrets(secrets: Secrets)
  ledger?: Ledger
  loader: Loader
  /** A play begins: its directory decides which `group_vars` count. */
  enter(play: Play): void
}

/** A run that has not begun: hosts connect when a task first needs them. */
export function createRun(parts: RunParts): RunInProgress {
  const { flags, inventory, sandboxes } = parts
  mergeHashes(process.env['ANSIBLE_HASH_BEHAVIOUR'] === 'merge')
  const hosts = new Map<string, HostRun>()
  const variablesOf = new Map<string, InventoryVariables>()
  let directory = process.cwd()
  let variables: InventoryVariables | undefined
  const withoutSecrets = optionsOf(flags, parts.forks)
  let options = withoutSecrets
  const run: RunInProgress = {
    set secrets({ become, connection }: Secrets) {
      options = { ...withoutSecrets, becomePassword: become, connectionPassword: connection }
    },
    get options(): RunOptions {
      return options
    },
    inventory,
    modules: parts.loadOptions.modules,
    loader: createLoader(parts.loadOptions),
    extraVars: parts.extraVars,
    redactor: parts.redactor,
    decrypt: parts.loadOptions.decrypt,
    limiter: new Limiter(parts.forks),
    signal: parts.signal,
    tagsSeen: new Set(),
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
            password: run.options.connectionPassword,
            announce: (secret) => parts.redactor.add(secret),
          }),
        run.options.journal,
        (scope, node) => loginOf(scope, node, run.options.defaults),
      )
      hosts.set(name, host)
      const { factCache } = run.options
      if (factCache && flags.flushCache) forgetFacts(name, factCache)
      else if (factCache) recallFacts(host, factCache)
      return host
    },
    emit: parts.emit,
    begin: parts.begin,
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

function optionsOf(flags: RunFlags, forks: number): RunOptions {
  const settings = environmentSettings(process.env)
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
    ...settings,
    forceHandlers: flags.forceHandlers || settings.forceHandlers,
    taskTimeout: flags.taskTimeout === undefined ? settings.taskTimeout : Number(flags.taskTimeout),
    startAtTask: flags.startAtTask,
    verbosity: flags.verbose ?? 0,
    defaults,
    becomePassword: undefined,
    connectionPassword: undefined,
    confirm: flags.step ? confirmTask : undefined,
  }
}
