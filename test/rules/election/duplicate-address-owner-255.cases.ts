import { duplicateAddressOwner255 } from '../../../src/rules/election/duplicate-address-owner-255.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: duplicateAddressOwner255,
  fires: [
    {
      name: 'n1 and n3 have 255',
      model: trio({ own: { n1: { priority: 255 }, n3: { priority: 255 } } }),
      nodes: [['n1', 'n3']],
      evidence: /priority 255/,
      says: /claim to own the address/,
      severity: 'critical',
    },
    {
      name: 'state MASTER without a priority on two nodes',
      model: trio({
        own: {
          n1: { state: 'MASTER', priority: 'unset' },
          n2: { state: 'MASTER', priority: 'unset' },
        },
      }),
      nodes: [['n1', 'n2']],
      evidence: /state MASTER without a priority: 255/,
    },
  ],
  silent: [
    { name: 'one owner', model: trio({ own: { n1: { priority: 255 } } }) },
    { name: 'none', model: trio() },
  ],
};
