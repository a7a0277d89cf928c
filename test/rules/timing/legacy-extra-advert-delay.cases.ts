import { known, unknown } from '../../../src/evidence/reading.ts';
import { legacyExtraAdvertDelay } from '../../../src/rules/timing/legacy-extra-advert-delay.ts';
import { changeNode, healthy, situation } from '../model-builder.ts';

const release = (name: string, major: number, minor: number, patch: number) =>
  changeNode(name, { version: known({ text: `${major}.${minor}.${patch}`, major, minor, patch }) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: legacyExtraAdvertDelay,
  fires: [
    {
      name: '1.3.5',
      model: situation(release('n2', 1, 3, 5)),
      nodes: [['n2']],
      evidence: /v1\.3\.5/,
      severity: 'low',
    },
    {
      name: 'two nodes',
      model: situation(release('n1', 1, 4, 5), release('n3', 1, 2, 13)),
      nodes: [['n1'], ['n3']],
      evidence: /v1\.2\.13/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: '2.0.0', model: situation(release('n2', 2, 0, 0)) },
  ],
  unjudged: [
    {
      name: 'release unknown',
      model: situation(changeNode('n2', { version: unknown('no keepalived') })),
      reason: /no keepalived/,
    },
  ],
};
