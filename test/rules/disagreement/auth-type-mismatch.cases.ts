import { authTypeMismatch } from '../../../src/rules/disagreement/auth-type-mismatch.ts';
import {
  alsoMaster,
  configures,
  healthy,
  password,
  situation,
  versionThree,
  withPassword,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: authTypeMismatch,
  fires: [
    {
      name: 'n2 authenticates, the others do not',
      model: situation(configures('n2', password('f00d01')), alsoMaster('n2')),
      nodes: [['n2']],
      evidence: /auth_type PASS/,
      severity: 'critical',
    },
    {
      name: 'n3 uses AH, the others PASS',
      model: situation(
        withPassword,
        configures('n3', { auth: { type: 'AH', fingerprint: 'f00d01' } }),
        alsoMaster('n3'),
      ),
      nodes: [['n3']],
      evidence: /authtype 2/,
      says: /AH/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'all use PASS', model: situation(withPassword) },
    {
      name: 'same type, other password',
      model: situation(withPassword, configures('n2', password('badbad')), alsoMaster('n2')),
    },
    {
      name: 'a block that VRRPv3 ignores',
      model: situation(versionThree, configures('n2', password('f00d01'))),
    },
  ],
};
