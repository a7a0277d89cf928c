import { ethernetPaddingRejected } from '../../../src/rules/path/ethernet-padding-rejected.ts';
import { logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ethernetPaddingRejected,
  fires: [
    {
      name: 'too long',
      model: n2Says('(VI_1) vrrp packet too long, length 46 and expect 40'),
      nodes: [['n2']],
      evidence: /too long, length 46/,
      severity: 'high',
    },
    {
      name: 'long ago',
      model: n2Logged([90_000, '(VI_1) vrrp packet too long, length 46 and expect 40']),
      nodes: [['n2']],
      evidence: /too long/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'too short is something else',
      model: n2Said('(VI_1) vrrp packet too short, length 20 and expect 40'),
    },
  ],
  unjudged: logUnread,
};
