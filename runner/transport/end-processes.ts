import { type Script, sh } from './shell.ts'

/**
 * A script that ends a frame's script with all its children: everything in its session (which frame shells have of
 * their own) and all descendants, also those in sessions of theirs (dpkg under apt, `timeout`). First SIGTERM, after
 * `grace` tenths of a second SIGKILL. With `shell`, the session's shell and its loop go first, so that no further
 * frame begins.
 */
export function endProcesses(group: number | undefined, shell?: number, grace = 20): Script {
  return sh`
members() {
  found=" $1 " top=$1 more=1
  while [ "$more" ]; do
    more=
    for process in /proc/[0-9]*; do
      process=\${process#/proc/}
      case $found in *" $process "*) continue ;; esac
      { read -r stat </proc/$process/stat; } 2>/dev/null || continue
      set -- \${stat##*) }
      case $found in
        *" $2 "*) ;;
        *) [ "$4" = "$top" ] || continue ;;
      esac
      found="$found$process " more=1
    done
  done
}
# A zombie waits only for its parent.
alive() {
  read -r stat </proc/"$1"/stat && case \${stat##*) } in Z*) return 1 ;; esac
}
exec 2>/dev/null
frame=
group=${group ?? ''}
shell=${shell ?? ''}
if [ "$group" ]; then members "$group"; frame=$found; fi
if [ "$shell" ]; then
  members "$shell"
  for process in $found; do
    case $frame in *" $process "*) ;; *) kill -KILL "$process" ;; esac
  done
fi
[ "$frame" ] || exit 0
for process in $frame; do kill -TERM "$process"; done
tenths=0
while [ "$tenths" -lt ${grace} ]; do
  left=
  for process in $frame; do alive "$process" && left=1; done
  [ "$left" ] || exit 0
  sleep 0.1
  tenths=$((tenths + 1))
done
for process in $frame; do kill -KILL "$process"; done
members "$group"
for process in $found; do kill -KILL "$process"; done
exit 0
`
}
