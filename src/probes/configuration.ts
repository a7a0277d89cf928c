// The configuration keepalived was started with: the main file and everything it includes, as the process sees
// it (through its own root when it lives in a container). It hands on raw text; the grammar is elsewhere.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo } from './answers.ts';
import type { Probe } from './probe.ts';

export interface ConfigurationFile {
  /** As keepalived sees it. */
  readonly path: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'unreadable'; readonly why: string };
  /** Octal permissions, e.g. `644`. */
  readonly mode?: string;
  readonly ownerId?: number;
  readonly modifiedAtMs?: number;
}

/** One configuration: of one parent process, or the default one when none runs. */
export interface FoundConfiguration {
  /** Absent when no process runs. */
  readonly pid?: number;
  readonly mainPath: string;
  readonly files: readonly ConfigurationFile[];
}

/**
 * Includes are resolved here because only the node can expand their patterns: relative to the including file,
 * `{a,b}` as csh does, at most 8 levels and 200 files. Absolute links inside a container are kept inside it.
 */
const shell = String.raw`
vd_conf_argument() {
  tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | {
    IFS= read -r vd_x
    vd_next=
    while IFS= read -r vd_x; do
      if [ -n "$vd_next" ]; then printf '%s' "$vd_x"; break; fi
      case $vd_x in
        --) break ;;
        --use-file=*) printf '%s' "${'$'}{vd_x#*=}"; break ;;
        --use-file) vd_next=1 ;;
        --*) ;;
        -*)
          vd_x=${'$'}{vd_x#-}
          while [ -n "$vd_x" ]; do
            vd_c=${'$'}{vd_x%"${'$'}{vd_x#?}"}
            vd_x=${'$'}{vd_x#?}
            case $vd_c in
              f) if [ -n "$vd_x" ]; then printf '%s' "$vd_x"; break 2; else vd_next=1; fi ;;
              [pcrbuSsgiAaMtTe]) vd_x= ;;
            esac
          done ;;
      esac
    done
  }
}
vd_inside() {
  vd_r=$vd_root$1
  vd_hops=0
  while [ -n "$vd_root" ] && [ -L "$vd_r" ] && [ "$vd_hops" -lt 16 ]; do
    vd_link=$(readlink "$vd_r")
    case $vd_link in /*) vd_r=$vd_root$vd_link ;; *) vd_r=${'$'}{vd_r%/*}/$vd_link ;; esac
    vd_hops=$((vd_hops + 1))
  done
}
vd_braces() {
  case $1 in
    *'{'*'}'*)
      set -- "${'$'}{1%%'{'*}" "${'$'}{1#*'{'}"
      set -- "$1" "${'$'}{2%%'}'*}" "${'$'}{2#*'}'}"
      while :; do
        vd_braces "$1${'$'}{2%%,*}$3"
        case $2 in *,*) set -- "$1" "${'$'}{2#*,}" "$3" ;; *) break ;; esac
      done ;;
    *) printf '%s\n' "$1" ;;
  esac
}
vd_newline='
'
vd_conf_file() {
  case $vd_conf_seen in *"$vd_newline$1$vd_newline"*) return ;; esac
  vd_conf_seen=$vd_conf_seen$vd_newline$1$vd_newline
  vd_conf_count=$((vd_conf_count + 1))
  [ "$vd_conf_count" -le 200 ] || return
  vd_inside "$1"
  if [ ! -e "$vd_r" ]; then note "$vd_conf_pid:$1" missing ''; return; fi
  if [ ! -f "$vd_r" ]; then note "$vd_conf_pid:$1" 1 'not a regular file'; return; fi
  if [ ! -r "$vd_r" ]; then note "$vd_conf_pid:$1" 13 'permission denied'; return; fi
  tell "$vd_conf_pid:$1" head -c "$((VD_LIMIT + 1))" "$vd_r"
  VD_PART=stat
  tell "$vd_conf_pid:$1" stat -L -c '%a %u %Y' "$vd_r"
  VD_PART=file
  [ "$2" -lt 8 ] || return
  set -- "$1" "$2" "${'$'}{1%/*}"
  vd_incs=$(sed -n -e 's/[!#].*//' -e 's/^[[:space:]]*\(@[^[:space:]]*[[:space:]]\{1,\}\)\{0,1\}include[a-z]\{0,1\}[[:space:]]\{1,\}//p' "$vd_r")
  [ -n "$vd_incs" ] || return
  vd_incs=$(printf '%s\n' "$vd_incs" | tr -d '"\r' | while IFS= read -r vd_i; do
    while :; do case $vd_i in *[[:space:]]) vd_i=${'$'}{vd_i%?} ;; *) break ;; esac; done
    vd_braces "$vd_i"
  done)
  set -f
  IFS=$vd_newline
  for vd_i in $vd_incs; do
    case $vd_i in /*) ;; *) vd_i=$3/$vd_i ;; esac
    set +f
    IFS=
    for vd_i in $vd_root$vd_i; do
      IFS=' '
      vd_conf_file "${'$'}{vd_i#"$vd_root"}" "$(($2 + 1))"
      IFS=
    done
  done
  set +f
  unset IFS
}
vd_conf() {
  vd_conf_pid=$1 vd_root=$2 vd_main=$3 vd_conf_seen= vd_conf_count=0
  if [ -z "$vd_main" ]; then
    set -- /etc/keepalived/keepalived.conf /usr/local/etc/keepalived/keepalived.conf /etc/keepalived.conf
    case $vd_exe in /usr/local/*) set -- /usr/local/etc/keepalived/keepalived.conf "$@" ;; esac
    vd_main=$1
    for vd_i in "$@"; do
      if [ -f "$vd_root$vd_i" ]; then vd_main=$vd_i; break; fi
    done
  fi
  case $vd_main in /*) ;; *) vd_main=/$vd_main ;; esac
  VD_PART=path
  note "$vd_conf_pid" 0 "$vd_main"
  VD_PART=file
  vd_conf_file "$vd_main" 0
  unset IFS
}
vd_k=0
for vd_p in $KA_PARENTS; do
  vd_k=$((vd_k + 1))
  [ "$vd_k" -le 8 ] || break
  vd_rt=
  if [ -e "/proc/$vd_p/root/." ] && ! [ "/proc/$vd_p/ns/mnt" -ef /proc/self/ns/mnt ]; then vd_rt=/proc/$vd_p/root; fi
  vd_exe=$(readlink "/proc/$vd_p/exe" 2>/dev/null)
  vd_conf "$vd_p" "$vd_rt" "$(vd_conf_argument "$vd_p")"
done
if [ "$vd_k" -eq 0 ]; then
  vd_exe=$(command -v keepalived)
  vd_conf - '' "$(sed -n 's/^[^#]*[ "=]\(-f\|--use-file\)[= ]*\([^"= ][^" ]*\).*/\2/p' /etc/default/keepalived /etc/sysconfig/keepalived /etc/conf.d/keepalived 2>/dev/null | head -n 1)"
fi
`;

export const configurationProbe: Probe<readonly FoundConfiguration[]> = {
  id: 'configuration',
  asks: 'what is keepalived configured to do?',
  parts: [{ part: 'file', shell, rounds: ['before'], limitBytes: 524_288, timeoutSeconds: 3 }],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundConfiguration[]> {
  const found = answersTo(answers, 'path').map((path): FoundConfiguration => {
    const owner = path.about ?? '-';
    const own = (answer: Answer) => answer.about?.startsWith(`${owner}:`) ?? false;
    const files = answersTo(answers, 'file')
      .filter(own)
      .map((answer): ConfigurationFile => {
        const stat = answersTo(answers, 'stat').find((one) => one.about === answer.about);
        const [mode, ownerId, modifiedS] = stat?.exit === 0 ? stat.text.trim().split(' ') : [];
        return {
          path: answer.about?.slice(owner.length + 1) ?? '',
          content: readContent(answer),
          ...(mode === undefined ? {} : { mode }),
          ...(ownerId === undefined ? {} : { ownerId: Number(ownerId) }),
          ...(modifiedS === undefined ? {} : { modifiedAtMs: Number(modifiedS) * 1000 }),
        };
      });
    return { ...(owner === '-' ? {} : { pid: Number(owner) }), mainPath: path.text, files };
  });
  if (found.length === 0) return unknown('the node did not say which configuration keepalived uses');
  return known(found);
}

function readContent(answer: Answer): ConfigurationFile['content'] {
  if (answer.exit === 'missing') return { kind: 'unreadable', why: 'there is no such file' };
  if (answer.exit !== 0)
    return { kind: 'unreadable', why: answer.text.trim().slice(0, 200) || 'it could not be read' };
  if (answer.truncated === 'yes') return { kind: 'unreadable', why: 'the file is larger than 512 KiB' };
  return { kind: 'text', text: answer.text };
}
