// Time fault: the SNMP agent kept the VRRP process waiting.

import { weightOfHistory } from '../history.ts';
import { lateEntries } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const complaint = /AgentX master (agent failed to respond|disconnected)/;

export const snmpAgentxBlocksVrrp = defineRule({
  id: 'snmp-agentx-blocks-vrrp',
  severity: 'high',
  needs: logNeeds,
  title: 'A hanging SNMP agent blocks keepalived',
  why: 'keepalived talks to snmpd from the VRRP process. When snmpd restarts or hangs, adverts wait for it – about a second each time – and a backup may take over.',
  proof:
    'An AgentX complaint within twenty seconds of `A thread timer expired` on the same node; what is over is a remark, unless it keeps coming back.',
  remedy: 'Start keepalived without SNMP (`-x`, `enable_snmp_*`), or mend snmpd.',
  sources: ['keepalived issues 2195, 1570, 2726'],
  explains: ['scheduler-starvation'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const late = lateEntries(log).map(({ entry }) => entry);
      const complaints = log.entries.filter(
        ({ text, atMs }) =>
          complaint.test(text) &&
          late.some(
            (one) => one.atMs !== undefined && atMs !== undefined && Math.abs(one.atMs - atMs) <= 20_000,
          ),
      );
      if (complaints.length === 0) return [];
      const hits = [...complaints.slice(-2), ...late.slice(-2)];
      return draftFromLog(log, hits, {
        title: `snmpd kept keepalived on ${log.node.name} waiting (${whenOf(complaints.at(-1))})`,
        summary: 'keepalived lost its SNMP agent and was late with its timers at the same time.',
        fix: 'Start keepalived without -x and enable_snmp_*, or mend snmpd.',
        commands: [
          'systemctl status snmpd --no-pager',
          'grep -n enable_snmp /etc/keepalived/keepalived.conf',
        ],
        ...weightOfHistory(complaints, 'high'),
      });
    }),
});
