import { reloadSlowerThanMasterDown } from '../../../src/rules/timing/reload-slower-than-master-down.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: reloadSlowerThanMasterDown,
  fires: [
    {
      name: 'five seconds',
      model: n2Said('Reload finished in 5123456 usec'),
      nodes: [['n2']],
      evidence: /5123456 usec/,
      says: /took 5\.1 s .* peers wait 3\.0 s/,
      severity: 'high',
    },
    {
      name: 'two days ago',
      model: n2Logged([180_000, 'Reload finished in 3000000 usec']),
      nodes: [['n2']],
      evidence: /3000000 usec/,
      says: /2 days ago/,
      severity: 'low',
    },
  ],
  silent: [...quiet, { name: 'quick enough', model: n2Said('Reload finished in 2912 usec') }],
  unjudged: logUnread,
};
