import { authPassCutByCommentChar } from '../../../src/rules/configuration/auth-pass-cut-by-comment-char.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const password = (text: string) => ({
  lines: ['authentication {', '    auth_type PASS', `    auth_pass ${text}`, '}'],
});

export const cases: RuleCases = {
  rule: authPassCutByCommentChar,
  fires: [
    {
      name: 'an exclamation mark inside, on every node',
      model: trio(password('Ab!cd')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /auth_pass of 2 characters, followed by a comment sign/,
      says: /ends at a comment sign/,
      severity: 'high',
    },
    {
      name: 'a hash on n3, where the others quote it',
      model: trio({ ...password('"Ab#cd"'), own: { n3: password('Ab#cd') } }),
      nodes: [['n3']],
      evidence: /comment sign without a blank/,
    },
  ],
  silent: [
    { name: 'double quotes protect', model: trio(password('"Ab#cd!"')) },
    { name: 'a comment behind a blank', model: trio(password('abcd # of the cluster')) },
  ],
};
