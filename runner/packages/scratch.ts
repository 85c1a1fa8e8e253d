import { randomBytes } from 'node:crypto'
import { type Script, sh } from '../transport/shell.ts'

/** Nobody can guess it, so nobody can have put something in its place. */
const token = randomBytes(12).toString('hex')

/** The scratch directory of any session, wherever it is mentioned. */
export const SCRATCH = /\/(?:tmp|dev\/shm)\/\.rehearsal-[\da-f]{24}-\d+(?=\/|$|\b)/g

/**
 * Shell code that a read begins with when it needs room on the host: sets `$scratch` to a private directory (0700) that
 * lives as long as the session's shell, so that later reads find there what earlier ones fetched. Whatever ends the
 * session (the run's end, Ctrl-C, a lost connection), a watcher removes the directory.
 */
export const openScratch: Script = sh`umask 077
${findScratch()}
# Another read of the same frame may be at it too. The watcher is nobody's child, so that it outlives what is ended.
if [ ! -d "$scratch" ]; then
  ( setsid sh -c 'cd /; tail --pid="$1" -s 0.3 -f /dev/null; rm -rf -- "$2"' sh "$PPID" "$scratch" </dev/null >/dev/null 2>&1 3>&- & )
  mkdir -- "$scratch" 2>/dev/null || [ -d "$scratch" ] || { mkdir -- "$scratch"; exit 1; }
fi
# What apt and gpg put aside goes there too.
export TMPDIR="$scratch"`

/** Removes the session's scratch directory, if there is one. */
export const removeScratch: Script = sh`${findScratch()}
rm -rf -- "$scratch"`

// In memory where there is enough of it, so that not even the time of /tmp changes on disk.
function findScratch(): Script {
  const name = `.rehearsal-${token}`
  return sh`scratch=/tmp/${name}-$PPID
if [ ! -d "$scratch" ] && [ -w /dev/shm ]; then
  if [ -d /dev/shm/${name}-$PPID ] || [ "$(df -kP /dev/shm | { read -r _; read -r _ _ _ free _; echo "$free"; })" -gt 500000 ]; then
    scratch=/dev/shm/${name}-$PPID
  fi
fi`
}
