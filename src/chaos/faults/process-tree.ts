// Shell text that finds keepalived's parent and everything below it, through /proc, and a cgroup of its own to freeze
// it in. Used by the faults that act on processes; runs nothing itself.

/** Defines `vd_tree PID`: the pid and all its descendants, parents first. */
export const treeFunction = `
vd_tree() {
  vd_all=$1 vd_new=" $1 "
  while [ -n "$vd_new" ]; do
    vd_next=
    for vd_f in /proc/[0-9]*/stat; do
      { read -r vd_s <"$vd_f"; } 2>/dev/null || continue
      vd_r=\${vd_s##*) } vd_r=\${vd_r#* } vd_r=\${vd_r%% *}
      case $vd_new in *" $vd_r "*) vd_next="$vd_next\${vd_s%% *} " ;; esac
    done
    vd_all="$vd_all $vd_next"
    vd_new=\${vd_next:+" $vd_next"}
  done
  echo "$vd_all"
}
vd_is_keepalived() {
  { read -r vd_n <"/proc/$1/comm"; } 2>/dev/null || return 1
  case $vd_n in keepalived*) return 0 ;; *) return 1 ;; esac
}
vd_state() {
  { read -r vd_s <"/proc/$1/stat"; } 2>/dev/null || return 1
  vd_r=\${vd_s##*) }
  echo "\${vd_r%% *}"
}
`.trim();
