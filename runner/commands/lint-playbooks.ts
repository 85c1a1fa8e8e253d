import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseExtraVars } from '../inventory/extra-vars.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { InventoryVariables } from '../inventory/variables.ts'
import { escapeJson } from '../reports/escape.ts'
import { diagnosticAnnotation } from '../reports/github.ts'
import { type Diagnostic, SourceError } from '../source/diagnostic.ts'
import { formatDiagnostics, inOrder } from '../source/format.ts'
import { lint } from '../source/lint/lint.ts'
import type { LoadOptions } from '../source/options.ts'
import { loadPlaybooks } from '../source/playbook.ts'
import type { Layer } from '../variables/scope.ts'
import type { VaultOptions } from '../vault/options.ts'
import type { Vault } from '../vault/vault.ts'
import { EXIT, UserError } from './fatal.ts'
import { loadOptionsFor, playbookFile } from './load-project.ts'
import { openVault } from './open-vault.ts'

/** The options of `play lint`, as commander gives them. */
export interface LintFlags extends VaultOptions {
  readonly inventory?: readonly string[]
  readonly extraVars?: readonly string[]
  readonly json: boolean
  readonly output: string
}

/** Prints everything that can be found wrong without a host. Resolves to the exit code. */
export async function lintPlaybooks(names: readonly string[], flags: LintFlags): Promise<number> {
  if (flags.output !== 'text' && flags.output !== 'github')
    throw new UserError(`--output must be text or github, not ${flags.output}`)
  const vault = await openVault(flags)
  const extraVars = parseExtraVars(flags.extraVars ?? [], vault)
  const files = names.length > 0 ? names.map(playbookFile) : everyPlaybook()
  const options: LoadOptions = { ...loadOptionsFor(vault, extraVars), ahead: 'all' }
  const problems: Diagnostic[] = []
  const inventory = await loaded(
    () => loadInventory([...(flags.inventory ?? [])], vault, extraVars),
    problems,
  )
  if (flags.inventory) problems.push(...(inventory?.warnings ?? []))
  // One by one, so that a playbook that cannot be read does not hide what is wrong in another.
  for (const file of files) {
    const plays = await loaded(
      () => loadPlaybooks([file], { ...options, onWarning: (warning) => problems.push(warning) }),
      problems,
    )
    if (!plays) continue
    const variables = [...extraVars.names()]
    for (const directory of new Set(plays.map((play) => play.directory)))
      if (inventory) variables.push(...(await namesOf(inventory.inventory, directory, vault, problems)))
    problems.push(...lint(plays, { modules: options.modules, decrypt: options.decrypt, variables }))
  }
  const found = inOrder(problems)
  process.stdout.write(shown(found, flags))
  const errors = found.filter(({ severity }) => severity === 'error').length
  process.stderr.write(
    `${counted(files.length, 'playbook')}: ${counted(errors, 'error')}, ${counted(found.length - errors, 'warning')}\n`,
  )
  return errors > 0 ? EXIT.unreadable : EXIT.done
}

function everyPlaybook(): string[] {
  const names = (existsSync('playbooks') ? readdirSync('playbooks', { withFileTypes: true }) : [])
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
    .map(({ name }) => join('playbooks', name))
    .sort()
  if (names.length === 0)
    throw new UserError('there are no playbooks under playbooks/: name one', EXIT.unreadable)
  return names
}

/** Every variable that the inventory or a file beside it or the playbook gives any host. */
async function namesOf(
  inventory: Inventory,
  playbookDirectory: string,
  vault: Vault | undefined,
  problems: Diagnostic[],
): Promise<string[]> {
  const variables = new InventoryVariables(inventory, { playbookDirectory, vault })
  const wrong = variables.problems()
  problems.push(...wrong)
  if (wrong.length > 0) return []
  const layers = new Set<Layer>(
    [...inventory.hosts.values()].flatMap((host) => [...variables.layersFor(host)]),
  )
  return [...layers].flatMap((layer) => [...layer.names()])
}

async function loaded<Result>(
  load: () => Result | Promise<Result>,
  problems: Diagnostic[],
): Promise<Result | undefined> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    problems.push(...error.diagnostics)
    return undefined
  }
}

function shown(found: readonly Diagnostic[], { json, output }: LintFlags): string {
  if (json) return found.map((each) => `${escapeJson(JSON.stringify(jsonOf(each)))}\n`).join('')
  if (output === 'github') return found.map((each) => `${diagnosticAnnotation(each)}\n`).join('')
  const text = formatDiagnostics(found, { color: process.stdout.isTTY && process.stdout.hasColors() })
  return text === '' ? '' : `${text}\n`
}

function jsonOf({ severity, message, hint, location }: Diagnostic): object {
  return { v: 1, type: 'diagnostic', severity, message, hint, location }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
