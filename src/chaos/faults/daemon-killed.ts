// keepalived dies without a word: all its processes at once. Killing only the parent would be a graceful stop, for the
// children get SIGTERM then; so everything is halted first, and killed while nothing can run.
import { rememberCommand, runsCommand, startCommand } from '../manager.ts';
import { type Fault, refused } from './fault.ts';
import { treeFunction } from './process-tree.ts';

/** Halts a control group that is keepalived's own (cgroup v2), against forks between looking and killing. */
const freeze = `
vd_g=
while IFS= read -r vd_l; do
  case $vd_l in
    0::*.service|0::*docker-*|0::*libpod-*)
      for vd_b in /sys/fs/cgroup /sys/fs/cgroup/unified; do
        [ -w "$vd_b\${vd_l#0::}/cgroup.freeze" ] && vd_g=$vd_b\${vd_l#0::} && break
      done ;;
  esac
done <"/proc/$vd_p/cgroup"
if [ -n "$vd_g" ] && echo 1 2>/dev/null >"$vd_g/cgroup.freeze"; then
  vd_i=0
  while ! grep -q '^frozen 1' "$vd_g/cgroup.events" && [ "$vd_i" -lt 20 ]; do sleep 0.01 || break; vd_i=$((vd_i+1)); done
else
  vd_g=
  kill -STOP $(vd_tree "$vd_p")
fi
kill -KILL $(vd_tree "$vd_p")
[ -z "$vd_g" ] || echo 0 >"$vd_g/cgroup.freeze"
`.trim();

export const daemonKilled: Fault = {
  name: 'daemon-killed',
  describe: 'all processes of keepalived are killed at once (a crash); its VIPs stay behind on the node',
  expectedClass: 'crash',
  doneTo: 'master',
  partOfAll: 'yes',
  plan: ({ node, manager, parentPid }) => {
    if (manager.kind === 'unknown')
      return refused(`it is not known what manages keepalived on ${node}: ${manager.reason}`);
    if (parentPid.kind === 'unknown') return refused(parentPid.reason);
    return {
      kind: 'deed',
      deed: {
        fault: 'daemon-killed',
        node,
        prepare: rememberCommand(manager.value),
        inject: [
          treeFunction,
          `vd_p=${parentPid.value}`,
          'vd_is_keepalived "$vd_p" || { echo "pid $vd_p is no keepalived any more" >&2; return 1; }',
          freeze,
        ].join('\n'),
        // One that was halted and not killed, because we died in between, is let go on.
        heal: [
          treeFunction,
          `vd_p=${parentPid.value}`,
          'if vd_is_keepalived "$vd_p" && [ "$(vd_state "$vd_p")" = T ]; then kill -CONT $(vd_tree "$vd_p"); fi',
          startCommand(manager.value),
        ].join('\n'),
        // Its manager may not have noticed yet that it died.
        healed: [
          treeFunction,
          `case $(vd_state ${parentPid.value}) in Z|X|T) false ;; *) ${runsCommand(manager.value)} ;; esac`,
        ].join('\n'),
        expectedClass: 'crash',
        controlPath: 'untouched',
        secondSender: 'not-expected',
        risks: [
          `every VRRP instance of ${node} dies, not only this one`,
          `the VIP stays on ${node} until keepalived starts there again: until then two nodes have the address`,
        ],
      },
    };
  },
};
