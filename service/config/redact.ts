import { Secret } from './secret.ts'
import type { Settings } from './load.ts'
import { variables } from './variables.ts'
import type { Level } from './levels.ts'
import type { VariableName } from './variables.ts'

/** The configuration in force, by variable name, with every secret replaced by its fingerprint. */
export function effectiveConfig(
  settings: Settings,
  level: Level,
): Record<string, string | number | boolean | null> {
  const inForce: Record<string, unknown> = {
    ...Object.fromEntries((Object.keys(variables) as VariableName[]).map((name) => [name, settings[name]])),
    SECRET_KEY: settings.secretKey,
    LOG_LEVEL: level,
    ADMIN_TOKEN_FILE: settings.adminTokenFile,
    ADMIN_SOCKET: 'socket' in settings.admin ? settings.admin.socket : undefined,
    ADMIN_PORT: 'port' in settings.admin ? settings.admin.port : undefined,
    STATE_DIR: settings.stateDir,
  }
  return Object.fromEntries(Object.entries(inForce).map(([name, value]) => [name, redacted(value)]))
}

function redacted(value: unknown): string | number | boolean | null {
  if (value instanceof Secret) return `[redacted, fingerprint ${value.fingerprint()}]`
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}
