import { garpNotSent } from '../../../src/rules/vip/garp-not-sent.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Error 100 \(Network is down\) sending gratuitous ARP on eth1 for 10\.77\.0\.5/;

export const cases: RuleCases = {
  rule: garpNotSent,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said(
        '(VI_1) Entering MASTER STATE',
        'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5',
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said(
        '(VI_1) Entering MASTER STATE',
        'Error 105 (No buffer space available) sending gratuitous ARP on eth1 for 10.77.0.5',
      ),
      nodes: [['n2']],
      evidence: /Error 105 \(No buffer space available\) sending gratuitous ARP on eth1 for 10\.77\.0\.5/,
      severity: 'high',
    },
    {
      name: 'the state has changed since',
      model: n2Said(
        'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5',
        '(VI_1) Entering BACKUP STATE',
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('Error 1 while registering gratuitous ARP shared channel'),
    },
  ],
  unjudged: logUnread,
};
