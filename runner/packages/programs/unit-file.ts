import { posix } from 'node:path'
import { Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'
import { patternToRegExp } from '../sh/pattern.ts'

/** Where systemd looks for units, the first wins. */
export const unitDirectories = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
]

/** A unit file: its settings by section and key, in the order in which they are written. */
export interface UnitFile {
  readonly path: string
  settings(section: string, key: string): readonly string[]
}

/** The file of a unit (of its template, for an instance); null when there is none, 'masked' when it leads to /dev/null. */
export function findUnit(name: string, machine: Machine): UnitFile | null | 'masked' | Unknown {
  const template = name.replace(/@[^.]*(?=\.)/, '@')
  for (const file of new Set([name, template])) {
    for (const directory of unitDirectories) {
      const path = `${directory}/${file}`
      const link = machine.lstat(path)
      if (link instanceof Unknown) return link
      if (link.type === 'absent') continue
      if (link.type === 'link' && link.target === '/dev/null') return 'masked'
      const bytes = machine.readBytes(path)
      if (bytes instanceof Unknown) return bytes
      if (bytes !== null) return parseUnit(path, bytes.toString('utf8'))
    }
  }
  return null
}

function parseUnit(path: string, text: string): UnitFile {
  const found = new Map<string, string[]>()
  let section = ''
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    const header = /^\[(.+)\]\s*$/.exec(line)
    const setting = /^([A-Za-z0-9]+)\s*=\s*(.*?)\s*$/.exec(line)
    if (header) section = header[1]!
    else if (setting) {
      const key = `${section}.${setting[1]!}`
      if (setting[2] === '') found.set(key, [])
      else found.set(key, [...(found.get(key) ?? []), setting[2]!])
    }
  }
  return { path, settings: (inSection, key) => found.get(`${inSection}.${key}`) ?? [] }
}

/** The links that enabling a unit makes: from where, to what. */
export function installLinks(
  name: string,
  file: UnitFile,
): { readonly path: string; readonly target: string }[] {
  const words = (key: string) =>
    file
      .settings('Install', key)
      .flatMap((value) => value.split(/\s+/))
      .map((word) => instance(word, name))
  const template = /@\./.test(name)
  const instanceName = template
    ? name.replace('@.', `@${file.settings('Install', 'DefaultInstance')[0] ?? ''}.`)
    : name
  return [
    ...words('Alias').map((alias) => ({ path: `/etc/systemd/system/${alias}`, target: file.path })),
    ...words('WantedBy').map((by) => ({
      path: `/etc/systemd/system/${by}.wants/${instanceName}`,
      target: file.path,
    })),
    ...words('RequiredBy').map((by) => ({
      path: `/etc/systemd/system/${by}.requires/${instanceName}`,
      target: file.path,
    })),
  ]
}

// `%i` is what stands between @ and the type.
function instance(word: string, name: string): string {
  return word.replaceAll('%i', /@([^.]*)\./.exec(name)?.[1] ?? '')
}

/** Whether there is anything that enabling the unit would do. */
export function isInstallable(file: UnitFile): boolean {
  return ['Alias', 'WantedBy', 'RequiredBy', 'Also'].some((key) => file.settings('Install', key).length > 0)
}

/** What a unit is after it was started: a daemon is active, a task that ends is not, nor what its conditions keep away. */
export function activeAfterStart(name: string, file: UnitFile, machine: Machine): string | Unknown {
  let doubt: Unknown | undefined
  for (const [key, evaluate] of Object.entries(CONDITIONS)) {
    for (const written of file.settings('Unit', key)) {
      const holds = evaluate(written.replace(/^[!|]+/, ''), machine)
      if (holds instanceof Unknown) doubt = holds
      else if (holds === written.startsWith('!')) return 'inactive'
    }
  }
  if (doubt) return doubt
  if (!name.endsWith('.service')) return 'active'
  if (file.settings('Service', 'Type')[0] !== 'oneshot') return 'active'
  return isTrue(file.settings('Service', 'RemainAfterExit')[0]) ? 'active' : 'inactive'
}

/** How systemd writes true. */
export function isTrue(word = ''): boolean {
  return /^(yes|true|on|1)$/i.test(word)
}

const CONDITIONS: Readonly<Record<string, (value: string, machine: Machine) => boolean | Unknown>> = {
  ConditionPathExists: (path, machine) => typed(path, machine, () => true),
  ConditionPathIsDirectory: (path, machine) => typed(path, machine, (type) => type === 'directory'),
  ConditionPathIsSymbolicLink: (path, machine) => {
    const status = machine.lstat(path)
    return status instanceof Unknown ? status : status.type === 'link'
  },
  ConditionFileNotEmpty: (path, machine) => {
    const bytes = machine.readBytes(path)
    return bytes instanceof Unknown ? bytes : bytes !== null && bytes.length > 0
  },
  ConditionFileIsExecutable: (path, machine) => typed(path, machine, (type) => type === 'file'),
  ConditionDirectoryNotEmpty: (path, machine) => {
    const names = machine.list(path)
    return names instanceof Unknown ? names : names !== null && names.length > 0
  },
  ConditionPathExistsGlob: (pattern, machine) => {
    const directory = posix.dirname(pattern)
    const names = machine.list(directory)
    if (names instanceof Unknown) return names
    return (names ?? []).some((name) => patternToRegExp(posix.basename(pattern)).test(name))
  },
  ConditionCapability: (_, machine) => {
    const inside = typed('/run/systemd/container', machine, () => true)
    return inside === true
      ? new Unknown({ what: 'what the container may do' })
      : inside instanceof Unknown
        ? inside
        : true
  },
  // systemd leaves this file where it runs in a container.
  ConditionVirtualization: (kind, machine) => {
    const inside = typed('/run/systemd/container', machine, () => true)
    if (inside instanceof Unknown) return inside
    if (kind === 'container') return inside
    return inside && (kind === 'vm' || kind === 'no')
      ? false
      : new Unknown({ what: `whether it runs in ${kind}` })
  },
}

function typed(path: string, machine: Machine, check: (type: string) => boolean): boolean | Unknown {
  const status = machine.stat(path)
  if (status instanceof Unknown) return status
  return status.type !== 'absent' && check(status.type)
}
