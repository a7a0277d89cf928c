import { equalPriorities } from '../../../src/rules/election/equal-priorities.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: equalPriorities,
  fires: [
    {
      name: 'n1 is meant to be MASTER and n2 has the same priority',
      model: trio({ own: { n1: { state: 'MASTER' }, n2: { priority: 100 } } }),
      nodes: [['n1', 'n2']],
      evidence: /priority 100/,
      says: /n1 and n2 have the same priority, 100/,
      severity: 'high',
    },
    {
      name: 'all equal, all BACKUP, and they preempt',
      model: trio({ priority: 100 }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /priority 100/,
      severity: 'medium',
    },
    {
      name: 'all equal with nopreempt is a choice',
      model: trio({ priority: 50, lines: ['nopreempt'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /priority 50/,
      says: /whoever is master stays master/,
      severity: 'low',
    },
    {
      name: 'two backups alike, below the master',
      model: trio({ own: { n3: { priority: 99 } } }),
      nodes: [['n2', 'n3']],
      evidence: /priority 99/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'priorities of their own', model: trio() },
    {
      name: 'two owners: that has a rule of its own',
      model: trio({ own: { n1: { priority: 255 }, n2: { priority: 255 } } }),
    },
  ],
};
