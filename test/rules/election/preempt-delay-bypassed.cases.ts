import { preemptDelayBypassed } from '../../../src/rules/election/preempt-delay-bypassed.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: preemptDelayBypassed,
  fires: [
    {
      name: 'state MASTER clears it',
      model: trio({ lines: ['preempt_delay 30'], own: { n1: { state: 'MASTER' } } }),
      nodes: [['n1']],
      evidence: /preempt_delay, cleared at start/,
      says: /preempt_delay needs state BACKUP/,
      severity: 'medium',
    },
    {
      name: 'beside nopreempt',
      model: trio({ own: { n2: { lines: ['preempt_delay 30', 'nopreempt'] } } }),
      nodes: [['n2']],
      evidence: /state BACKUP/,
      says: /nopreempt/,
    },
  ],
  silent: [
    { name: 'state BACKUP everywhere', model: trio({ lines: ['preempt_delay 30'] }) },
    { name: 'none', model: trio() },
  ],
};
