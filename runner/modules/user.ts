import { posix } from 'node:path'
import { effect } from '../host/state.ts'
import { user as userKind, type User } from '../resources/user.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, float, int, item, list, optional, path, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { createUser } from './support/accounts/create-user.ts'
import { modifyUser } from './support/accounts/modify-user.ts'
import { setPassword } from './support/accounts/passwords.ts'
import { removeUser } from './support/accounts/remove-user.ts'
import { generateKey, publicKeyFacts } from './support/accounts/ssh-key.ts'
import { UserChange } from './support/accounts/user-change.ts'
import { hostPath } from './support/host-path.ts'
import { isPasswordHash, type WantedUser } from './support/accounts/wanted-user.ts'

export default defineModule({
  name: 'user',
  summary: 'Makes, changes and removes users.',
  args: args({
    name: text('The user.', { aliases: ['user'] }),
    state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
    uid: optional(int('Its number.')),
    non_unique: bool('Allow a number that another user has; with `uid`.', { default: false }),
    group: optional(text('The primary group; must be there.')),
    groups: optional(list(item.text, 'The other groups; an empty list for none.')),
    append: bool('Add the groups to those it is in, instead of leaving the others.', { default: false }),
    comment: optional(text('Its full name or the like (GECOS).')),
    shell: optional(path('Its shell.')),
    home: optional(path('Its home.')),
    create_home: bool('Make the home if it is missing.', { default: true, aliases: ['createhome'] }),
    move_home: bool('Move the home when `home` differs.', { default: false }),
    skeleton: optional(text('The directory that a new home is a copy of.')),
    umask: optional(text('For the permissions of a new home, where HOME_MODE is not set.')),
    system: bool('A user of the system, with a low number; only when it is made.', { default: false }),
    password: optional(text('The hash of its password, * for none.')),
    update_password: choice(['always', 'on_create'], 'Whether a password that differs is replaced.', {
      default: 'always',
    }),
    password_lock: optional(bool('Whether the password is locked.')),
    password_expire_max: optional(int('Days until the password must be changed.')),
    password_expire_min: optional(int('Days until the password may be changed.')),
    password_expire_warn: optional(int('Days of warning before.')),
    password_expire_account_disable: optional(int('Days after which the account is closed.')),
    expires: optional(float('When the account expires, in seconds since 1970; negative for never.')),
    remove: bool('With state: absent, remove its home and mail too.', { default: false }),
    force: bool('Remove it though it is logged in; replace an SSH key that is there.', { default: false }),
    generate_ssh_key: bool('Make an SSH key for it.', { default: false }),
    ssh_key_bits: optional(int('The size of the key.')),
    ssh_key_type: text('The type of the key.', { default: 'rsa' }),
    ssh_key_file: optional(path('Where the key stands, from the home. @default .ssh/id_<type>')),
    ssh_key_comment: optional(text('The comment in the key. @default ansible-generated on <host>')),
    ssh_key_passphrase: optional(text('The passphrase of the key.')),
    uid_min: optional(int('The lowest number to choose from.')),
    uid_max: optional(int('The highest number to choose from.')),
    local: bool('Accepted; the host’s own tools are used.', { default: false }),
    hidden: optional(raw('Accepted; for macOS only.')),
    seuser: optional(raw('Accepted; not supported without SELinux.')),
    login_class: optional(raw('Accepted; for BSD only.')),
    authorization: optional(raw('Accepted; for Solaris only.')),
    role: optional(raw('Accepted; for Solaris only.')),
    profile: optional(raw('Accepted; for Solaris only.')),
  }),
  plan: (given, planning) => {
    const { name } = given
    if (!/^[^:,\s/-][^:,\s/]*\$?$/.test(name)) return failed(`'${name}' is no name of a user`, { name })
    if (given.password !== undefined && !isPasswordHash(given.password))
      return failed(
        'the password must be given as a hash: "{{ password | password_hash(\'sha512\') }}", or * for none',
        { name },
      )
    const before = planning.state.read(userKind, name)
    const plan = new UserChange(name)
    if (given.state === 'absent') {
      if (!before) return unchanged({ name, state: 'absent' })
      removeUser(before, given, plan, planning)
      return plan.outcome({ name, state: 'absent', force: given.force, remove: given.remove })
    }
    const wanted: WantedUser = {
      ...given,
      home: given.home && posix.normalize(given.home),
      shell: given.shell?.startsWith('~') ? hostPath(given.shell, planning) : given.shell,
    }
    const made = before ? modifyUser(wanted, before, plan, planning) : createUser(wanted, plan, planning)
    if (typeof made === 'string') return failed(made, { name })
    const after = setPassword(wanted, before ?? undefined, made, plan)
    if (after !== before) plan.affects(effect(userKind, name, after))
    const key = given.generate_ssh_key
      ? generateKey(
          {
            type: given.ssh_key_type,
            bits: given.ssh_key_bits,
            file: given.ssh_key_file,
            comment:
              given.ssh_key_comment ??
              `ansible-generated on ${hostName(planning.variable('ansible_hostname'))}`,
            passphrase: given.ssh_key_passphrase,
            force: given.force,
          },
          after,
          plan,
          planning,
        )
      : {}
    return plan.outcome({ ...resultOf(given, after, !before), ...key }, printed)
  },
})

/** What only the host knew: the numbers it has chosen, and the key it has made. */
function printed(output: string): Dict {
  const at = (name: string) => new RegExp(`^${name} (.+)$`, 'm').exec(output)?.[1]
  const [uid, gid, key] = [at('uid'), at('gid'), at('key')]
  return {
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    ...(gid === undefined ? {} : { group: Number(gid) }),
    ...(key === undefined ? {} : publicKeyFacts(key)),
  }
}

function hostName(fact: unknown): string {
  return typeof fact === 'string' ? fact : 'this host'
}

function resultOf(
  given: {
    groups?: string[]
    append: boolean
    move_home: boolean
    create_home: boolean
    system: boolean
    password?: string
  },
  after: User,
  isNew: boolean,
): Dict {
  return {
    name: after.name,
    state: 'present',
    uid: after.uid,
    group: after.gid,
    comment: after.comment,
    home: after.home,
    shell: after.shell,
    ...(given.groups === undefined ? {} : { groups: given.groups.join(',') }),
    ...(given.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    ...(isNew
      ? { create_home: given.create_home, system: given.system }
      : { append: given.append, move_home: given.move_home }),
  }
}
