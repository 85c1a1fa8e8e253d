import { authoredScript, joinScripts, quote, type Script, sh } from '../transport/shell.ts'
import { textOf } from '../variables/text.ts'
import { args, bool, dict, int, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, opaqueScript, unchanged } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { wordsWrite } from './support/plainly-writes.ts'
import { createdEffects, finishCommand, guard } from './support/run-command.ts'
import { splitWords } from './support/split-words.ts'

export default defineModule({
  name: 'expect',
  summary: 'Runs a program at a terminal of its own and answers what it asks.',
  preview: 'runs nothing: the result is unknown. `creates` and `removes` tell more.',
  args: args({
    command: text('The command line; no shell reads it.'),
    responses: dict(
      'Regular expressions of what is asked (Perl’s, as grep has them), and what is answered: a text, or a list of one for each time.',
    ),
    timeout: optional(int('Seconds without a question that is known. @default 30')),
    echo: bool('Show in the output what was answered.', { default: false }),
    chdir: optional(path('The directory to run in.')),
    creates: optional(path('A path or pattern; when something is there, the command is not run.')),
    removes: optional(path('A path or pattern; when nothing is there, the command is not run.')),
  }),
  plan: (given, planning) => {
    const words = splitWords(given.command)
    if (words.length === 0) return failed('no command given', { rc: 256 })
    const guarded = guard(given, planning)
    if (guarded) return unchanged({ ...guarded, cmd: given.command })
    return opaqueScript({
      what: given.command.length > 60 ? `${given.command.slice(0, 57)}…` : given.command,
      writes: wordsWrite(words),
      after: createdEffects(given.creates, words, planning),
      script: conversation(given, words, planning),
      finish: (answer, time) => {
        const [complaint] = answer.stderr.toString('utf8').split('\n')
        const result = finishCommand({ ...answer, stderr: Buffer.alloc(0) }, {}, given.command, time)
        return complaint === '' ? result : { ...result, rc: null, failed: true, msg: complaint! }
      },
    })
  },
})

interface Given {
  readonly responses: Record<string, unknown>
  readonly timeout?: number
  readonly echo: boolean
  readonly chdir?: string
}

/**
 * What the program writes goes to a file. Of the questions in what is new there, the first is answered, and what comes
 * after it is new. The answers are words of the shell itself: no process shows them.
 */
function conversation(
  { responses, timeout = 30, echo, chdir }: Given,
  words: readonly string[],
  planning: Planning,
): Script {
  const questions = Object.entries(responses)
  return joinScripts([
    sh`command -v script >/dev/null || { echo 'the program script (of bsdutils) is not there' >&2; exit 1; }`,
    ...(chdir === undefined ? [] : [sh`cd -P -- ${hostPath(chdir, planning)} || exit`]),
    sh`umask 077
expect=$(mktemp -d) || exit
trap 'rm -rf -- "$expect"' EXIT
mkfifo -- "$expect/in" && : > "$expect/out" || exit
exec 9<>"$expect/in"
SHELL=/bin/sh script -qefc ${words.map((word) => quote(word)).join(' ')} -E ${echo ? 'always' : 'never'} /dev/null < "$expect/in" > "$expect/out" 2>&1 9<&- &
program=$!
end() { kill "$program" 2>/dev/null; cat -- "$expect/out"; echo "$1" >&2; exit 1; }
read_from=1 waited=0`,
    ...questions.map((_, index) => sh`asked_${index}=0`),
    sh`while :; do
  kill -0 "$program" 2>/dev/null && runs=1 || runs=
  tail -c "+$read_from" -- "$expect/out" > "$expect/new"
  first= which= length=0`,
    ...questions.map(
      (
        [pattern],
        index,
      ) => sh`  grep -aobPz -e ${pattern} -- "$expect/new" 2>/dev/null | head -z -n 1 | tr -d '\\0' > "$expect/match"
  if [ -s "$expect/match" ]; then
    IFS=: read -r offset rest < "$expect/match"
    if [ -z "$first" ] || [ "$offset" -lt "$first" ]; then
      first=$offset which=${index} length=$(($(wc -c < "$expect/match") - \${#offset} - 1))
    fi
  fi`,
    ),
    sh`  if [ -n "$which" ]; then
    waited=0 read_from=$((read_from + first + length))
    case $which in`,
    ...questions.map(([pattern, answer], index) => answering(pattern, answer, index)),
    sh`    esac
  elif [ -z "$runs" ]; then
    wait "$program"; status=$?
    cat -- "$expect/out"
    exit "$status"
  elif [ "$waited" -ge ${timeout * 10} ]; then end 'command exceeded timeout'
  else waited=$((waited + 1)); sleep 0.1; fi
done`,
  ])
}

function answering(pattern: string, answer: unknown, index: number): Script {
  const say = (each: unknown) => sh`printf '%s\\n' ${textOf(each).replace(/\n+$/, '')} >&9`
  if (!Array.isArray(answer)) return sh`    ${index}) ${say(answer)};;`
  const name = `asked_${index}`
  return joinScripts([
    sh`    ${index}) case $${authoredScript(name)} in`,
    ...answer.map((each, time) => sh`      ${time}) ${say(each)};;`),
    sh`      *) end ${`No remaining responses for '${pattern}'`};;
    esac
    ${authoredScript(name)}=$((${authoredScript(name)} + 1));;`,
  ])
}
