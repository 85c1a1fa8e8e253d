/** What a task asks of a user; what is undefined is left as it is. */
export interface WantedUser {
  readonly name: string
  readonly uid?: number
  /** Name or number of the primary group. */
  readonly group?: string
  readonly groups?: readonly string[]
  readonly append: boolean
  readonly shell?: string
  readonly home?: string
  readonly create_home: boolean
  readonly move_home: boolean
  readonly skeleton?: string
  readonly umask?: string
  readonly system: boolean
  readonly comment?: string
  readonly password?: string
  readonly update_password: 'always' | 'on_create'
  readonly password_lock?: boolean
  readonly expires?: number
  readonly password_expire_min?: number
  readonly password_expire_max?: number
  readonly password_expire_warn?: number
  readonly password_expire_account_disable?: number
  readonly non_unique: boolean
  readonly force: boolean
  readonly remove: boolean
  readonly uid_min?: number
  readonly uid_max?: number
}

/** The day on which an account expires, in days since 1970; null when it never does (a negative time). */
export function expiryDay(seconds: number): number | null {
  return seconds < 0 ? null : Math.floor(seconds / 86_400)
}

/** A day since 1970 as `useradd` takes it; '' for never. */
export function isoDay(day: number | null): string {
  return day === null ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** Whether the text is a hash, or one of the marks that no password fits. */
export function isPasswordHash(text: string): boolean {
  return /^[!*]+$|^!*\$[^:]+$|^!*[./0-9A-Za-z]{13}$|^!*_[./0-9A-Za-z]{19}$/.test(text) || text === ''
}
