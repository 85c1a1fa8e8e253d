import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Unreachable } from './session.ts'

/** What ssh would do for a host: `ssh -G`, keywords in lower case, each with all its values. */
export type SshConfig = ReadonlyMap<string, readonly string[]>

/**
 * Asks ssh itself, which knows Match and Include (6 ms). Undefined where no configuration could matter or there is no
 * ssh to ask.
 * @throws {Unreachable} when arguments were given that nobody can make sense of
 */
export async function resolveSshConfig(
  host: string,
  given: { readonly user?: string; readonly port?: number; readonly arguments: readonly string[] },
): Promise<SshConfig | undefined> {
  if (given.arguments.length === 0 && !configMatters()) return undefined
  const words = [...given.arguments]
  if (given.port !== undefined) words.unshift('-p', String(given.port))
  if (given.user !== undefined) words.unshift('-l', given.user)
  try {
    const { stdout } = await promisify(execFile)('ssh', ['-G', ...words, '--', host])
    return parseSshConfig(stdout)
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code !== 'ENOENT')
      throw new Unreachable(`ssh cannot read its configuration for ${host}: ${stderr?.trim()}`)
    if (given.arguments.length === 0) return undefined
    throw new Unreachable(
      `ssh arguments are given for ${host}, but there is no ssh here to read them`,
      'install openssh-client',
    )
  }
}

export function parseSshConfig(text: string): SshConfig {
  const config = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) continue
    const keyword = line.slice(0, space).toLowerCase()
    const values = config.get(keyword) ?? []
    values.push(line.slice(space + 1))
    config.set(keyword, values)
  }
  return config
}

let matters: boolean | undefined

/** Whether there is a configuration that says more than what a distribution's does. Found out once. */
function configMatters(): boolean {
  matters ??= existsSync(join(homedir(), '.ssh/config')) || saysSomething('/etc/ssh/ssh_config')
  return matters
}

/** Keywords that change nothing for us. Debian's and Fedora's own files hold no others. */
const harmless = new Set(['host', 'sendenv', 'hashknownhosts', 'gssapiauthentication', 'forwardx11trusted'])

function saysSomething(file: string): boolean {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return false
  }
  return text.split('\n').some((line) => {
    const [keyword = '', ...values] = line.trim().split(/[\s=]+/)
    if (keyword === '' || keyword.startsWith('#')) return false
    if (keyword.toLowerCase() !== 'include') return !harmless.has(keyword.toLowerCase())
    return values
      .flatMap((pattern) => globSync(resolve(dirname(file), pattern)))
      .some((found) => saysSomething(found))
  })
}
