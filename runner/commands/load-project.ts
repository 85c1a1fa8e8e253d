import { readdirSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { loadInventory } from '../inventory/load.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { splitPattern } from '../inventory/pattern.ts'
import { InventoryVariables } from '../inventory/variables.ts'
import { createModuleTable, type RunnableModules } from '../modules/table.ts'
import { type Diagnostic, SourceError } from '../source/diagnostic.ts'
import { isDirectory } from '../source/files.ts'
import type { Play } from '../source/model.ts'
import type { LoadOptions } from '../source/options.ts'
import { suggestion } from '../source/nearest.ts'
import { findPlaybook, loadPlaybooks } from '../source/playbook.ts'
import type { Layer } from '../variables/scope.ts'
import type { Vault } from '../vault/vault.ts'
import { EXIT, UserError } from './fatal.ts'
import { COMMANDS } from './main.ts'
import { resolveStatic } from './resolve-static.ts'
import type { RunFlags } from './run-flags.ts'

/** Modules that can be run, too. */
export interface ProjectOptions extends LoadOptions {
  readonly modules: RunnableModules
}

/** How this program reads playbooks: with its own modules, and the secrets that the command line opens. */
export function loadOptionsFor(vault: Vault | undefined, extraVars: Layer): ProjectOptions {
  return {
    modules: createModuleTable(),
    decrypt: vault && ((text) => vault.decrypt(text)),
    resolveStatic: (template, node) => resolveStatic(template, node, extraVars),
  }
}

/** The path of a playbook that the command line names. */
export function playbookFile(name: string): string {
  const file = findPlaybook(name)
  if (file !== undefined) return file
  if (isDirectory(name)) throw new UserError(`${name} is a directory, not a playbook`, EXIT.unreadable)
  const tried = isAbsolute(name) ? name : `./${name} and playbooks/${name}`
  const hint = suggestion(
    name,
    [...Object.keys(COMMANDS), ...playbooksHere()].filter((each) => each !== name),
  )
  throw new UserError(
    `there is no playbook '${name}': looked for ${tried}${hint ? `; ${hint}` : ''}`,
    EXIT.unreadable,
  )
}

function playbooksHere(): string[] {
  return ['.', 'playbooks'].filter(isDirectory).flatMap((directory) => readdirSync(directory))
}

/** Reads inventory, playbooks and files of variables. Everything that is wrong anywhere is said in one go. */
export async function loadEverything(
  files: string[],
  flags: Pick<RunFlags, 'inventory'>,
  { vault, extraVars }: { readonly vault: Vault | undefined; readonly extraVars: Layer },
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

/**
 * The hosts that the plays come to. A pattern that matches nothing is most often a mistake; a play for a group that is
 * empty by intention is not.
 */
export function checkPatterns(
  inventory: Inventory,
  plays: readonly Play[],
  limit: string | undefined,
): string[] {
  const selected = new Set<string>()
  const problems: Diagnostic[] = []
  // What is wrong with it is no fault of a play's.
  if (limit !== undefined) splitPattern(limit)
  for (const play of plays) {
    const written = play.keywords['hosts']
    if (typeof written !== 'string' && !Array.isArray(written)) continue
    const pattern = Array.isArray(written) ? written.map(String) : written
    const { hosts, noMatch } = selectAt(play, () => inventory.select(pattern, limit))
    for (const host of hosts) selected.add(host.name)
    if (noMatch) problems.push({ ...noMatch, location: noMatch.location ?? play.locate('hosts') })
  }
  if (selected.size === 0 && problems.length > 0) throw new SourceError(problems)
  return [...selected]
}

function selectAt<Result>(play: Play, select: () => Result): Result {
  try {
    return select()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    throw new SourceError(
      error.diagnostics.map((each) => ({ ...each, location: each.location ?? play.locate('hosts') })),
    )
  }
}
