import { schedulerStarvation } from '../../../src/rules/timing/scheduler-starvation.ts';
import { logUnread, n2Logged, n2Said, quiet, started } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: schedulerStarvation,
  fires: [
    {
      name: 'elections followed, again and again',
      model: n2Logged(
        [562, 'A thread timer expired 3.900000 seconds ago'],
        [561, '(VI_1) Entering BACKUP STATE'],
        [312, 'A thread timer expired 3.870000 seconds ago'],
        [311, '(VI_1) Entering BACKUP STATE'],
        [62, 'A thread timer expired 4.120000 seconds ago'],
        [61, '(VI_1) Received advert from 10.77.0.11 with lower priority 99, ours 100, forcing new election'],
      ),
      nodes: [['n2']],
      evidence: /expired 4\.12/,
      says: /4\.1 s late/,
      severity: 'high',
    },
    {
      name: 'an election followed, once: it was stopped and continued',
      model: n2Logged(
        [4, 'A thread timer expired 4.000000 seconds ago'],
        [3, '(VI_1) Received advert from 10.77.0.12 with lower priority 99, ours 100, forcing new election'],
      ),
      nodes: [['n2']],
      evidence: /expired 4\.00/,
      severity: 'low',
    },
    {
      name: 'nothing followed',
      model: n2Said('A thread timer expired 1.000123 seconds ago'),
      nodes: [['n2']],
      evidence: /expired 1\.000/,
      severity: 'low',
    },
    {
      name: 'yesterday',
      model: n2Logged(
        [90_000, 'A thread timer expired 4.120000 seconds ago'],
        [90_000, '(VI_1) Entering BACKUP STATE'],
      ),
      nodes: [['n2']],
      evidence: /expired 4\.12/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'late before the last start',
      model: n2Logged([900, 'A thread timer expired 4.120000 seconds ago'], started),
    },
  ],
  unjudged: logUnread,
};
