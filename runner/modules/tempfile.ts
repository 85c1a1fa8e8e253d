import { joinScripts, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, choice, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change } from './outcome.ts'
import { hostPath } from './support/host-path.ts'

export default defineModule({
  name: 'tempfile',
  summary: 'Makes a temporary file or directory.',
  preview: 'tells that one will be made; its name is known only when it is.',
  args: args({
    state: choice(['file', 'directory'], 'What to make.', { default: 'file' }),
    path: optional(path('The directory to make it in. The temporary directory of the host by default.')),
    prefix: text('How its name begins.', { default: 'ansible.' }),
    suffix: text('How its name ends.', { default: '' }),
  }),
  plan: ({ state, path, prefix, suffix }, planning) => {
    const { user, group } = planning.identity()
    const later = new Unknown({ what: 'the name of the temporary file', location: planning.location })
    const directory = path === undefined ? sh`"\${TMPDIR:-/tmp}"` : sh`${hostPath(path, planning)}`
    const mode = state === 'directory' ? '0700' : '0600'
    const flag = state === 'directory' ? sh`-d ` : sh``
    return change({
      diff: [{ path: `temporary ${state}`, attributes: [{ name: 'state', before: null, after: state }] }],
      script: joinScripts([
        sh`umask 077`,
        sh`made=$(mktemp ${flag}--suffix=${suffix} -p ${directory} -- ${`${prefix}XXXXXXXX`}) && printf %s "$made"`,
      ]),
      after: [],
      result: { path: later, state, mode, owner: user, group },
      finish: ({ stdout }) => ({ path: stdout.toString('utf8') }),
    })
  },
})
