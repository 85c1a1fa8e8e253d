import { absentEffects } from '../../../host/files.ts'
import { effect } from '../../../host/state.ts'
import { group as groupKind } from '../../../resources/group.ts'
import type { User } from '../../../resources/user.ts'
import { resource } from '../../../resources/resource.ts'
import { user as userKind } from '../../../resources/user.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { accountFileEffects } from './account-files.ts'
import { accountDefaults } from './defaults.ts'
import type { UserChange } from './user-change.ts'

/** Plans that a user is removed; with `remove` its home and mail as well. */
export function removeUser(
  before: User,
  { force, remove }: { force: boolean; remove: boolean },
  plan: UserChange,
  planning: Planning,
): void {
  const { name } = before
  planning.state.want([resource(groupKind, name)])
  const own = planning.state.read(groupKind, name)
  plan.differs('state', 'present', 'absent')
  const words = [...(force ? ['-f'] : []), ...(remove ? ['-r'] : []), '--', name]
  // It complains (status 12) of a mail spool that was never there; and of a process (8) that may just be ending.
  plan.run(
    sh`userdel ${words}; status=$?; [ $status = 8 ] && sleep 1 && { userdel ${words}; status=$?; }
[ $status = 0 ] || [ $status = 12 ] || exit $status`,
  )
  plan.affects(effect(userKind, name, null), ...accountFileEffects(`the removal of user ${name}`))
  if (own && before.group === name && accountDefaults(planning).userGroups) {
    const others = own.members.some((member) => member !== name)
    const because = new Unknown({ what: `the removal of user ${name}, whose group others are in` })
    plan.affects(effect(groupKind, name, others ? because : null))
  }
  if (!remove) return
  for (const path of [before.home, `/var/mail/${name}`]) {
    const { path: real, status } = planning.files.stat(path)
    if (status.type === 'absent' || real === '/') continue
    plan.affects(...absentEffects(real))
    plan.differs(real, status.type, 'absent')
  }
}
