import { createHash } from 'node:crypto'
import { joinScripts, type Script, sh } from '../transport/shell.ts'

/** Variables under which a program is asked, where they decide what it finds. */
export type Environment = Readonly<Record<string, string>>

/** Shell code that sets them for what follows. */
export function exported(environment: Environment = {}): Script {
  return joinScripts(Object.entries(environment).map(([name, value]) => sh`export ${name}; ${name}=${value}`))
}

/** Tells environments apart, by a digest, for a password may be in one; '' where nothing is set. */
export function environmentId(environment: Environment = {}): string {
  const text = JSON.stringify(Object.entries(environment))
  return text === '[]' ? '' : ` ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
