import { effect } from '../host/state.ts'
import { group } from '../resources/group.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, int, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, unchanged } from './outcome.ts'

export default defineModule({
  name: 'group',
  summary: 'Makes and removes groups.',
  args: args({
    name: text('The name.'),
    state: choice(['present', 'absent'], 'Whether it is to be there.', { default: 'present' }),
    gid: optional(int('Its number.')),
    system: bool('A system group, when it is made.', { default: false }),
    non_unique: bool('Its number may be another group’s too.', { default: false }),
    force: bool('Remove it though it is somebody’s primary group.', { default: false }),
    local: bool('Accepted; the host’s own tools are used.', { default: false }),
  }),
  reads: ({ name }) => [{ kind: group, key: name }],
  plan: (given, planning) => {
    const { name, gid } = given
    const now = planning.state.read(group, name)
    if (given.state === 'absent') {
      if (now === null) return unchanged({ name, state: 'absent' })
      return change({
        diff: [
          { path: `group ${name}`, attributes: [{ name: 'state', before: 'present', after: 'absent' }] },
        ],
        script: sh`groupdel ${given.force ? ['-f'] : []} -- ${name}`,
        after: [effect(group, name, null)],
        sideEffects: true,
        result: { name, state: 'absent' },
      })
    }
    const result = { name, state: 'present', system: given.system }
    const number = given.non_unique ? ['-o'] : []
    if (now === null) {
      return change({
        diff: [
          {
            path: `group ${name}`,
            attributes: [
              { name: 'state', before: 'absent', after: 'present' },
              ...(gid === undefined ? [] : [{ name: 'gid', before: null, after: String(gid) }]),
            ],
          },
        ],
        script: sh`groupadd ${given.system ? ['-r'] : []} ${gid === undefined ? [] : ['-g', gid, ...number]} -- ${name}`,
        after: [
          effect(group, name, {
            name,
            gid: gid ?? new Unknown({ what: `the number the host picks for group ${name}` }),
            members: [],
          }),
        ],
        result: {
          ...result,
          gid: gid ?? new Unknown({ what: `the number the host picks for group ${name}` }),
        },
        finish: gid === undefined ? undefined : () => ({ ...result, gid }),
      })
    }
    if (gid === undefined || now.gid === gid) return unchanged({ ...result, gid: now.gid })
    return change({
      diff: [
        { path: `group ${name}`, attributes: [{ name: 'gid', before: String(now.gid), after: String(gid) }] },
      ],
      script: joinScripts([sh`groupmod -g ${gid} ${number} -- ${name}`]),
      after: [effect(group, name, { ...now, gid })],
      sideEffects: true,
      result: { ...result, gid },
    })
  },
})
