import { posix } from 'node:path'
import { type Arguments, args, bool, choice, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { placeFile } from './support/place-file.ts'
import { removeFile } from './support/remove-file.ts'

const schema = args({
  name: text('The name of the rule: that of its file.'),
  state: choice(['absent', 'present'], 'Whether the rule is to be there.', { default: 'present' }),
  user: optional(text('Whom it is for.')),
  group: optional(text('The group whom it is for.')),
  commands: optional(list(item.text, 'What may be run: ALL, or absolute paths with arguments.')),
  host: text('Where it holds.', { default: 'ALL' }),
  runas: optional(text('As whom it may be run.')),
  nopassword: bool('Without a password.', { default: true }),
  noexec: bool('What is run may run nothing else.', { default: false }),
  setenv: bool('The environment may be kept.', { default: false }),
  defaults: optional(list(item.text, 'Settings (Defaults) for the user or group.')),
  sudoers_path: path('The directory of the rules.', { default: '/etc/sudoers.d' }),
  validation: choice(['absent', 'detect', 'required'], 'Whether visudo must accept the rule.', {
    default: 'detect',
  }),
})

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/sudoers_module.html */
export default defineModule({
  name: 'sudoers',
  summary: 'Keeps rules of sudo, each in a file of its own.',
  args: schema,
  plan: (given, planning): Outcome => {
    if (given.name.includes('/')) return failed(`'${given.name}' is no name of a file`)
    const file = posix.join(hostPath(given.sudoers_path, planning), given.name)
    if (given.state === 'absent') return removeFile(file, planning)
    if (given.user !== undefined && given.group !== undefined)
      return failed('parameters are mutually exclusive: user|group')
    if (given.user === undefined && given.group === undefined)
      return failed('state is present but any of the following are missing: user, group')
    if (given.commands === undefined)
      return failed('state is present but all of the following are missing: commands')
    const visudo = ['/usr/sbin/visudo', '/sbin/visudo'].find((each) => planning.files.exists(each))
    if (visudo === undefined && given.validation === 'required')
      return failed('Failed to find required executable "visudo"')
    return placeFile(
      {
        path: file,
        bytes: Buffer.from(rule(given)),
        attributes: { mode: '0440' },
        follow: true,
        ...(visudo === undefined || given.validation === 'absent' ? {} : { validate: `${visudo} -c -f %s` }),
      },
      planning,
    )
  },
})

function rule({
  user,
  group,
  commands = [],
  host,
  runas,
  nopassword,
  noexec,
  setenv,
  defaults = [],
}: Arguments<typeof schema>): string {
  const who = user ?? `%${group}`
  const tags = [nopassword ? 'NOPASSWD:' : '', noexec ? 'NOEXEC:' : '', setenv ? 'SETENV:' : ''].join('')
  const as = runas === undefined ? '' : `(${runas})`
  return [
    ...defaults.map((each) => `Defaults:${who} ${each}\n`),
    `${who} ${host}=${as}${tags} ${commands.join(', ')}\n`,
  ].join('')
}
