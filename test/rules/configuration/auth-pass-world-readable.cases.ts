import { known, unknown } from '../../../src/evidence/reading.ts';
import { authPassWorldReadable } from '../../../src/rules/configuration/auth-pass-world-readable.ts';
import { changeNode, situation, withPassword } from '../model-builder.ts';

const release = (name: string, major: number, minor: number, patch: number) =>
  changeNode(name, { version: known({ text: `${major}.${minor}.${patch}`, major, minor, patch }) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: authPassWorldReadable,
  fires: [
    {
      name: '1.3.5 with a password',
      model: situation(withPassword, release('n2', 1, 3, 5)),
      nodes: [['n2']],
      evidence: /v1\.3\.5/,
      severity: 'medium',
    },
    {
      name: '1.2.13',
      model: situation(withPassword, release('n1', 1, 2, 13)),
      nodes: [['n1']],
      evidence: /v1\.2\.13/,
    },
  ],
  silent: [
    { name: 'no password', model: situation(release('n2', 1, 3, 5)) },
    { name: '2.2.7', model: situation(withPassword) },
  ],
  unjudged: [
    {
      name: 'release unknown',
      model: situation(changeNode('n2', { version: unknown('no keepalived') })),
      reason: /no keepalived/,
    },
  ],
};
