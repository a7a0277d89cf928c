// Nothing may keep running on a node after vipdoctor is gone. This is the shell text around a command that
// ends it, and all it started, as soon as stdin closes: that is what a node sees of a lost connection or of a
// vipdoctor that was killed. It is text only; running it is up to a transport.
import { quote } from './quote.ts';

export interface LifelineOptions {
  /**
   * Ends the command on the node after this time even if the connection still looks alive there: a node cut
   * off by a dead network learns of it only when TCP gives up. Needs `timeout` on the node; without it there is no limit.
   */
  readonly limitSeconds?: number;
}

// Everything below runs in dash, busybox ash and bash alike, so: no job control (`set -m` needs a terminal
// there), no `read -t`, and `kill -TERM -N`, the only spelling for a group that all three take.
//
//  p  the command, leader of a session and so of a process group of its own (setsid)
//  t  what to kill: that group; where setsid is missing, our own group, which holds only what this exec started
//  w  the watcher: blocks in the builtin `read`, so there is no `cat` that could be left behind
//
// The command gets TERM first, so that its own traps can tidy up, and KILL two seconds later.
// The watcher is ended with KILL: a TERM that comes before a fresh subshell has reset its traps is lost, and the
// wait for it would never end.
// `kill -0` after `wait`: true only if the wait was cut short by a signal to us, so wait again.
const WATCH = `
stop() {
  trap "" TERM HUP INT
  kill -TERM "$t" || kill -TERM "$p"
  n=0
  while kill -0 "$t" && [ "$n" -lt 20 ]; do sleep 0.1 || sleep 1; n=$((n+1)); done
  kill -KILL "$t"
}
exec 3<&0 </dev/null
c=$1
limit=$2
set --
if [ -n "$limit" ] && timeout 1 true >/dev/null 2>&1; then set -- timeout -k 2 "$limit"; fi
if command -v setsid >/dev/null 2>&1; then
  setsid "$@" sh -c "$c" </dev/null 3<&- &
  p=$!
  t=-$p
else
  "$@" sh -c "$c" </dev/null 3<&- &
  p=$!
  t=0
fi
s=
trap "( stop ) >/dev/null 2>&1 & s=\\$!" TERM HUP INT
( while read -r x; do :; done; stop ) <&3 3<&- >/dev/null 2>&1 &
w=$!
exec 3<&-
while :; do
  wait "$p" 2>/dev/null
  r=$?
  kill -0 "$p" 2>/dev/null || break
done
{
  kill -KILL "$w"
  wait "$w"
  [ -z "$s" ] || wait "$s"
  [ "$t" = 0 ] || kill -KILL "$t"
} 2>/dev/null
exit "$r"
`;

/**
 * Runs `command` (POSIX shell text; its stdin is /dev/null) such that it and its children end when stdin of the
 * whole closes. What the command left in the background ends with it. Exit status is the command's; 128 + signal
 * when it was killed. To be given to a transport as it is: sudo, if any, goes around it, because an unprivileged
 * shell may not signal root's processes.
 */
export function withLifeline(command: string, options: LifelineOptions = {}): string {
  const limit = options.limitSeconds === undefined ? "''" : String(Math.ceil(options.limitSeconds));
  return `exec sh -c ${quote(WATCH)} lifeline ${quote(command)} ${limit}`;
}
