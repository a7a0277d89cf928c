import { advertSendErrorNetwork } from '../../../src/rules/timing/advert-send-error-network.ts';
import { logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /\(VI_1\): send advert error 101 \(Network is unreachable\)/;

export const cases: RuleCases = {
  rule: advertSendErrorNetwork,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('(VI_1): send advert error 101 (Network is unreachable)'),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Says('(VI_1) Cant send advert to 10.77.0.12 (No buffer space available)'),
      nodes: [['n2']],
      evidence: /\(VI_1\) Cant send advert to 10\.77\.0\.12 \(No buffer space available\)/,
      severity: 'high',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, '(VI_1): send advert error 101 (Network is unreachable)']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('(VI_1): send advert error 1 (Operation not permitted)'),
    },
  ],
  unjudged: logUnread,
};
