import { advertIntervalMismatchV3 } from '../../../src/rules/disagreement/advert-interval-mismatch-v3.ts';
import { configures, healthy, says, situation, versionThree } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: advertIntervalMismatchV3,
  fires: [
    {
      name: 'n3 has another interval',
      model: situation(versionThree, configures('n3', { advertIntervalMs: 500 })),
      nodes: [['n3']],
      evidence: /advert_int 0\.5/,
      severity: 'medium',
    },
    {
      name: 'the MASTER sends another interval than both backups are set to',
      model: situation(versionThree, says('n1', { intervalMs: 300 })),
      nodes: [['n1']],
      evidence: /intvl 300ms/,
      severity: 'medium',
    },
  ],
  silent: [
    { name: 'healthy with version 2', model: healthy() },
    { name: 'healthy with version 3', model: situation(versionThree) },
    {
      name: 'version 2 members differ: another rule',
      model: situation(configures('n2', { advertIntervalMs: 2000 })),
    },
  ],
};
