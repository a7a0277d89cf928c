import { stateMasterWithoutPriority } from '../../../src/rules/election/state-master-without-priority.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: stateMasterWithoutPriority,
  fires: [
    {
      name: 'n1 is MASTER and says no priority',
      model: trio({ own: { n1: { state: 'MASTER', priority: 'unset' } } }),
      nodes: [['n1']],
      evidence: /state MASTER/,
      says: /runs with 255/,
      severity: 'high',
    },
    {
      name: 'on every node',
      model: trio({ state: 'MASTER', priority: 'unset' }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /has no priority/,
    },
  ],
  silent: [
    { name: 'MASTER with a priority', model: trio({ own: { n1: { state: 'MASTER' } } }) },
    { name: 'BACKUP without one has 100', model: trio({ own: { n3: { priority: 'unset' } } }) },
  ],
};
