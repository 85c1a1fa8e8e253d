import { args, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { opaqueScript } from './outcome.ts'
import { finishCommand } from './support/run-command.ts'
import { shellScript } from './support/shell-script.ts'
import { authoredScript } from '../transport/shell.ts'

export default defineModule({
  name: 'raw',
  summary: 'Runs a command line as it is, in the login shell of the session.',
  preview:
    'runs nothing: the result is unknown, and so is what depends on it. `check_mode: false` runs it also then.',
  freeForm: 'cmd',
  args: args({ cmd: text('The command line.'), executable: optional(path('The shell.')) }),
  plan: ({ cmd, executable }) =>
    opaqueScript({
      what: cmd.length > 60 ? `${cmd.slice(0, 57)}…` : cmd,
      script: executable === undefined ? authoredScript(cmd) : shellScript(cmd, executable),
      after: [],
      finish: (answer) => {
        const { start: _, end: __, delta: ___, cmd: ____, ...result } = finishCommand(answer, {}, cmd)
        return result
      },
    }),
})
