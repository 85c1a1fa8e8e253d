import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { SourceError, type Diagnostic } from './diagnostic.ts'
import { decryptAt, isVaulted, noPassword } from './vault.ts'
import { parseYaml, type Parsed, type YamlOptions } from './yaml.ts'

/** A path as it is shown to people: relative to the working directory where it lies below it. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short) ? path : short
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/**
 * Reads and parses one YAML file, decrypting it first when it is a vault as a whole; `secrets` then marks its values.
 * What is wrong, also that it cannot be read, is in `diagnostics`.
 */
export function readYaml(path: string, options: YamlOptions & { readonly secrets?: boolean } = {}): Parsed {
  const file = displayPath(resolve(path))
  const start = { file, line: 1, column: 1 }
  let text: string
  try {
    text = decode(readFileSync(path))
  } catch (error) {
    return wrong({ severity: 'error', message: `cannot read the file: ${reason(error)}`, location: start })
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

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
  }
  return (code && words[code]) ?? message
}
