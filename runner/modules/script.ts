import { basename } from 'node:path'
import { authoredScript, joinScripts, sh } from '../transport/shell.ts'
import { textOf } from '../variables/text.ts'
import { args, bool, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, opaqueScript, skipped } from './outcome.ts'
import { authorBytes } from './support/author-bytes.ts'
import { hostPath } from './support/host-path.ts'
import { createdEffects, finishCommand, guard } from './support/run-command.ts'
import { splitWords } from './support/split-words.ts'

export default defineModule({
  name: 'script',
  summary: 'Runs a script of this side on the host.',
  preview:
    'runs nothing: the result is unknown, and so is what depends on it. `creates`, `removes` and `changed_when: false` tell more.',
  freeForm: 'cmd',
  args: args({
    cmd: optional(text('The script, as in `files/`, and its arguments.')),
    chdir: optional(path('The directory on the host to run in.')),
    creates: optional(path('A path or pattern; when something is there, the script is not run.')),
    removes: optional(path('A path or pattern; when nothing is there, the script is not run.')),
    executable: optional(
      text('The program that runs it, with its arguments; by default what its first line says.'),
    ),
    decrypt: bool('Decrypt vaulted files.', { default: true }),
  }),
  plan: (given, planning) => {
    const [name, ...words] = splitWords(given.cmd ?? '')
    if (name === undefined) return failed('one of the following is required: a script as free text, cmd')
    const guarded = guard(given, planning)
    if (guarded) return skipped(textOf(guarded['msg']))
    const file = planning.author.find('files', name)
    if (file.directory) return failed(`${name} is a directory`)
    const { bytes } = authorBytes(file, given.decrypt, planning)
    const run =
      given.executable === undefined
        ? sh`"$directory/"${basename(name)}`
        : sh`${authoredScript(given.executable)} "$directory/"${basename(name)}`
    return opaqueScript({
      what: given.cmd!,
      after: createdEffects(given.creates, [name], planning),
      script: joinScripts([
        sh`umask 077
directory=$(mktemp -d) || exit
trap 'rm -rf -- "$directory"' EXIT
head -c ${bytes.length} > "$directory/"${basename(name)} && chmod 0700 "$directory/"${basename(name)} || exit`,
        ...(given.chdir === undefined ? [] : [sh`cd -P -- ${hostPath(given.chdir, planning)} || exit`]),
        sh`umask ${planning.identity().umask.toString(8).padStart(4, '0')}
${run} ${words} </dev/null`,
      ]),
      payload: bytes,
      finish: (answer) => finishCommand(answer, {}, given.cmd!),
    })
  },
})
