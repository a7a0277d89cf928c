// The shell functions every question may use: framing of answers, bounds in time and bytes, and the search for
// keepalived through /proc. Plain POSIX sh (dash, bash, busybox ash); it writes nothing but its own stdout.

/**
 * `tell` runs a quick command as it is; the reader bounds what is kept. `ask` also bounds time and bytes on the
 * node, even when the command leaves a child behind that holds its output open; a program that did not return is
 * not asked again, and after one such the others get less time. Both keep the exit status, merge stderr, and close
 * stdin so that no command can eat the script. `about` goes out as it is when harmless, else in hex, so that no
 * path can break a frame.
 */
const framing = String.raw`
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
LC_ALL=C
export PATH LC_ALL
unset IFS LANGUAGE
set +e +u +f
have() { command -v "$1" >/dev/null 2>&1; }
VD_TIMEOUT=
if have timeout; then
  if timeout -k 1 9 true </dev/null >/dev/null 2>&1; then VD_TIMEOUT=kill
  elif timeout 9 true </dev/null >/dev/null 2>&1; then VD_TIMEOUT=plain
  elif timeout -t 9 true </dev/null >/dev/null 2>&1; then VD_TIMEOUT=old
  fi
fi
vd_open() {
  case $1 in
    '') vd_a=- ;;
    *[!A-Za-z0-9_./:@+-]*) vd_a=x$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n') ;;
    *) vd_a=p$1 ;;
  esac
  printf '\n%s b %s %s %s %s %s\n' "$VD_MARK" "$VD_ROUND" "$VD_PROBE" "$VD_PART" "$vd_a" "$VD_LIMIT"
}
vd_shut() { printf '\n%s e %s\n' "$VD_MARK" "$1"; }
note() { vd_open "$1"; printf %s "$3"; vd_shut "$2"; }
tell() {
  vd_open "$1"
  shift
  if have "$1"; then
    "$@" </dev/null 2>&1
    vd_shut $?
  else
    vd_shut missing
  fi
}
vd_timed() {
  case $VD_TIMEOUT in
    kill) timeout -k 1 "$VD_SECONDS" "$@" ;;
    plain) timeout "$VD_SECONDS" "$@" ;;
    old) timeout -t "$VD_SECONDS" "$@" ;;
    *) "$@" ;;
  esac
}
vd_hung() {
  vd_program=$1
  case $1 in
    nsenter) vd_program=$5 ;;
    sh) vd_program= ;;
  esac
  case "$VD_HUNG " in *" ${'$'}{vd_program:-/} "*) return 0 ;; esac
  return 1
}
VD_HUNG=
ask() {
  vd_open "$1"
  shift
  if ! have "$1"; then
    vd_code=missing
    vd_shut missing
    return
  fi
  if vd_hung "$@"; then
    vd_code=timeout
    vd_shut timeout
    return
  fi
  if [ -n "$VD_HUNG" ] && [ "$VD_SECONDS" -gt 2 ]; then VD_SECONDS=2; fi
  {
    vd_code=$(
      {
        {
          vd_timed "$@" </dev/null 2>&1 3>&- 4>&-
          printf %s "$?" >&4
        } | {
          VD_SECONDS=$((VD_SECONDS + 1))
          vd_timed head -c "$((VD_LIMIT + 1))" >&3 2>/dev/null
          [ $? -lt 124 ] || printf ' cut' >&4
        }
      } 4>&1
    )
  } 3>&1
  case $vd_code in
    *' cut' | 124 | 137 | 143) vd_code=timeout VD_HUNG="$VD_HUNG ${'$'}{vd_program:-?}" ;;
  esac
  vd_shut "$vd_code"
}
`;

/**
 * keepalived is known by its executable; where that link is unreadable, by its process name, and then it is never
 * sent a signal. A process whose parent is not keepalived itself is a parent; its direct children do the work.
 * Those in the node's own network namespace come first: bounded questions reach them before any container's.
 */
const discovery = `
vd_stat() {
  vd_line=
  { read -r vd_line <"/proc/$1/stat"; } 2>/dev/null
  vd_line=\${vd_line##*) }
  vd_state=\${vd_line%% *}
  vd_line=\${vd_line#* }
  vd_ppid=\${vd_line%% *}
}
vd_find() {
  KA_PIDS= KA_PARENTS= KA_PID= KA_VERIFIED= FIREWALLD_PID=
  vd_all= vd_seen=' '
  vd_hits=$(grep -lsa -e keepalived -e firewalld /proc/[0-9]*/comm /proc/[0-9]*/cmdline 2>/dev/null)
  if [ $? -gt 2 ]; then
    vd_hits=$(for vd_f in /proc/[0-9]*/comm; do grep -lsa -e keepalived -e firewalld "$vd_f"; done)
  fi
  for vd_f in $vd_hits; do
    vd_p=\${vd_f#/proc/}
    vd_p=\${vd_p%%/*}
    case $vd_seen in *" $vd_p "*) continue ;; esac
    vd_seen="$vd_seen$vd_p "
    vd_comm=
    { read -r vd_comm <"/proc/$vd_p/comm"; } 2>/dev/null
    if [ "$vd_comm" = firewalld ]; then FIREWALLD_PID=$vd_p; continue; fi
    vd_exe=$(readlink "/proc/$vd_p/exe" 2>/dev/null)
    case \${vd_exe%' (deleted)'} in
      */keepalived | */keepalived-[0-9]* | */keepalived.[a-z0-9]*) KA_VERIFIED="$KA_VERIFIED $vd_p" ;;
      '') [ "$vd_comm" = keepalived ] || continue ;;
      *) continue ;;
    esac
    vd_all="$vd_all $vd_p"
  done
  for vd_p in $vd_all; do
    vd_stat "$vd_p"
    case "$vd_all " in
      *" $vd_ppid "*) ;;
      *) [ -n "$vd_ppid" ] && KA_PARENTS="$KA_PARENTS $vd_p" ;;
    esac
  done
  vd_here= vd_there=
  for vd_p in $KA_PARENTS; do
    if [ "/proc/$vd_p/ns/net" -ef /proc/self/ns/net ]; then vd_here="$vd_here $vd_p"
    else vd_there="$vd_there $vd_p"
    fi
  done
  KA_PARENTS=$vd_here$vd_there
  for vd_p in $KA_PARENTS; do KA_PID=$vd_p; break; done
  KA_PIDS=$KA_PARENTS
  for vd_p in $vd_all; do
    vd_stat "$vd_p"
    case "$KA_PARENTS " in *" $vd_ppid "*) KA_PIDS="$KA_PIDS $vd_p" ;; esac
  done
  KA_NS= KA_NET=/proc/net KA_ROOT= KA_NETNS=same
  if [ -n "$KA_PID" ] && [ -r "/proc/$KA_PID/net/dev" ]; then
    KA_NET=/proc/$KA_PID/net
    if [ -e "/proc/$KA_PID/ns/net" ] && ! [ "/proc/$KA_PID/ns/net" -ef /proc/self/ns/net ]; then
      KA_NETNS=other
      if have nsenter; then KA_NS="nsenter -t $KA_PID -n"; fi
    fi
  fi
  if [ -n "$KA_PID" ] && [ -e "/proc/$KA_PID/root/." ] && ! [ "/proc/$KA_PID/ns/mnt" -ef /proc/self/ns/mnt ]; then
    KA_ROOT=/proc/$KA_PID/root
  fi
}
vd_find
VD_T0=$(date +%s)
`;

/** Sent once, before the first round. */
export const prelude = `${framing}${discovery}`;
