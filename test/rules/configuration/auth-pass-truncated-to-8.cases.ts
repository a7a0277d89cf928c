import { authPassTruncatedTo8 } from '../../../src/rules/configuration/auth-pass-truncated-to-8.ts';
import { instanceText, trio, trioOf } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const password = (text: string) => ({
  lines: ['authentication {', '    auth_type PASS', `    auth_pass ${text}`, '}'],
});
const two = (first: string, second: string) =>
  trioOf((_node, index) =>
    [
      instanceText({ priority: 100 - index, ...password(first) }),
      instanceText({
        name: 'VI_2',
        vrid: 102,
        vips: ['10.77.0.6'],
        priority: 100 - index,
        ...password(second),
      }),
    ].join('\n'),
  );

export const cases: RuleCases = {
  rule: authPassTruncatedTo8,
  fires: [
    {
      name: 'ten characters everywhere: it works, and is a remark',
      model: trio(password('abcdefghij')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /auth_pass of 10 characters/,
      says: /longer than eight characters/,
      severity: 'low',
    },
    {
      name: 'already masked, twenty on n2',
      model: trio({ ...password('abcdefgh'), own: { n2: password('redacted:cafe12:20') } }),
      nodes: [['n2']],
      evidence: /auth_pass of 20 characters/,
    },
    {
      name: 'two groups believed to have passwords of their own',
      model: two('mycluster_api', 'mycluster_ingress'),
      nodes: [
        ['n1', 'n2', 'n3'],
        ['n1', 'n2', 'n3'],
      ],
      evidence: /auth_pass of 13 characters/,
      says: /those of VRID 102 too/,
      severity: 'medium',
    },
  ],
  silent: [
    { name: 'eight characters', model: trio(password('abcdefgh')) },
    { name: 'one password for two groups, as it is written', model: two('abcdefgh', 'abcdefgh') },
    {
      name: 'VRRPv3 ignores it anyway',
      model: trio({ lines: ['version 3', ...password('abcdefghij').lines] }),
    },
  ],
};
