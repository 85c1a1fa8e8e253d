import { parseExtraVars } from '../inventory/extra-vars.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { Redactor } from '../reports/redact.ts'
import type { Play } from '../source/model.ts'
import { sourceError } from '../source/diagnostic.ts'
import { suggestion } from '../source/nearest.ts'
import { createRun, type RunInProgress } from './create-run.ts'
import { loadEverything, loadOptionsFor, playbookFile } from './load-project.ts'
import { openVault } from './open-vault.ts'
import { askForSecrets } from './prompt.ts'
import type { RunFlags } from './run-flags.ts'
import { startSandboxes } from './start-sandboxes.ts'

export interface PreparedRun {
  readonly run: RunInProgress
  readonly inventory: Inventory
  readonly plays: readonly Play[]
}

/** Loads the project for a command that looks at one host and runs no tasks. @param boot whether to start its sandbox */
export async function prepareRun(
  host: string,
  playbooks: readonly string[],
  flags: RunFlags,
  boot: boolean,
): Promise<PreparedRun> {
  const vault = await openVault(flags)
  const extraVars = parseExtraVars(flags.extraVars ?? [], vault)
  const loadOptions = loadOptionsFor(vault, extraVars)
  const files = playbooks.map(playbookFile)
  const { inventory, plays } = await loadEverything(files, flags, { vault, extraVars }, loadOptions)
  if (!inventory.host(host)) {
    const hint = suggestion(host, inventory.hosts.keys()) ?? '`play inventory --graph` shows all hosts'
    throw sourceError(`the inventory has no host '${host}'`, undefined, hint)
  }
  const redactor = new Redactor()
  const run = createRun({
    flags,
    forks: 1,
    inventory,
    extraVars,
    redactor,
    emit: () => undefined,
    begin: () => undefined,
    sandboxes: boot ? await startSandboxes(inventory, [host], process.cwd()) : new Map(),
    loadOptions,
    vault,
    signal: new AbortController().signal,
  })
  run.secrets = await askForSecrets(flags, redactor)
  // Nobody is asked for variables of a play that does not run.
  run.prompt = () => Promise.resolve({})
  return { run, inventory, plays }
}
