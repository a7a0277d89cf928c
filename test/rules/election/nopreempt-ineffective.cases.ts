import { nopreemptIneffective } from '../../../src/rules/election/nopreempt-ineffective.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: nopreemptIneffective,
  fires: [
    {
      name: 'state MASTER clears it on n1',
      model: trio({ lines: ['nopreempt'], own: { n1: { state: 'MASTER' } } }),
      nodes: [['n1']],
      evidence: /nopreempt$/,
      says: /nopreempt needs state BACKUP/,
      severity: 'medium',
    },
    {
      name: 'priority 255 clears it',
      model: trio({ lines: ['nopreempt'], own: { n1: { priority: 255 } } }),
      nodes: [['n1']],
      evidence: /priority 255/,
    },
    {
      name: 'only the lowest has it',
      model: trio({ own: { n3: { lines: ['nopreempt'] } } }),
      nodes: [['n3']],
      evidence: /priority 98, the lowest of the group/,
      says: /nobody to preempt/,
    },
  ],
  silent: [
    { name: 'on every node, all BACKUP', model: trio({ lines: ['nopreempt'] }) },
    { name: 'nowhere', model: trio() },
    {
      name: 'on both backups: the middle one does not preempt the lowest',
      model: trio({ own: { n2: { lines: ['nopreempt'] }, n3: { lines: ['nopreempt'] } } }),
    },
  ],
};
