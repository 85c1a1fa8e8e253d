import { effect } from '../host/state.ts'
import { group as groupKind, type Group } from '../resources/group.ts'
import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, int, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'
import { accountFileEffects } from './support/accounts/account-files.ts'

export default defineModule({
  name: 'group',
  summary: 'Makes and removes groups.',
  args: args({
    name: text('The group.'),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    gid: optional(int('Its number.')),
    system: bool('A group of the system, with a low number; only when it is made.', { default: false }),
    non_unique: bool('Allow a number that another group has; with `gid`.', { default: false }),
    force: bool('Remove it though it is the primary group of a user.', { default: false }),
    gid_min: optional(int('The lowest number to choose from.')),
    gid_max: optional(int('The highest number to choose from.')),
    local: bool('Accepted; the host’s own tools are used.', { default: false }),
  }),
  plan: (given, planning) => {
    const { name, gid } = given
    if (given.non_unique && gid === undefined && given.state === 'present')
      return failed('non_unique is True but all of the following are missing: gid')
    const [before, holder] = planning.state.readAll(
      groupKind,
      gid === undefined ? [name] : [name, String(gid)],
    )
    const diff = (from: string | null, to: string | null, what = 'gid') => [
      { path: `group ${name}`, attributes: [{ name: what, before: from, after: to }] },
    ]
    if (given.state === 'absent') {
      if (!before) return unchanged({ name, state: 'absent' })
      return change({
        diff: diff('present', 'absent', 'state'),
        script: given.force ? sh`groupdel -f -- ${name}` : sh`groupdel -- ${name}`,
        after: [effect(groupKind, name, null), ...accountFileEffects(`the removal of group ${name}`)],
        result: { name, state: 'absent' },
      })
    }
    const result = (value: Group['gid']): Dict => ({
      name,
      state: 'present',
      gid: value,
      system: given.system,
    })
    if (before && (gid === undefined || before.gid === gid)) return unchanged(result(before.gid))
    if (holder && holder.name !== name && !given.non_unique)
      return failed(`GID '${gid}' already exists: it is that of group ${holder.name}`, { name })
    const chosen = gid ?? new Unknown({ what: `the group ${name}, whose number the host chooses` })
    const number = gid === undefined ? [] : ['-g', String(gid), ...(given.non_unique ? ['-o'] : [])]
    const limits = [
      ...(given.gid_min === undefined ? [] : ['-K', `GID_MIN=${given.gid_min}`]),
      ...(given.gid_max === undefined ? [] : ['-K', `GID_MAX=${given.gid_max}`]),
    ]
    return change({
      diff: before
        ? diff(String(before.gid), String(gid))
        : diff(null, gid === undefined ? 'chosen by the host' : String(gid)),
      script: before
        ? sh`groupmod ${number} -- ${name}`
        : sh`groupadd ${[...(given.system ? ['-r'] : []), ...number, ...limits]} -- ${name} && getent group -- ${name}`,
      after: [
        effect(groupKind, name, { name, gid: chosen, members: before?.members ?? [] }),
        ...accountFileEffects(`the group ${name}`),
      ],
      result: result(chosen),
      finish: (answer): Dict => {
        const made = answer.stdout.toString('utf8').split(':')[2]
        return made === undefined ? {} : { gid: Number(made) }
      },
    })
  },
})
