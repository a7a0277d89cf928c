import { authIgnoredV3OrStrict } from '../../../src/rules/configuration/auth-ignored-v3-or-strict.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const password = ['authentication {', '    auth_type PASS', '    auth_pass abcd', '}'];

export const cases: RuleCases = {
  rule: authIgnoredV3OrStrict,
  fires: [
    {
      name: 'a password with VRRPv3',
      model: trio({ lines: ['version 3', ...password] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /auth_type PASS, ignored/,
      says: /VRRPv3 has no authentication/,
      severity: 'low',
    },
    {
      name: 'a password in strict mode',
      model: trio({ lines: password, own: { n1: { lines: ['strict_mode on', ...password] } } }),
      nodes: [['n1']],
      evidence: /strict mode/,
    },
  ],
  silent: [
    { name: 'VRRPv2 with a password', model: trio({ lines: password }) },
    { name: 'VRRPv3 without one', model: trio({ lines: ['version 3'] }) },
  ],
};
