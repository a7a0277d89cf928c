// keepalived's log as it is written: the shell text that follows the journal, container logs or syslog files of a node,
// beginning with the latest lines. What a line means is read elsewhere.
import { searchPath } from './interpreters.ts';

/** Status when the node has no log to follow. */
export const noLog = 95;
/** First line of the output: from then on nothing is missed. */
export const followingMark = '@following';

const backlogLines = 300;

/**
 * Shell text for a lifeline, for dash, bash and busybox. `short-unix` came after systemd 219 (RHEL 7), which gets
 * `short-iso`.
 */
export const logFollowerCommand = (): string =>
  [
    searchPath,
    'vd_cids= vd_files= vd_any= vd_syslog=',
    // Where the kernel has no inotify left, `journalctl -f` prints what there is and ends as if all were well.
    `vd_journal() {
  echo '${followingMark} journal'
  journalctl -q --no-pager -o "$vd_o" -n ${backlogLines} -f "$@"
  vd_r=$?
  [ "$vd_r" = 0 ] || exit "$vd_r"
  echo '${followingMark} journal, asked again and again'
  vd_c=
  while :; do
    vd_l=$(journalctl -q --no-pager -o "$vd_o" --show-cursor -n ${backlogLines} \${vd_c:+--after-cursor="$vd_c"} "$@") || exit
    vd_n=$(printf '%s\\n' "$vd_l" | sed -n 's/^-- cursor: //p')
    [ -z "$vd_n" ] || vd_c=$vd_n
    printf '%s\\n' "$vd_l" | sed '/^-- cursor: /d; /^$/d'
    sleep 1
  done
}`,
    `for vd_f in /proc/[0-9]*/comm; do
  { read -r vd_n <"$vd_f"; } 2>/dev/null || continue
  case $vd_n in keepalived*) ;; *) continue ;; esac
  vd_c=$(grep -soE '[0-9a-f]{64}' "\${vd_f%comm}cgroup" | head -n 1)
  case " $vd_cids " in *" $vd_c "*) ;; *) vd_cids="$vd_cids $vd_c" ;; esac
done`,
    `for vd_i in $vd_cids; do
  for vd_f in "/var/lib/docker/containers/$vd_i/$vd_i-json.log" /var/log/containers/*"$vd_i".log; do
    [ -r "$vd_f" ] && vd_files="$vd_files $vd_f"
  done
done`,
    `if command -v journalctl >/dev/null 2>&1 && { [ -d /run/log/journal ] || [ -d /var/log/journal ]; }; then
  set -- _COMM=keepalived + SYSLOG_IDENTIFIER=Keepalived + SYSLOG_IDENTIFIER=Keepalived_vrrp + UNIT=keepalived.service
  for vd_i in $vd_cids; do set -- "$@" + "CONTAINER_ID_FULL=$vd_i"; done
  vd_o=short-unix
  journalctl -q --no-pager -o short-unix -n 0 >/dev/null 2>&1 || vd_o=short-iso
  vd_journal "$@" &
  vd_any=yes
else
  for vd_f in /var/log/messages /var/log/syslog /var/log/daemon.log; do
    [ -r "$vd_f" ] && [ ! -L "$vd_f" ] && vd_syslog="$vd_syslog $vd_f"
  done
fi`,
    `if [ -n "$vd_files" ]; then
  [ -n "$vd_any" ] || echo '${followingMark} container log'
  tail -q -n ${backlogLines} -F $vd_files 2>/dev/null &
  vd_any=yes
fi`,
    `if [ -n "$vd_syslog" ]; then
  [ -n "$vd_any" ] || echo '${followingMark} syslog'
  { tail -q -n 2000 -F $vd_syslog 2>/dev/null | while IFS= read -r vd_l; do
    case $vd_l in *[Kk]eepalived*) printf '%s\\n' "$vd_l" ;; esac
  done; } &
  vd_any=yes
fi`,
    `[ -n "$vd_any" ] || exit ${noLog}`,
    'wait',
  ].join('\n');
