import { readFileSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { SourceError, type Diagnostic } from './diagnostic.ts'
import { decryptAt, isVaulted, noPassword, type Decrypt } from './vault.ts'
import { whyUnreadable } from './unreadable.ts'
import { parseYaml, type Parsed, type YamlOptions } from './yaml.ts'

/** A path as it is shown to people: relative to the working directory where it lies below it. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short) ? path : short
}

export function isFile(path: string): boolean {
  return statusOf(path)?.isFile() === true
}

export function isDirectory(path: string): boolean {
  return statusOf(path)?.isDirectory() === true
}

/** Nothing for what cannot be looked at, either: a link that leads to itself, say. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

export interface ReadOptions extends YamlOptions {
  /** Whether the values of a file that is a vault as a whole are secrets. */
  readonly secrets?: boolean
}

/**
 * Reads and parses one YAML file, decrypting it first when it is a vault as a whole. What is wrong, also that it cannot
 * be read, is in `diagnostics`. A file that has not changed since is not parsed again, so nobody may change what is in
 * `value`.
 */
export function readYaml(path: string, options: ReadOptions = {}): Parsed {
  const full = resolve(path)
  const status = statSync(full, { throwIfNoEntry: false })
  if (status?.isFile() !== true) return parseFile(full, options)
  const { decrypt = noPassword, templates = true, secrets = false } = options
  const known = remembered(decrypt)
  const key = `${displayPath(full)}\0${templates}\0${secrets}`
  const version = `${status.ino} ${status.size} ${status.mtimeMs} ${status.ctimeMs}`
  const before = known.get(key)
  if (before?.version === version) return before.parsed
  const parsed = parseFile(full, options)
  known.set(key, { version, parsed })
  return parsed
}

/** What was parsed before; values that decrypt themselves belong to the passwords they were read with. */
const parsedBefore = new WeakMap<Decrypt, Map<string, { version: string; parsed: Parsed }>>()

function remembered(decrypt: Decrypt): Map<string, { version: string; parsed: Parsed }> {
  let known = parsedBefore.get(decrypt)
  if (known === undefined) parsedBefore.set(decrypt, (known = new Map()))
  return known
}

function parseFile(path: string, options: ReadOptions): Parsed {
  const file = displayPath(path)
  const start = { file, line: 1, column: 1 }
  let text: string
  try {
    text = decode(readFileSync(path))
  } catch (error) {
    return wrong({
      severity: 'error',
      message: `cannot read the file: ${whyUnreadable(error)}`,
      location: start,
    })
  }
  if (!isVaulted(text)) return parseYaml(text, file, options)
  try {
    const plain = decryptAt(text, options.decrypt ?? noPassword, start)
    return parseYaml(plain, file, { ...options, secret: options.secrets })
  } catch (error) {
    if (error instanceof SourceError) return { value: undefined, diagnostics: error.diagnostics }
    throw error
  }
}

function wrong(diagnostic: Diagnostic): Parsed {
  return { value: undefined, diagnostics: [diagnostic] }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('it is not UTF-8 text')
  }
}
