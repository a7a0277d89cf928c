// Root cause: the VRRP process is alive but does not run: stopped, frozen, or stuck in the kernel.
import { membersOf, nodesOf } from '../members.ts';
import { stalledProcesses } from '../process-health.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const vrrpProcessStalled = defineRule({
  id: 'vrrp-process-stalled',
  severity: 'critical',
  needs: ['nodes', 'groups', 'instances'],
  title: 'The VRRP process of a node does not run although it is alive',
  why: 'A stalled MASTER sends no adverts and keeps its VIP, so another node takes over beside it. A stalled BACKUP hears nothing and will not take over. Monitors that look for the process see nothing wrong.',
  proof:
    'Scheduler state T (stopped), or packets piling up unread in its raw socket while listening; state D alone is not counted.',
  remedy:
    'Continue it (SIGCONT, thaw its cgroup or container) or restart it; then look for what it waits for: a debugger, slow /tmp, SNMP agent, memory.',
  sources: ['proc(5) /proc/pid/stat', 'keepalived issues 1080 and 2726'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'no-master',
    'vip-on-no-node',
    'vip-orphaned-after-unclean-stop',
    'adverts-lost-unexplained',
  ],
  check: ({ nodes, groups, instances }) => {
    const drafts = stalledProcesses(nodes).map(({ node, process, why, quotes }): FindingDraft => {
      const pid = process.vrrpPid ?? process.pid;
      const group = groups.find((candidate) => nodesOf(membersOf(candidate, instances)).includes(node));
      const facet = nodes.find((candidate) => candidate.name === node);
      return {
        subject: { nodes: [node], ...(group === undefined ? {} : { vrid: group.vrid }) },
        title:
          why === 'stopped'
            ? `keepalived on ${node} is stopped in its tracks (process ${pid}, state ${process.vrrpRunState ?? 'T'})`
            : `keepalived on ${node} no longer reads its adverts (process ${pid})`,
        summary: `The VRRP process on ${node} is alive but does not run: ${why === 'stopped' ? 'it was stopped by a signal or a debugger' : why === 'uninterruptible' ? 'it is stuck in the kernel' : 'packets pile up in its socket'}. It neither sends adverts nor gives up its VIP.`,
        evidence: asEvidence(quotes[0], [
          ...quotes.slice(1),
          ...quoteLog(facet, /thread timer expired|AgentX master/i, 1),
        ]),
        remedy: {
          text:
            why === 'stopped'
              ? `Let process ${pid} continue, or restart keepalived.`
              : 'See what it waits for, then restart keepalived.',
          commands: [
            {
              node,
              command:
                why === 'stopped'
                  ? `kill -CONT ${pid}`
                  : `cat /proc/${pid}/wchan; systemctl restart keepalived`,
            },
          ],
        },
      };
    });
    const unread = nodes.flatMap((node) =>
      node.processes.kind === 'unknown' ? [`${node.name}: ${node.processes.reason}`] : [],
    );
    return drafts.length === 0 && (nodes.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no node was checked')
      : foundOrClear(drafts);
  },
});
