import { type Script, sh } from './shell.ts'

/**
 * What a session's shell runs. It comes in pieces, so that only a short one stands in argv and none is longer than one
 * line (the login shell that is given the first may be anything, csh and fish too):
 *
 * - `bootCommand` is what the login shell, or sudo, runs: it says that it is up, reads one line and runs that.
 * - `loopLine` is that line. It lives as long as the session and has one frame after another run.
 * - a *frame shell* is started ahead for each frame, in a session and process group of its own. It waits for the frame
 *   on the same standard input, so that its start-up costs nobody a wait, and runs the script as if it were `sh -c`.
 *
 * Known to work with dash, bash and BusyBox sh, on Linux with `/proc`. `setsid` is used where it exists.
 *
 * - Whatever reads standard input takes exactly its part: `read` goes byte by byte, and `take` is `head -c` unless that
 *   reads ahead (BusyBox, uutils), then `dd`. What a script leaves unread of its payload is drained.
 * - The loop's own standard error is closed off (the frame shell gets the real one as descriptor 3), because shells
 *   report there how their children were killed, which is no output of the script.
 * - Output goes through a `cat` each, because sshd gives sockets, which cannot be opened by `/dev/stdout`.
 * - A frame ends when its shell does. Processes that it left behind and that still hold the output get half a second
 *   to finish what they say; what a daemon among them prints after that must not get into another frame's output, so
 *   then the loop says `moved` and runs nothing more: the next frame gets another loop. Only processes made since the
 *   last frame are looked at. Process ids go round, so a fork of our own tells where they have got to (the figure in
 *   `/proc/loadavg` is the machine's, not the container's, under lxcfs).
 */
export function bootCommand(token: string): Script {
  return sh`sh -c ${`echo ${token} $$;IFS= read -r s&&eval "$s"`}`
}

/** Ends with a newline. What it reads and prints is described in `frames.ts`. */
export const loopLine = `${oneLine(`
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH;
  nl=$(printf '\\n.'); nl=\${nl%.};
  group=; command -v setsid >/dev/null && group=setsid;
  take='take() { head -c "$1"; }';
  head=$(command -v head);
  if [ -h "$head" ] || [ ! -f "$head" ] || [ "$head" -ef /bin/busybox ]; then
    [ "$(printf 'ab\\n' | { head -c 1 >/dev/null; read -r rest; echo "$rest"; })" = b ] ||
      take='take() { [ "$1" -lt 65536 ] || dd bs=65536 count=$(($1 / 65536)) iflag=fullblock 2>/dev/null;
        [ $(($1 % 65536)) = 0 ] || dd bs=$(($1 % 65536)) count=1 iflag=fullblock 2>/dev/null; }';
  fi;
  eval "$take";

  frame='
    exec 2>&3 3>&-; read -r mark lines bytes input || exit 0; [ "$mark" = skip ] && exit 0; script=;
    if [ "$lines" = 0 ]; then '"$take"'; script=$(take "$bytes"); unset -f take;
    else while [ "$lines" -gt 0 ]; do
      IFS= read -r line; script=$script$line"'"$nl"'"; lines=$((lines - 1)); done;
    fi;
    echo "$mark begin $$";
    [ "$input" = payload ] || exec </dev/null;
    eval "unset mark lines bytes input line script; $script"';

  holds() {
    [ "$1" != "$pid" ] || return 1;
    for fd in /proc/$1/fd/1 /proc/$1/fd/2; do
      if [ $fd -ef /proc/$pid/fd/1 ] || [ $fd -ef /proc/$pid/fd/3 ]; then return 0; fi;
    done;
    return 1;
  };
  held() {
    : & last=$!; wait "$last"; process=$first;
    if [ "$last" -gt "$first" ] && [ $((last - first)) -lt 300 ]; then
      while [ "$process" -lt "$last" ]; do
        process=$((process + 1)); if holds "$process"; then return 0; fi;
      done;
      return 1;
    fi;
    for process in /proc/[0-9]*; do
      process=\${process#/proc/};
      if [ "$last" -gt "$first" ]; then [ "$process" -gt "$first" ] && [ "$process" -le "$last" ] || continue;
      else [ "$process" -gt "$first" ] || [ "$process" -le "$last" ] || continue; fi;
      if holds "$process"; then return 0; fi;
    done;
    return 1;
  };
  main() {
    read -r pid rest </proc/self/stat; first=$pid;
    exec 3>&2 2>/dev/null;
    while :; do
      $group sh -c "$frame" /bin/sh; status=$?;
      read -r mark bytes || exit 0;
      if [ -n "$bytes" ]; then
        take "$bytes" | {
          $group sh -c "$frame" /bin/sh; status=$?;
          cat >/dev/null;
          exit $status;
        };
        status=$?;
      fi;
      tenths=0; while held && [ "$tenths" -lt 5 ]; do sleep 0.1; tenths=$((tenths + 1)); done;
      first=$last;
      echo "$mark end $status" >&3; echo "$mark end $status";
      if [ "$tenths" = 5 ]; then echo "$mark moved"; exec cat >/dev/null; fi;
    done;
  };
  { { main 2>&1 1>&3 3>&- 4>&- | cat >&2 3>&- 4>&-; } 3>&1 1>&4 4>&- | cat 3>&- 4>&-; } 4>&1
`)}\n`

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ')
}
