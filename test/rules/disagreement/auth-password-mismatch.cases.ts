import { unknown } from '../../../src/evidence/reading.ts';
import { authPasswordMismatch } from '../../../src/rules/disagreement/auth-password-mismatch.ts';
import {
  alsoMaster,
  changeInstance,
  configures,
  healthy,
  logs,
  password,
  says,
  situation,
  versionThree,
  withPassword,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: authPasswordMismatch,
  fires: [
    {
      name: 'n2 has another password and is MASTER as well',
      model: situation(
        withPassword,
        configures('n2', password('badbad')),
        alsoMaster('n2'),
        logs('n1', '(VI_1) received an invalid passwd!'),
      ),
      nodes: [['n2']],
      evidence: /received an invalid passwd/,
      says: /fingerprint badbad/,
      severity: 'critical',
    },
    {
      name: 'seen in the file alone, behind a firewall that hides the adverts of n3',
      model: situation(withPassword, configures('n3', password('badbad'))),
      nodes: [['n3']],
      evidence: /keepalived\.conf:16: auth_pass \(fingerprint badbad\)/,
      severity: 'critical',
    },
  ],
  silent: [
    { name: 'healthy without authentication', model: healthy() },
    { name: 'healthy with one password', model: situation(withPassword) },
    {
      name: 'n2 has no authentication at all: that is the type',
      model: situation(withPassword, configures('n2', { auth: { type: 'none' } }), alsoMaster('n2')),
    },
    {
      name: 'passwords differ but VRRPv3 ignores them',
      model: situation(
        versionThree,
        configures('n2', password('badbad')),
        configures('n1', password('f00d01')),
        says('n1', { authType: 0 }),
      ),
    },
  ],
  unjudged: [
    {
      name: 'the configuration of a BACKUP could not be read',
      model: situation(changeInstance('n3', { configured: unknown('permission denied') })),
      reason: /n3: permission denied/,
    },
  ],
};
