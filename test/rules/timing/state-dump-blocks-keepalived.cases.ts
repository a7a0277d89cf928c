import { stateDumpBlocksKeepalived } from '../../../src/rules/timing/state-dump-blocks-keepalived.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: stateDumpBlocksKeepalived,
  fires: [
    {
      name: 'late after a dump',
      model: n2Logged(
        [0, 'Printing VRRP data for process(601) on signal'],
        [0, 'A thread timer expired 2.500000 seconds ago'],
      ),
      nodes: [['n2']],
      evidence: /Printing VRRP data/,
      severity: 'medium',
    },
    {
      name: 'yesterday',
      model: n2Logged(
        [90_001, 'Printing VRRP stats for process(601) on signal'],
        [90_000, 'A thread timer expired 2.500000 seconds ago'],
      ),
      nodes: [['n2']],
      evidence: /Printing VRRP stats/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'a dump in time', model: n2Said('Printing VRRP data for process(601) on signal') },
    {
      name: 'late long after the dump',
      model: n2Logged(
        [90, 'Printing VRRP data for process(601) on signal'],
        [0, 'A thread timer expired 2.500000 seconds ago'],
      ),
    },
  ],
  unjudged: logUnread,
};
