import { posix } from 'node:path'
import { UnknownRead } from '../../../host/misses.ts'
import { path as pathKind } from '../../../resources/path.ts'
import { resource } from '../../../resources/resource.ts'
import {
  missingUnit,
  unit,
  UNIT_PATHS,
  type Unit,
  type UnitKey,
  type UnitScope,
} from '../../../resources/unit.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'

/**
 * What is known of a unit: what systemd says of it, else what it will say once it has read a unit file that stands
 * where it looks (written by an earlier task, perhaps only in a dry run).
 */
export function findUnit(key: UnitKey, planning: Planning): Unit {
  const { state } = planning
  const scope = key.scope ?? 'system'
  const likely = posix.join(UNIT_PATHS[0], key.name)
  const predicted = state.predicted(unit, key)
  if (predicted !== undefined && !(predicted instanceof Unknown) && predicted.load !== 'not-found') {
    return predicted.path && isRemoved(predicted, planning) ? gone(predicted) : predicted
  }
  state.want([resource(unit, key), ...(scope === 'system' ? [resource(pathKind, likely)] : [])])
  const known = state.read(unit, key)
  if (known.load === 'not-found') return unitFromFile(key.name, scope, planning) ?? known
  if (known.path && isRemoved(known, planning)) return gone(known)
  return known
}

function gone({ names, active }: Unit): Unit {
  return { ...missingUnit(names[0]!), active }
}

// By this run, or without systemd having been told yet.
function isRemoved({ path, outdated }: Unit, { state, files }: Planning): boolean {
  const predicted = state.predicted(pathKind, path)
  if (predicted !== undefined) return !(predicted instanceof Unknown) && predicted.type === 'absent'
  return outdated === true && files.stat(path).status.type === 'absent'
}

function unitFromFile(name: string, scope: UnitScope, planning: Planning): Unit | undefined {
  const names = [name, templateOf(name)].filter((each) => each !== undefined)
  const directories =
    scope === 'user'
      ? [
          posix.join(planning.identity().home, '.config/systemd/user'),
          '/etc/systemd/user',
          '/usr/lib/systemd/user',
        ]
      : UNIT_PATHS
  for (const file of names.flatMap((each) => directories.map((directory) => posix.join(directory, each)))) {
    const { status } = planning.files.stat(file)
    if (status.type === 'char') return { ...missingUnit(name), load: 'masked', file: 'masked', path: file }
    if (status.type === 'file')
      return { ...missingUnit(name), load: 'loaded', path: file, ...settings(file, planning) }
  }
  return undefined
}

/** `getty@.service` of `getty@tty1.service`. */
function templateOf(name: string): string | undefined {
  const match = /^([^@]+@)[^@]+(\.\w+)$/.exec(name)
  return match ? match[1]! + match[2]! : undefined
}

function settings(file: string, planning: Planning): Pick<Unit, 'file' | 'type' | 'remainAfterExit'> {
  try {
    const told = unitSettings(planning.files.read(file)?.toString('utf8') ?? '')
    return file.endsWith('.service') ? told : { ...told, type: '' }
  } catch (error) {
    if (!(error instanceof UnknownRead)) throw error
    return { file: error.unknown, type: '', remainAfterExit: false }
  }
}

/** What a unit file alone tells: whether there is something to enable, and what kind of service it is. */
export function unitSettings(text: string): Pick<Unit, 'file' | 'type' | 'remainAfterExit'> {
  let section = ''
  let installable = false
  let type = ''
  let remainAfterExit = false
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    const header = /^\[(.+)\]\s*$/.exec(line)
    const setting = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line)
    if (header) section = header[1]!
    else if (
      section === 'Install' &&
      setting &&
      /^(WantedBy|RequiredBy|UpheldBy|Alias|Also)$/.test(setting[1]!)
    ) {
      installable ||= setting[2] !== ''
    } else if (section === 'Service' && setting?.[1] === 'Type') type = setting[2]!
    else if (section === 'Service' && setting?.[1] === 'RemainAfterExit')
      remainAfterExit = /^(yes|true|1|on)$/i.test(setting[2]!)
  }
  return { file: installable ? 'disabled' : 'static', type: type || 'simple', remainAfterExit }
}
