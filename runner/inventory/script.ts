import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import { sourceError } from '../source/diagnostic.ts'
import { noPassword, VaultSecret } from '../source/vault.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import type { Decrypter } from './text-file.ts'
import type { Host, InventorySource } from './host.ts'
import type { Inventory } from './inventory.ts'

/** Scripts that know nothing of `_meta` are asked host by host, so many at a time. */
const AT_ONCE = 4
const LARGEST_ANSWER = 256 * 1024 * 1024

/**
 * Runs an inventory script (`--list`, and `--host` where the answer has no `_meta`) and reads its JSON answer.
 * What it says is data: names and values are taken literally, and nothing in them is ever a template.
 * Throws `SourceError` when it fails or answers something else.
 */
export async function readScript(
  inventory: Inventory,
  source: InventorySource,
  vault?: Decrypter,
): Promise<void> {
  const answer = await ask(source, ['--list'], vault)
  const meta = own(answer, '_meta')
  const known = meta !== undefined && isDict(meta) ? own(meta, 'hostvars') : undefined
  const hosts = new Set<Host>()
  for (const [name, entry] of Object.entries(answer)) {
    if (name !== '_meta') for (const host of readGroup(inventory, source, name, entry)) hosts.add(host)
  }
  if (known !== undefined) {
    if (!isDict(known)) throw answered(source, '_meta.hostvars must be a dictionary')
    for (const host of hosts) setHostVariables(inventory, source, host, own(known, host.name) ?? {})
    return
  }
  const limit = pLimit(AT_ONCE)
  const variables = await Promise.all(
    [...hosts].map((host) => limit(async () => ask(source, ['--host', host.name], vault))),
  )
  for (const [index, host] of [...hosts].entries())
    setHostVariables(inventory, source, host, variables[index]!)
}

function readGroup(inventory: Inventory, source: InventorySource, name: string, entry: Value): Host[] {
  const group = inventory.addGroup(name)
  const content = normalise(source, name, entry)
  for (const [key, value] of Object.entries(section(source, name, content, 'vars'))) {
    inventory.setVariable(group, key, value, source)
  }
  for (const child of nameList(source, name, content, 'children')) {
    inventory.addChild(group, inventory.addGroup(child))
  }
  return nameList(source, name, content, 'hosts').map((hostName) => {
    const host = inventory.addHost(hostName, source)
    inventory.addMember(group, host)
    return host
  })
}

/** A list is a group's hosts; a dictionary without hosts, vars and children is a host of that name with variables. */
function normalise(source: InventorySource, name: string, entry: Value): Dict {
  if (Array.isArray(entry)) return { hosts: entry }
  if (entry === null || !isDict(entry)) throw answered(source, `${name} must be a list or a dictionary`)
  const isGroup = ['hosts', 'vars', 'children'].some((key) => Object.hasOwn(entry, key))
  return isGroup || Object.keys(entry).length === 0 ? entry : { hosts: [name], vars: entry }
}

function section(source: InventorySource, group: string, content: Dict, key: string): Dict {
  const value = own(content, key) ?? {}
  if (!isDict(value)) throw answered(source, `${key} of ${group} must be a dictionary`)
  return value
}

function nameList(source: InventorySource, group: string, content: Dict, key: string): string[] {
  const value = own(content, key) ?? []
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string' && name !== '')) {
    throw answered(source, `${key} of ${group} must be a list of names`)
  }
  return value as string[]
}

function setHostVariables(inventory: Inventory, source: InventorySource, host: Host, variables: Value): void {
  if (!isDict(variables)) throw answered(source, `the variables of ${host.name} must be a dictionary`)
  for (const [key, value] of Object.entries(variables)) inventory.setVariable(host, key, value, source)
}

async function ask(source: InventorySource, args: readonly string[], vault?: Decrypter): Promise<Dict> {
  const output = await run(source, args)
  let answer: unknown
  try {
    answer = JSON.parse(output.trim() === '' ? '{}' : output, reviver(source, vault))
  } catch (error) {
    throw answered(source, `what it says is no JSON (${(error as Error).message})`)
  }
  if (!isDict(answer)) throw answered(source, 'what it says is no dictionary')
  return answer
}

/** What `execFile` throws. */
interface Failure {
  readonly message: string
  readonly code?: number | string
  readonly signal?: string
  readonly stderr?: string
}

async function run(source: InventorySource, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(source.file!, args, { maxBuffer: LARGEST_ANSWER })
    return stdout
  } catch (error) {
    const { stderr = '' } = error as Failure
    const said = stderr.trim().split('\n').slice(-5).join('\n')
    throw sourceError(
      `inventory script ${source.name} ${args[0]} ${howFailed(error as Failure)}${said && `: ${said}`}`,
    )
  }
}

function howFailed({ code, signal, message }: Failure): string {
  if (signal) return `was ended by ${signal}`
  if (typeof code === 'number') return `exited with ${code}`
  // The script itself was there a moment ago.
  return code === 'ENOENT' ? 'failed: the program after its #! does not exist' : `failed: ${message}`
}

/** Ansible's JSON forms of vaulted and of plain text. */
function reviver(source: InventorySource, vault?: Decrypter): (key: string, value: unknown) => unknown {
  const decrypt = vault?.decrypt ?? noPassword
  return (_key, value) => {
    if (!isDict(value) || Object.keys(value).length !== 1) return value
    const unsafe = own(value, '__ansible_unsafe')
    if (typeof unsafe === 'string') return unsafe
    const vaulted = own(value, '__ansible_vault')
    if (typeof vaulted !== 'string') return value
    return new VaultSecret(vaulted, decrypt, { file: source.name, line: 1, column: 1 })
  }
}

function answered(source: InventorySource, what: string): Error {
  return sourceError(
    `inventory script ${source.name}: ${what}`,
    undefined,
    'run it with --list to see what it says',
  )
}
