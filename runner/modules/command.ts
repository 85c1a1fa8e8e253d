import { args, bool, item, list, optional, path, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, opaqueScript, unchanged } from './outcome.ts'
import { keepsToItsWords } from './support/keeps-to-its-words.ts'
import { wordsWrite } from './support/plainly-writes.ts'
import { commandScript, finishCommand, guard, programScript } from './support/run-command.ts'
import { splitWords } from './support/split-words.ts'

export default defineModule({
  name: 'command',
  summary: 'Runs a program, without a shell.',
  preview:
    'runs nothing: the result is unknown, and so is what depends on it. `creates`, `removes` and `changed_when: false` tell more; `check_mode: false` runs it also then.',
  freeForm: 'cmd',
  args: args({
    cmd: optional(text('The command line.')),
    argv: optional(list(item.text, 'The program and its arguments, one by one.')),
    chdir: optional(path('The directory to run in.')),
    creates: optional(path('A path or pattern; when something is there, the command is not run.')),
    removes: optional(path('A path or pattern; when nothing is there, the command is not run.')),
    stdin: optional(raw('What the program reads.')),
    stdin_add_newline: bool('End `stdin` with a newline.', { default: true }),
    strip_empty_ends: bool('Drop empty lines at the end of what it prints.', { default: true }),
    expand_argument_vars: bool('Expand variables of the environment.', { default: true }),
  }),
  plan: (given, planning) => {
    if (given.cmd === undefined && given.argv === undefined) return failed('no command given', { rc: 256 })
    if (given.cmd !== undefined && given.argv !== undefined)
      return failed('only command or argv can be given, not both', { rc: 256 })
    const words = given.argv ?? splitWords(given.cmd!)
    const line = given.cmd ?? words.join(' ')
    const guarded = guard(given, planning)
    if (guarded) return unchanged({ ...guarded, cmd: words })
    return opaqueScript({
      what: line.length > 60 ? `${line.slice(0, 57)}…` : line,
      ...(keepsToItsWords(words) ? { declared: true } : {}),
      writes: wordsWrite(words),
      ...commandScript(programScript(words, given.expand_argument_vars), words, given, planning),
      finish: (answer, time) => finishCommand(answer, given, words, time),
    })
  },
})
