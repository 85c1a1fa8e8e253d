import { posix } from 'node:path'
import { effect } from '../host/state.ts'
import { gitScope, gitSetting } from '../resources/git-setting.ts'
import { resource } from '../resources/resource.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { args, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, unchanged, undecided } from './outcome.ts'
import { environmentFor } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { isRewritten } from './support/is-rewritten.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/git_config_module.html */
export default defineModule({
  name: 'git_config',
  summary: 'Sets what git goes by.',
  args: args({
    name: text('The name: user.email.'),
    value: optional(text('The value.')),
    scope: optional(choice(['file', 'local', 'global', 'system'], 'Which of its files. @default system')),
    repo: optional(path('The repository, for local.')),
    file: optional(path('The file, for file.')),
    state: choice(['absent', 'present'], 'Whether it is to be set.', { default: 'present' }),
    add_mode: choice(['add', 'replace-all'], 'add: beside the values that are there.', {
      default: 'replace-all',
    }),
  }),
  plan: ({ name, value, scope, repo, file, state, add_mode }, planning) => {
    if (scope === 'local' && repo === undefined)
      return failed('scope is local but all of the following are missing: repo')
    if (scope === 'file' && file === undefined)
      return failed('scope is file but all of the following are missing: file')
    if (state === 'present' && value === undefined)
      return failed('state is present but all of the following are missing: value')
    const { user } = planning.identity()
    const key =
      scope === 'local'
        ? { scope: 'file' as const, path: repositoryConfig(hostPath(repo!, planning), planning), name, user }
        : scope === 'file'
          ? { scope, path: hostPath(file!, planning), name, user }
          : {
              scope: scope ?? ('system' as const),
              name,
              user,
              ...environmentFor(planning, /^(?:HOME|XDG_CONFIG_HOME|GIT_CONFIG.*)$/),
            }
    const at = key.path ?? fileOf(key.scope, planning)
    if (isRewritten(at, resource(gitSetting, key), planning))
      return undecided([{ what: `what is set in ${at}` }])
    const before = planning.state.read(gitSetting, key)
    if (before === null && !planning.files.exists('/usr/bin/git'))
      return failed('Failed to find required executable "git"')
    const there = before ?? []
    const after =
      state === 'absent'
        ? []
        : add_mode === 'replace-all'
          ? [value!]
          : there.includes(value!)
            ? there
            : [...there, value!]
    const same = after.length === there.length && after.every((each, index) => each === there[index])
    if (same) return unchanged({ msg: state === 'absent' ? 'no setting to unset' : '' })
    const run = sh`git config ${gitScope(key)}`
    return change({
      diff: [
        {
          path: `git ${key.path ?? key.scope}`,
          attributes: [{ name, before: there.join(', ') || null, after: after.join(', ') || null }],
        },
      ],
      script:
        state === 'absent'
          ? sh`${run} --unset-all ${name}`
          : add_mode === 'add'
            ? sh`${run} --add ${name} ${value!}`
            : joinScripts([sh`${run} --replace-all ${name} ${value!}`]),
      after: [effect(gitSetting, key, after)],
      // The file that it stands in.
      sideEffects: true,
      result: { msg: 'setting changed', name, scope: scope ?? 'system' },
    })
  },
})

function fileOf(scope: string, planning: Planning): string {
  const { HOME = '~', GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM } = planning.environment
  return hostPath(
    scope === 'system' ? GIT_CONFIG_SYSTEM || '/etc/gitconfig' : GIT_CONFIG_GLOBAL || `${HOME}/.gitconfig`,
    planning,
  )
}

function repositoryConfig(repo: string, { files }: Planning): string {
  const inside = posix.join(repo, '.git/config')
  return files.exists(inside) ? inside : posix.join(repo, 'config')
}
