import { known, unknown } from '../../../src/evidence/reading.ts';
import { vipMissingOnMasterUndetected } from '../../../src/rules/vip/vip-missing-on-master-undetected.ts';
import { changeNode, held, situation } from '../model-builder.ts';

const release = (name: string, major: number, minor: number, patch: number) =>
  changeNode(name, { version: known({ text: `${major}.${minor}.${patch}`, major, minor, patch }) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vipMissingOnMasterUndetected,
  fires: [
    {
      name: '1.3.9, VIP gone',
      model: situation(release('n1', 1, 3, 9), held()),
      nodes: [['n1']],
      evidence: /v1\.3\.9/,
      says: /10\.77\.0\.5 is gone/,
      severity: 'critical',
    },
    {
      name: '2.0.0',
      model: situation(release('n1', 2, 0, 0), held()),
      nodes: [['n1']],
      evidence: /v2\.0\.0/,
    },
  ],
  silent: [
    { name: 'the VIP is there', model: situation(release('n1', 1, 3, 9)) },
    { name: 'a release that watches', model: situation(held()) },
    { name: 'an old backup', model: situation(release('n2', 1, 3, 9), held()) },
  ],
  unjudged: [
    {
      name: 'release unknown',
      model: situation(changeNode('n1', { version: unknown('no keepalived') })),
      reason: /no keepalived/,
    },
  ],
};
