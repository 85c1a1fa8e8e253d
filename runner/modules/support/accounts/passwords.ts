import type { Shadow, User } from '../../../resources/user.ts'
import { sh } from '../../../transport/shell.ts'
import type { UserChange } from './user-change.ts'
import { expiryDay, type WantedUser } from './wanted-user.ts'

const NEW: Shadow = { hash: '!', minimum: null, maximum: null, warning: null, inactive: null, expires: null }

/**
 * Plans a user's password, its lock and its ages. The hash goes through standard input.
 *
 * @param before undefined for a new user
 */
export function setPassword(
  wanted: WantedUser,
  before: User | undefined,
  after: User,
  plan: UserChange,
): User {
  const none: Shadow = wanted.expires === undefined ? NEW : { ...NEW, expires: expiryDay(wanted.expires) }
  let shadow = after.shadow ?? before?.shadow ?? none
  const { name } = wanted
  const bare = (hash: string) => hash.replace(/^!+/, '')
  if (
    wanted.password !== undefined &&
    (!before ||
      (wanted.update_password === 'always' &&
        !(before.shadow && samePassword(wanted.password, before.shadow.hash))))
  ) {
    plan.differs('password', before ? '(the old one)' : null, '(the new one)')
    plan.feed(sh`chpasswd -e`, `${name}:${wanted.password}\n`)
    shadow = { ...shadow, hash: wanted.password }
  }
  const locked = shadow.hash.startsWith('!')
  if (wanted.password_lock !== undefined && wanted.password_lock !== locked) {
    plan.differs('password', locked ? 'locked' : 'open', locked ? 'open' : 'locked')
    plan.run(sh`usermod ${locked ? '-U' : '-L'} -- ${name}`)
    shadow = { ...shadow, hash: locked ? bare(shadow.hash) : `!${shadow.hash}` }
  }
  const ages: ['minimum' | 'maximum' | 'warning' | 'inactive', string, number | undefined][] = [
    ['minimum', '-m', wanted.password_expire_min],
    ['maximum', '-M', wanted.password_expire_max],
    ['warning', '-W', wanted.password_expire_warn],
    ['inactive', '-I', wanted.password_expire_account_disable],
  ]
  const options = ages.flatMap(([age, flag, days]) => {
    if (days === undefined || shadow[age] === days) return []
    plan.differs(`password age, ${age}`, String(shadow[age] ?? 'none'), String(days))
    shadow = { ...shadow, [age]: days }
    return [flag, String(days)]
  })
  if (options.length > 0) plan.run(sh`chage ${options} -- ${name}`)
  return shadow === none ? after : { ...after, shadow }
}

// A lock is not part of the password, unless there is nothing else.
function samePassword(wanted: string, hash: string): boolean {
  return wanted === hash || (/[^!]/.test(wanted) && wanted.replace(/^!+/, '') === hash.replace(/^!+/, ''))
}
