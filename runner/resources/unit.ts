import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A systemd unit. */
export interface Unit {
  /** There is a unit of that name: a file, or one that systemd made. */
  readonly exists: boolean
  /** As `systemctl is-enabled` says it: enabled, disabled, static, masked, indirect, generated …; '' where there is none. */
  readonly enabled: string
  /** As `systemctl is-active` says it: active, inactive, failed, activating …. */
  readonly active: string
}

/** A unit by its full name: `nginx.service`, `logrotate.timer`. */
export const unit = defineResource<string, Unit>({
  name: 'unit',
  id: (key) => key,
  read: (keys) => sh`systemctl show -p LoadState -p UnitFileState -p ActiveState -- ${keys} 2>/dev/null || :`,
  parse: (answer, keys) => {
    const blocks = answer.toString('utf8').split('\n\n')
    return keys.map((_, index) => {
      const property = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(blocks[index] ?? '')?.[1] ?? ''
      const load = property('LoadState')
      return {
        exists: load !== '' && load !== 'not-found',
        enabled: load === 'masked' ? 'masked' : property('UnitFileState'),
        active: property('ActiveState') || 'inactive',
      }
    })
  },
  describe: ({ exists, enabled, active }) => (exists ? `${enabled} ${active}` : 'no such unit'),
})
