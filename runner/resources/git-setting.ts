import { sh } from '../transport/shell.ts'
import { type Environment, environmentId, exported } from './environment.ts'
import { atPath, defineResource } from './resource.ts'

/** A name in one of git's files of settings. */
export interface GitSettingKey {
  /** `system`, `global` (of the user who asks), or `file`. */
  readonly scope: 'system' | 'global' | 'file'
  /** Absolute path, for `file`. */
  readonly path?: string
  /** `user.name` */
  readonly name: string
  /** Who asks. */
  readonly user: string
  readonly environment?: Environment
}

/** The values of a name, none where it is not set; null where there is no git. */
export const gitSetting = defineResource<GitSettingKey, readonly string[] | null>({
  name: 'git setting',
  id: ({ scope, path = '', name, user, environment }) =>
    `${scope === 'file' ? path : `${scope} ${user}${environmentId(environment)}`} ${name}`,
  outdatedBy: atPath((changed, { path, environment = {} }) =>
    path === undefined
      ? /\/(?:\.?gitconfig|git\/config)$/.test(changed) || Object.values(environment).includes(changed)
      : changed === path,
  ),
  read: (keys) =>
    sh`${keys.map(
      (key) => sh`( ${exported(key.environment)}
if command -v git >/dev/null; then printf '+\\0'; git config ${gitScope(key)} --includes -z --get-all ${key.name}; printf '\\001\\0'; else printf -- '-\\0\\001\\0'; fi ) 2>/dev/null
`,
    )}`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map(() => {
      const [mark, ...values] = records.splice(0, records.indexOf('\u0001') + 1)
      return mark === '+' ? values.slice(0, -1) : null
    })
  },
})

/** Options of `git config` that choose a file. */
export function gitScope({ scope, path }: GitSettingKey): string[] {
  return scope === 'file' ? ['--file', path!] : [`--${scope}`]
}
