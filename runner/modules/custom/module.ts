import { Type } from 'typebox'
import { basename } from 'node:path'
import { str } from '../../expressions/python/text.ts'
import { authoredScript, joinScripts, quote, type Script, sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import { openAuthorFile } from '../author-files.ts'
import { type AnyModule, defineModule, type Planning } from '../module.ts'
import { failed, opaqueScript } from '../outcome.ts'
import { splitWords } from '../support/split-words.ts'
import { resultOf } from './answer.ts'
import { interpreterOf, kindOf, type ModuleKind, PLACEHOLDER } from './kind.ts'

/**
 * A module of the author's own, as a file in `library/`. It is sent to the host and run there; its arguments go over
 * standard input, or lie beside it in a directory that nobody else may enter and that is removed in any case.
 *
 * @param path the file
 * @source https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
 */
export function customModule(name: string, path: string): AnyModule {
  return defineModule({
    name,
    summary: `A module of one's own: ${path}.`,
    preview: 'runs nothing: the result is unknown, and so is what depends on it.',
    args: Type.Object({}, { additionalProperties: Type.Unknown({ ansible: 'raw' }) }),
    plan: (args, planning) => {
      const file = openAuthorFile(path)
      if (!file) return failed(`the module '${name}' is gone: there is no ${path} any more`)
      const kind = kindOf(path, file.bytes)
      if (kind === 'powershell') return failed(`the module '${name}' is PowerShell, which is not run here`)
      const run = runOf(name, kind, file.bytes, planning)
      if (run === undefined) return failed(`module (${name}) is missing interpreter line`)
      const given = { ...(args as Dict), ...internal(name) }
      const module = kind === 'placeholder' ? filledIn(file.bytes, given) : file.bytes
      const words = Buffer.from(argumentsAs(kind, given))
      return opaqueScript({
        what: name,
        after: [],
        tellsFacts: true,
        script: joinScripts([keep(basename(path), module.length, kind), run]),
        payload: Buffer.concat([module, words]),
        finish: (answer) => resultOf(answer, name),
      })
    },
  })
}

/**
 * What Ansible tells its modules beside their arguments. That they are not to log them is always said: a host's log is
 * no place for secrets.
 */
function internal(name: string): Dict {
  return {
    _ansible_check_mode: false,
    _ansible_diff: false,
    _ansible_no_log: true,
    _ansible_debug: false,
    _ansible_verbosity: 0,
    _ansible_module_name: name,
    _ansible_keep_remote_files: false,
    _ansible_remote_tmp: '~/.ansible/tmp',
    _ansible_shell_executable: '/bin/sh',
    _ansible_selinux_special_fs: ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'],
    _ansible_string_conversion_action: 'warn',
    _ansible_syslog_facility: 'LOG_USER',
  }
}

function argumentsAs(kind: ModuleKind, given: Dict): string {
  if (kind === 'python') return JSON.stringify({ ANSIBLE_MODULE_ARGS: given })
  if (kind !== 'words') return JSON.stringify(given)
  return Object.entries(given)
    .map(([name, value]) => `${name}=${quote(str(value))} `)
    .join('')
}

function filledIn(bytes: Buffer, given: Dict): Buffer {
  return Buffer.from(bytes.toString('utf8').replaceAll(PLACEHOLDER, () => JSON.stringify(given)))
}

/** Writes the module, and unless it reads its arguments itself these too, where only its user can read them. */
function keep(file: string, length: number, kind: ModuleKind): Script {
  const lines = [
    sh`umask 077
directory=$(mktemp -d) || exit
trap 'rm -rf -- "$directory"' EXIT
trap 'exit 143' HUP INT TERM
module="$directory/"${`ansible_${file}`}
head -c ${length} >"$module" && chmod 0700 "$module" || exit`,
  ]
  if (kind !== 'python') lines.push(sh`cat >"$directory/args" || exit`)
  return joinScripts(lines)
}

/** How it is run; undefined where nothing says so. */
function runOf(name: string, kind: ModuleKind, bytes: Buffer, planning: Planning): Script | undefined {
  const umask = sh`umask ${planning.identity().umask.toString(8).padStart(4, '0')}`
  const line = (program: Script) =>
    kind === 'python'
      ? sh`${umask}
${program} "$module"`
      : sh`${umask}
${program} "$module" "$directory/args" </dev/null`
  if (kind === 'binary')
    return sh`${umask}
"$module" "$directory/args" </dev/null`
  const written = interpreterOf(bytes)
  if (kind === 'python') return line(interpreter(['python'], planning))
  return written && line(interpreter(written, planning))
}

// `ansible_python_interpreter` and its like stand in for what the first line says; there may be no plain `python`.
function interpreter([program = '', ...words]: readonly string[], planning: Planning): Script {
  const name = basename(program)
  const said = planning.variable(`ansible_${name}_interpreter`)
  const isSaid = typeof said === 'string' && said !== '' && !said.startsWith('auto')
  if (isSaid) return sh`${splitWords(said)} ${words}`
  return name === 'python' ? sh`python3 ${words}` : authoredScript([program, ...words].map(quote).join(' '))
}
