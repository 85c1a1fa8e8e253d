import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'
import { isUnitFile, UNIT_PATHS, type UnitScope } from './unit.ts'

/** Whether systemd has read the unit files as they are. */
export interface UnitFiles {
  /** Some have changed since it read them. */
  readonly stale: boolean
  /** In a prediction: the changes of this run that the reload took in. */
  readonly covers?: string
}

/** The unit files of a scope as a whole: is a `daemon-reload` due? */
export const unitFiles = defineResource<UnitScope, UnitFiles>({
  name: 'unit files',
  id: (scope) => scope,
  dear: true,
  // The times of change (ctime) of files and directories against that of systemd's last look.
  read: (keys) => sh`export XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
for scope in ${keys}; do
  if [ "$scope" = user ]; then
    set -- /etc/systemd/user /usr/lib/systemd/user "\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"
  else
    set -- ${[...UNIT_PATHS, '/lib/systemd/system', '/etc/init.d', '/etc/fstab', '/etc/crypttab']}
  fi
  show="systemctl --$scope show -p UnitsLoadTimestamp -p UnitsLoadStartTimestamp --value"
  read=$({ $show --timestamp=us || $show; } | sed -n ${'/./h; ${x;p}'})
  if [ -z "$read" ] || [ -n "$(find -H "$@" -maxdepth 2 -newerct "$read" -print -quit)" ]; then echo stale; else echo read; fi
done 2>/dev/null`,
  parse: (answer, keys) => {
    const lines = answer.toString('latin1').split('\n')
    return keys.map((_, index) => ({ stale: lines[index] === 'stale' }))
  },
  outdatedBy: atPath(isUnitFile),
  matches: (predicted, observed) => predicted.stale === observed.stale,
  describe: ({ stale }) => (stale ? 'changed since systemd read them' : 'read'),
})
