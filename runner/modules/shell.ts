import { args, bool, optional, path, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, opaqueScript, unchanged } from './outcome.ts'
import { lineWrites } from './support/plainly-writes.ts'
import { shellScript } from './support/shell-script.ts'
import { commandScript, finishCommand, guard } from './support/run-command.ts'

export default defineModule({
  name: 'shell',
  summary: 'Runs a command line in a shell.',
  preview:
    'runs nothing: the result is unknown, and so is what depends on it. `creates`, `removes` and `changed_when: false` tell more; `check_mode: false` runs it also then.',
  freeForm: 'cmd',
  args: args({
    cmd: optional(text('The command line.')),
    chdir: optional(path('The directory to run in.')),
    creates: optional(path('A path or pattern; when something is there, the command is not run.')),
    removes: optional(path('A path or pattern; when nothing is there, the command is not run.')),
    executable: optional(path('The shell; /bin/sh by default.')),
    stdin: optional(raw('What the command reads.')),
    expand_argument_vars: optional(bool('Of `command` only: a shell always expands.')),
    stdin_add_newline: bool('End `stdin` with a newline.', { default: true }),
  }),
  plan: (given, planning) => {
    if (given.expand_argument_vars !== undefined)
      return failed('Unsupported parameters for (shell) module: expand_argument_vars')
    if (given.cmd === undefined || given.cmd === '') return failed('no command given', { rc: 256 })
    const guarded = guard(given, planning)
    if (guarded) return unchanged({ ...guarded, cmd: given.cmd })
    const first = given.cmd.split('\n', 1)[0]!
    return opaqueScript({
      what: first.length > 60 || first !== given.cmd ? `${first.slice(0, 57)}…` : first,
      writes: lineWrites(given.cmd),
      ...commandScript(shellScript(given.cmd, given.executable), [given.cmd], given, planning),
      finish: (answer, time) => finishCommand(answer, given, given.cmd!, time),
    })
  },
})
