import { netlinkBufferOverrun } from '../../../src/rules/timing/netlink-buffer-overrun.ts';
import { logUnread, n2Logged, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Netlink: Receive buffer overrun on monitor socket - \(ENOBUFS\)/;

export const cases: RuleCases = {
  rule: netlinkBufferOverrun,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('Netlink: Receive buffer overrun on monitor socket - (ENOBUFS)'),
      nodes: [['n2']],
      evidence: said,
      severity: 'medium',
    },
    {
      name: 'in other words',
      model: n2Says('Netlink: Receive buffer overrun on cmd socket'),
      nodes: [['n2']],
      evidence: /Netlink: Receive buffer overrun on cmd socket/,
      severity: 'medium',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'Netlink: Receive buffer overrun on monitor socket - (ENOBUFS)']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [...quiet],
  unjudged: logUnread,
};
