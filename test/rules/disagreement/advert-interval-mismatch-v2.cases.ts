import { advertIntervalMismatchV2 } from '../../../src/rules/disagreement/advert-interval-mismatch-v2.ts';
import {
  alsoMaster,
  configures,
  healthy,
  logs,
  says,
  situation,
  unreachable,
  versionThree,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: advertIntervalMismatchV2,
  fires: [
    {
      name: 'n2 advertises every two seconds beside n1',
      model: situation(
        configures('n2', { advertIntervalMs: 2000 }),
        alsoMaster('n2'),
        logs('n1', '(VI_1) advertisement interval mismatch mine=1 sec rcved=2 sec'),
      ),
      nodes: [['n2']],
      evidence: /keepalived\.conf:13: advert_int 2/,
      says: /n2: 2 s/,
      severity: 'critical',
    },
    {
      name: 'two members only: both are named',
      model: situation(unreachable('n3'), configures('n2', { advertIntervalMs: 2000 }), alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /advert_int 1$/,
    },
    {
      name: 'the file of a calm BACKUP differs: it waits for a reload',
      model: situation(configures('n3', { advertIntervalMs: 3000 })),
      nodes: [['n3']],
      evidence: /advert_int 3/,
      severity: 'critical',
    },
    {
      name: 'the wire wins over the file, and the difference is said',
      model: situation(says('n1', { intervalMs: 2000 }), alsoMaster('n2')),
      nodes: [['n1']],
      evidence: /intvl 2000ms/,
      says: /n1 sends 2 s although its file says 1 s/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'VRRPv3 members differ: legal, another rule',
      model: situation(versionThree, configures('n2', { advertIntervalMs: 200 })),
    },
    {
      name: 'a fraction that version 2 rounds to the same second',
      model: situation(configures('n2', { advertIntervalMs: 1200 })),
    },
    {
      name: 'all members changed alike',
      model: situation(
        configures(['n1', 'n2', 'n3'], { advertIntervalMs: 2000 }),
        says('n1', { intervalMs: 2000 }),
      ),
    },
  ],
};
