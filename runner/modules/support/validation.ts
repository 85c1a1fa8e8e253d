import { authoredScript, type Script, sh } from '../../transport/shell.ts'
import type { Trial } from '../outcome.ts'

/**
 * Shell code that runs a `validate` command on a copy of the file that `$candidate` names, in a private directory of
 * its own, as Ansible does it: so it finds the same whether the file is about to be put in place or only foretold.
 */
export function validation(command: string, name: string): Script {
  return sh`${directory}
trial=$trials/${name}
cat -- "$candidate" > "$trial"
if complaint=$(${authoredScript(command.replaceAll('%s', '"$trial"'))} 2>&1); then rm -rf -- "$trials"; else
  rm -rf -- "$trials"; echo "failed to validate: $complaint" >&2; exit 1
fi`
}

/** The same without anything to put in place. A program that is not there yet finds no fault. */
export function validationTrial(command: string, name: string, payload: Uint8Array): Trial {
  const [program = ''] = command.trim().split(/\s+/)
  return {
    payload,
    script: sh`command -v ${program} >/dev/null || exit 0
umask 077
${directory}
trap 'rm -rf -- "$trials"' EXIT
trial=$trials/${name}
head -c ${payload.length} > "$trial"
complaint=$(${authoredScript(command.replaceAll('%s', '"$trial"'))} 2>&1) && exit 0
echo "failed to validate: $complaint" >&2; exit 1`,
  }
}

// In memory where that can be had: nothing on the disk changes, not even the time of /tmp.
const directory = sh`trials=$(mktemp -d /dev/shm/.rehearsal.XXXXXXXXXX 2>/dev/null || mktemp -d) || exit`
