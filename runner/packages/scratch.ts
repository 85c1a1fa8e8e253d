import { randomBytes } from 'node:crypto'
import { type Script, sh } from '../transport/shell.ts'

/** Nobody can guess it, so nobody can have put something in its place. */
const token = randomBytes(12).toString('hex')

/**
 * Shell code that a read begins with when it needs room on the host: sets `$scratch` to a private directory (0700) that
 * lives as long as the session's shell, so that later reads find there what earlier ones fetched. Whatever ends the
 * session (the run's end, Ctrl-C, a lost connection), a watcher removes the directory.
 */
export const openScratch: Script = sh`umask 077
scratch=\${TMPDIR:-/tmp}/${`.rehearsal-${token}`}-$PPID
if [ ! -d "$scratch" ]; then
  mkdir -- "$scratch" || exit
  setsid sh -c 'cd /; tail --pid="$1" -s 0.3 -f /dev/null; rm -rf -- "$2"' sh "$PPID" "$scratch" </dev/null >/dev/null 2>&1 3>&- &
fi`

/** Removes the session's scratch directory, if there is one. */
export const removeScratch: Script = sh`rm -rf -- "\${TMPDIR:-/tmp}/${`.rehearsal-${token}`}-$PPID"`
