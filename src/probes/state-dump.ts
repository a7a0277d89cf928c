// What keepalived itself says about its state: one dump per process and run, asked for by signal at the start of
// the script and collected later, so that nothing waits for it. It hands on raw text; reading it is elsewhere.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo } from './answers.ts';
import type { Probe } from './probe.ts';

export interface StateDump {
  /** Parent process it came from. */
  readonly pid: number;
  /** `json`: keepalived.json; `data`: keepalived.data. */
  readonly form: 'json' | 'data';
  readonly text: string;
}

/**
 * No signal goes to a process whose executable was not verified, that is stopped or blocked, whose dump directory
 * is a network file system (the VRRP process writes synchronously) or where the dump's name is taken by a link or
 * another user's file. Dumps made for us are removed, also when the connection ends early: writing to nobody is
 * SIGPIPE, and the trap then waits for a dump still being written. `STATS_CLEAR` is never sent.
 */
const request = String.raw`
vd_names='keepalived.json keepalived.data keepalived_parent.data keepalived_check.data keepalived_bfd.data'
vd_dump_signal() {
  vd_why=
  case "$KA_VERIFIED " in *" $1 "*) ;; *) vd_why='its executable could not be verified'; return ;; esac
  for vd_q in $KA_PIDS; do
    vd_stat "$vd_q"
    [ "$vd_q" = "$1" ] || [ "$vd_ppid" = "$1" ] || continue
    case $vd_state in [TtDZX]) vd_why="process $vd_q is in state $vd_state"; return ;; esac
  done
  eval "vd_dirs=\$KA_TMP_$1"
  vd_had=
  case $vd_dirs in /tmp | /tmp/ | [!/]*) vd_dirs= ;; esac
  for vd_d in "$vd_dirs" /tmp; do
    [ -n "$vd_d" ] || continue
    vd_full=/proc/$1/root$vd_d
    [ -d "$vd_full/." ] || continue
    if [ -L "$vd_full" ] && ! [ "/proc/$1/root/." -ef /. ]; then vd_why="$vd_d is a link inside a container"; return; fi
    case $(vd_timed stat -f -c %t "$vd_full/." 2>/dev/null </dev/null) in
      '') vd_why="the file system of $vd_d did not answer"; return ;;
      6969 | 517b | ff534d42 | fe534d42 | 65735546 | 65735543 | 1021997 | c36400 | 5346414f | 6b414653 | bd00bd0 | 47504653 | 1161970 | 7461636f)
        vd_why="$vd_d is on a network file system"; return ;;
    esac
    for vd_n in $vd_names; do
      vd_f=$vd_full/$vd_n
      if [ -L "$vd_f" ]; then vd_why="$vd_d/$vd_n is a link"; return; fi
      [ -e "$vd_f" ] || continue
      if ! [ -f "$vd_f" ] || ! [ -O "$vd_f" ]; then vd_why="$vd_d/$vd_n belongs to somebody else"; return; fi
      vd_had="$vd_had|$vd_f|"
    done
  done
  vd_words=$(grep -aoE 'signum|keepalived\.json|keepalived\.data' "/proc/$1/exe" 2>/dev/null)
  vd_sig= vd_form=json
  case $vd_words in
    *keepalived.json*)
      if ! [ "/proc/$1/root/." -ef /. ]; then
        if grep -qs ld-musl "/proc/$1/maps"; then vd_sig=37; else vd_sig=36; fi
      else
        case $vd_words in *signum*) vd_sig=$(vd_timed "/proc/$1/exe" --signum=JSON 2>/dev/null </dev/null) ;; esac
      fi ;;
  esac
  case $vd_sig in
    [3-6][0-9]) ;;
    *)
      case $vd_words in *keepalived.data*) vd_sig=USR1 vd_form=data ;; *) vd_why='this keepalived writes no dumps'; return ;; esac ;;
  esac
  vd_t=$(date +%s)
  if ! kill -"$vd_sig" "$1" 2>/dev/null; then vd_why='the node refused the signal'; return; fi
  eval "VD_DUMP_$1=\$vd_form VD_DUMPT_$1=\$vd_t VD_DUMPHAD_$1=\$vd_had VD_DUMPDIR_$1=\$vd_dirs"
  VD_DUMPED="$VD_DUMPED $1"
}
vd_dump_fresh() {
  [ -f "$1" ] && ! [ -L "$1" ] && [ -O "$1" ] || return 1
  vd_m=$(stat -c %Y "$1" 2>/dev/null) || return 1
  [ "$vd_m" -ge "$2" ]
}
vd_dump_clean() {
  for vd_p in $VD_DUMPED; do
    eval "vd_t=\$VD_DUMPT_$vd_p vd_had=\$VD_DUMPHAD_$vd_p vd_dirs=\$VD_DUMPDIR_$vd_p"
    for vd_d in "$vd_dirs" /tmp; do
      [ -n "$vd_d" ] || continue
      for vd_n in $vd_names; do
        vd_f=/proc/$vd_p/root$vd_d/$vd_n
        case $vd_had in *"|$vd_f|"*) continue ;; esac
        if vd_dump_fresh "$vd_f" "$vd_t"; then rm -f -- "$vd_f"; fi
      done
    done
  done
}
vd_dump_leave() {
  trap '' HUP INT TERM PIPE
  exec </dev/null >/dev/null 2>&1
  vd_wait=0
  for vd_p in $VD_DUMPED; do
    case "$VD_TAKEN " in *" $vd_p "*) continue ;; esac
    eval "vd_t=\$VD_DUMPT_$vd_p vd_form=\$VD_DUMP_$vd_p vd_dirs=\$VD_DUMPDIR_$vd_p"
    while [ "$vd_wait" -lt 20 ]; do
      vd_wait=$((vd_wait + 1))
      for vd_d in "$vd_dirs" /tmp; do
        [ -n "$vd_d" ] && vd_dump_fresh "/proc/$vd_p/root$vd_d/keepalived.$vd_form" "$vd_t" && break 2
      done
      sleep 0.05 2>/dev/null || { sleep 1; vd_wait=20; }
    done
  done
  vd_dump_clean
}
VD_DUMPED= VD_TAKEN= vd_k=0
trap vd_dump_leave EXIT
trap 'exit 1' HUP INT TERM PIPE
for vd_p in $KA_PARENTS; do
  vd_k=$((vd_k + 1))
  [ "$vd_k" -le 4 ] || break
  vd_dump_signal "$vd_p"
  if [ -n "$vd_why" ]; then note "$vd_p" 1 "$vd_why"; else note "$vd_p" 0 "$vd_form"; fi
done
`;

const collect = String.raw`
vd_dump_take() {
  eval "vd_t=\$VD_DUMPT_$1 vd_form=\$VD_DUMP_$1 vd_dirs=\$VD_DUMPDIR_$1"
  vd_last= vd_try=0
  while [ "$vd_try" -lt 20 ]; do
    vd_try=$((vd_try + 1))
    for vd_d in "$vd_dirs" /tmp; do
      vd_f=/proc/$1/root$vd_d/keepalived.$vd_form
      [ -n "$vd_d" ] && vd_dump_fresh "$vd_f" "$vd_t" || continue
      vd_now=$(head -c "$VD_LIMIT" "$vd_f" 2>/dev/null)
      case $vd_form$vd_now in
        json*[]}] | data?*)
          if [ "$vd_now" = "$vd_last" ]; then note "$1:$vd_form" 0 "$vd_now"; return; fi ;;
      esac
      vd_last=$vd_now
    done
    sleep 0.05 2>/dev/null || { sleep 1; vd_try=$((vd_try + 10)); }
  done
  note "$1:$vd_form" timeout ''
}
for vd_p in $VD_DUMPED; do
  vd_dump_take "$vd_p"
  VD_TAKEN="$VD_TAKEN $vd_p"
done
vd_dump_clean
`;

export const stateDumpProbe: Probe<readonly StateDump[]> = {
  id: 'state-dump',
  asks: 'what does keepalived say about its own state?',
  parts: [
    {
      part: 'request',
      shell: request,
      pace: 'first',
      rounds: ['before'],
      limitBytes: 4096,
      timeoutSeconds: 2,
    },
    {
      part: 'dump',
      shell: collect,
      pace: 'late',
      rounds: ['before'],
      limitBytes: 1_048_576,
      timeoutSeconds: 2,
    },
    // A dump that came too late to be read still must not stay behind.
    {
      part: 'tidy',
      shell: 'vd_dump_clean',
      pace: 'late',
      rounds: ['after'],
      limitBytes: 1024,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly StateDump[]> {
  const dumps = answersTo(answers, 'dump').flatMap((answer): StateDump[] => {
    const [pid, form] = (answer.about ?? '').split(':');
    if (answer.exit !== 0 || (form !== 'json' && form !== 'data')) return [];
    return [{ pid: Number(pid), form, text: answer.text }];
  });
  if (dumps.length > 0) return known(dumps);
  const requests = answersTo(answers, 'request');
  if (requests.length === 0) return unknown('keepalived does not run, so it could not be asked');
  const refused = requests.find((answer) => answer.exit !== 0);
  if (refused !== undefined) return unknown(`keepalived was not asked for a dump: ${refused.text}`);
  return unknown('keepalived was asked for a dump but wrote none within a second');
}
