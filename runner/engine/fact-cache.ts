import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../variables/secret.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Dict, isDict, type Value } from '../variables/value.ts'
import type { HostRun } from './host-run.ts'

/** Facts that outlast a run (Ansible's `jsonfile` cache): a file of JSON for each host. */
export interface FactCache {
  readonly directory: string
  readonly prefix: string
  /** Seconds after which what was kept is forgotten; 0: never. */
  readonly timeout: number
}

/** Gives a host the facts that an earlier run has kept. */
export function recallFacts(host: HostRun, cache: FactCache): void {
  const kept = readFacts(fileOf(cache, host.name), cache.timeout)
  if (!kept) return
  host.facts = Object.fromEntries(
    Object.entries(kept).map(([name, value]) => [name.replace(/^ansible_/, ''), value]),
  )
  for (const [name, value] of Object.entries(kept))
    if (!name.startsWith('ansible_') && name !== 'module_setup') host.cachedFacts.set(name, value)
}

/** Keeps what a host's facts are by now; nothing that is secret or unknown. */
export function keepFacts(host: HostRun, cache: FactCache): void {
  const facts = Object.entries(host.facts ?? {}).map(([name, value]): [string, Value] => [
    name === 'module_setup' || name === 'gather_subset' || host.cachedFacts.has(name)
      ? name
      : `ansible_${name}`,
    value,
  ])
  const kept = [...facts, ...host.cachedFacts].filter(([, value]) => isPlain(value))
  if (kept.length === 0) return
  mkdirSync(cache.directory, { recursive: true, mode: 0o700 })
  writeFileSync(fileOf(cache, host.name), `${JSON.stringify(Object.fromEntries(kept), null, 4)}\n`, {
    mode: 0o600,
  })
}

export function forgetFacts(name: string, cache: FactCache): void {
  rmSync(fileOf(cache, name), { force: true })
}

// A host's name may hold anything; the file stays in the directory.
function fileOf({ directory, prefix }: FactCache, host: string): string {
  return join(directory, `${prefix}${host.replaceAll(/[/\0]/g, '_')}`)
}

// What was kept is data, whatever it holds; a file that cannot be read counts as none.
function readFacts(file: string, timeout: number): Dict | undefined {
  const status = statSync(file, { throwIfNoEntry: false })
  if (!status || (timeout > 0 && Date.now() - status.mtimeMs > timeout * 1000)) return undefined
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Value
    return isDict(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isPlain(value: Value): boolean {
  if (value instanceof Secret || value instanceof Unknown) return false
  if (Array.isArray(value)) return value.every(isPlain)
  return !isDict(value) || Object.values(value).every(isPlain)
}
