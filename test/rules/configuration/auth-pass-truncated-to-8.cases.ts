import { authPassTruncatedTo8 } from '../../../src/rules/configuration/auth-pass-truncated-to-8.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const password = (text: string) => ({
  lines: ['authentication {', '    auth_type PASS', `    auth_pass ${text}`, '}'],
});

export const cases: RuleCases = {
  rule: authPassTruncatedTo8,
  fires: [
    {
      name: 'ten characters everywhere',
      model: trio(password('abcdefghij')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /auth_pass of 10 characters/,
      says: /longer than eight characters/,
      severity: 'medium',
    },
    {
      name: 'already masked, twenty on n2',
      model: trio({ ...password('abcdefgh'), own: { n2: password('redacted:cafe12:20') } }),
      nodes: [['n2']],
      evidence: /auth_pass of 20 characters/,
    },
  ],
  silent: [
    { name: 'eight characters', model: trio(password('abcdefgh')) },
    {
      name: 'VRRPv3 ignores it anyway',
      model: trio({ lines: ['version 3', ...password('abcdefghij').lines] }),
    },
  ],
};
