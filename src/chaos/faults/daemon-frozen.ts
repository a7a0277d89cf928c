// keepalived hangs: all its processes are stopped by SIGSTOP, so nothing is sent and nothing is given up.
import { runsCommand } from '../manager.ts';
import { type Fault, refused } from './fault.ts';
import { treeFunction } from './process-tree.ts';

export const daemonFrozen: Fault = {
  name: 'daemon-frozen',
  describe: 'keepalived hangs (SIGSTOP): no adverts, and the VIP stays on the node',
  expectedClass: 'hang',
  doneTo: 'master',
  partOfAll: 'yes',
  plan: ({ node, parentPid, manager }) =>
    parentPid.kind === 'unknown'
      ? refused(parentPid.reason)
      : {
          kind: 'deed',
          deed: {
            fault: 'daemon-frozen',
            node,
            prepare: '',
            inject: [
              treeFunction,
              `vd_is_keepalived ${parentPid.value} || { echo "pid ${parentPid.value} is no keepalived any more" >&2; return 1; }`,
              `kill -STOP $(vd_tree ${parentPid.value})`,
            ].join('\n'),
            // The tree cannot have changed while it was stopped.
            heal: [
              treeFunction,
              `if vd_is_keepalived ${parentPid.value}; then kill -CONT $(vd_tree ${parentPid.value}); fi`,
            ].join('\n'),
            healed: [
              treeFunction,
              'vd_stopped=0',
              `if vd_is_keepalived ${parentPid.value}; then`,
              `  for vd_q in $(vd_tree ${parentPid.value}); do`,
              '    [ "$(vd_state "$vd_q")" = T ] && vd_stopped=1',
              '  done',
              ...(manager.kind === 'known'
                ? ['else', `  ( ${runsCommand(manager.value)}\n) || vd_stopped=1`]
                : []),
              'fi',
              '[ "$vd_stopped" = 0 ]',
            ].join('\n'),
            expectedClass: 'hang',
            controlPath: 'untouched',
            secondSender: 'not-expected',
            risks: [
              `the VIP stays on ${node}: clients may reach either node until it is healed`,
              `for a moment after healing ${node} believes it is still master`,
            ],
          },
        },
};
