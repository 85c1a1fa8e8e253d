import { posix } from 'node:path'
import { type Script, sh } from '../../transport/shell.ts'

/** Shells that can be told to read what they run; anything else that is named gets it behind `-c`. */
const SHELLS = /^(?:ba|da|a|k|z)?sh$/

/** Constant, so that `ps` shows nothing of the author's: reads the script and runs it with its own standard input. */
const LOADER = 'script=$(cat <&3; echo .); exec 3<&-; eval "unset script; ${script%.}"'

/**
 * Runs an author's shell code without its text being in anybody's argv, where every user of the host could read it.
 * The frame came to the host's `sh` through a pipe; so the code is run there, or handed on through another pipe.
 *
 * @param executable the shell; the host's `sh` when it is not given
 */
export function shellScript(code: string, executable?: string): Script {
  if (executable === undefined || executable === '/bin/sh') return sh`eval ${code}`
  if (!SHELLS.test(posix.basename(executable))) return sh`${executable} -c ${code}`
  // `printf` is built into the shells that frames run in.
  return sh`exec 4<&0
printf %s ${code} | ${executable} -c ${LOADER} ${executable} 3<&0 0<&4 4<&-`
}

/** What the host's `sh` complains of, without the word that tells how it was given the code. */
export function withoutEval(stderr: string): string {
  return stderr.replaceAll(/^(\/bin\/sh: (?:line )?\d+: )eval: /gm, '$1')
}
