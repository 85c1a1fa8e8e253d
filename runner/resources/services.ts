import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

export interface Service {
  readonly name: string
  /** `running`, `stopped`, `inactive`, `unknown`. */
  readonly state: string
  /** `enabled`, `disabled`, `static`, `masked`, `not-found`, `failed` … */
  readonly status: string
}

/** Every service that systemd knows; there is one list, its key is ''. */
export const services = defineResource<string, readonly Service[]>({
  name: 'services',
  id: (key) => key,
  dear: true,
  read: () => sh`export LC_ALL=C
systemctl list-units --type service --all --plain --no-legend --no-pager 2>/dev/null; echo /
systemctl list-unit-files --type service --all --no-legend --no-pager 2>/dev/null; :`,
  parse: (answer, keys) => {
    const [units = '', files = ''] = answer.toString('utf8').split(/^\/\n/m)
    const found = new Map<string, Service>()
    for (const line of units.split('\n')) {
      const [name, load, active, sub] = line
        .replace(/^[^\w]*\s/, '')
        .trim()
        .split(/\s+/)
      if (!name?.endsWith('.service')) continue
      const bad = [load, active, sub].find((word) => BAD.has(word!))
      found.set(name, { name, state: sub === 'running' ? 'running' : 'stopped', status: bad ?? active! })
    }
    for (const line of files.split('\n')) {
      const [name, status] = line.trim().split(/\s+/)
      if (!name?.endsWith('.service') || status === undefined) continue
      const known = found.get(name)
      if (!known) found.set(name, { name, state: name.includes('@.') ? 'unknown' : 'inactive', status })
      else if (!BAD.has(known.status)) found.set(name, { ...known, status })
    }
    const sorted = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
    return keys.map(() => sorted)
  },
})

/** What Ansible reports rather than the state of the unit file. */
const BAD = new Set(['not-found', 'masked', 'failed'])
