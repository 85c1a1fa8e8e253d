import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from './secret.ts'
import { variables } from './variables.ts'
import type { Level } from './levels.ts'
import type { Config, VariableName } from './variables.ts'

export type Environment = Record<string, string | undefined>

/** What the service was told, and what follows from it. */
export interface Settings extends Config {
  level: Level
  secretKey: Secret
  adminTokenFile: string | undefined
  admin: { socket: string } | { host: string; port: number }
  stateDir: string | undefined
}

/** One or more variables that make no sense; every problem starts with the variable's name. */
export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Reads and checks the environment. Throws a {@link ConfigError} with all problems at once. */
export function loadSettings(env: Environment): Settings {
  const problems: string[] = []
  const config = {} as Record<VariableName, unknown>
  for (const name of Object.keys(variables) as VariableName[]) {
    config[name] = readVariable(name, env[name], problems)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return settle(config as Config, env)
}

function readVariable(name: VariableName, given: string | undefined, problems: string[]): unknown {
  const variable: { schema: (typeof variables)[VariableName]['schema']; fallback?: string } = variables[name]
  // An environment file leaves a variable empty to say "none".
  const text = given === undefined || given === '' ? variable.fallback : given
  const result = variable.schema.safeParse(text)
  if (result.success) return result.data
  const expected = result.error.issues[0]?.message ?? 'something else'
  const shown = name === 'SECRET_KEY' ? 'another value' : JSON.stringify(text)
  problems.push(`${name}: expected ${expected}, got ${shown}`)
  return undefined
}

function settle(config: Config, env: Environment): Settings {
  const problems: string[] = []
  const secretKey = settleSecretKey(config, env, problems)
  const adminTokenFile = config.ADMIN_TOKEN_FILE ?? credential(env, 'admin_token')
  if (adminTokenFile !== undefined) readTokenOrExplain(adminTokenFile, problems)
  if (config.ADMIN_SOCKET !== undefined && config.ADMIN_PORT !== undefined) {
    problems.push('ADMIN_SOCKET: expected to be unset when ADMIN_PORT is set, or the other way round')
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    ...config,
    level: config.LOG_LEVEL ?? (config.DEBUG ? 'debug' : 'info'),
    secretKey,
    adminTokenFile,
    admin: adminAddress(config, env),
    stateDir: config.STATE_DIR ?? firstOf(env['STATE_DIRECTORY']),
  }
}

function settleSecretKey(config: Config, env: Environment, problems: string[]): Secret {
  const serious = config.ENVIRONMENT === 'production' || config.ENVIRONMENT === 'staging'
  if (config.SECRET_KEY !== undefined && config.SECRET_KEY_FILE !== undefined) {
    problems.push('SECRET_KEY: expected to be unset when SECRET_KEY_FILE is set, or the other way round')
  }
  const file = config.SECRET_KEY_FILE ?? credential(env, 'secret_key')
  const given =
    config.SECRET_KEY ?? (file === undefined ? undefined : readSecret('SECRET_KEY_FILE', file, problems))
  if (given === undefined) {
    if (serious && problems.length === 0) {
      problems.push(
        `SECRET_KEY: expected a value, because ENVIRONMENT is ${config.ENVIRONMENT}, but it is not set`,
      )
    }
    return new Secret(randomBytes(32).toString('hex'))
  }
  if (serious && given.reveal().length < 32) {
    problems.push(`SECRET_KEY: expected at least 32 characters, got ${given.reveal().length}`)
  }
  return given
}

/** The admin token in a file, without white space around it. Throws a {@link ConfigError} that names the variable. */
export function readAdminToken(file: string): Secret {
  const problems: string[] = []
  const token = readTokenOrExplain(file, problems)
  if (token === undefined || problems.length > 0) throw new ConfigError(problems)
  return token
}

function readTokenOrExplain(file: string, problems: string[]): Secret | undefined {
  const token = readSecret('ADMIN_TOKEN_FILE', file, problems)
  if (token !== undefined && token.reveal().length < 32) {
    problems.push(
      `ADMIN_TOKEN_FILE: expected at least 32 characters in ${file}, found ${token.reveal().length}`,
    )
  }
  return token
}

function readSecret(name: VariableName, file: string, problems: string[]): Secret | undefined {
  try {
    if ((statSync(file).mode & 0o007) !== 0) {
      problems.push(`${name}: expected ${file} to be closed to other users; run chmod o= on it`)
    }
    return new Secret(readFileSync(file, 'utf8').trim())
  } catch (error) {
    problems.push(
      `${name}: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    )
    return undefined
  }
}

function credential(env: Environment, name: string): string | undefined {
  const directory = env['CREDENTIALS_DIRECTORY']
  if (directory === undefined) return undefined
  const file = join(directory, name)
  return statSync(file, { throwIfNoEntry: false }) === undefined ? undefined : file
}

function adminAddress(config: Config, env: Environment): Settings['admin'] {
  const runtime = firstOf(env['RUNTIME_DIRECTORY'])
  if (config.ADMIN_SOCKET !== undefined) return { socket: config.ADMIN_SOCKET }
  if (runtime !== undefined && config.ADMIN_PORT === undefined) return { socket: join(runtime, 'admin.sock') }
  return { host: config.ADMIN_HOST, port: config.ADMIN_PORT ?? 5001 }
}

/** systemd joins several directories with colons. */
function firstOf(directories: string | undefined): string | undefined {
  return directories === undefined || directories === '' ? undefined : directories.split(':')[0]
}
