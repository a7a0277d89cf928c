import { versionSkew } from '../../../src/rules/configuration/version-skew.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const versions = (n1: string, n2: string, n3: string) => trio({ versions: { n1, n2, n3 } });

export const cases: RuleCases = {
  rule: versionSkew,
  fires: [
    {
      name: 'half way over 2.3.3',
      model: versions('2.2.8', '2.3.4', '2.3.4'),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /Keepalived v2\.3\.4/,
      says: /2\.3\.3 accepts adverts whose VIP list differs/,
      severity: 'medium',
    },
    {
      name: 'two releases that agree',
      model: versions('2.2.7', '2.2.8', '2.2.8'),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /Keepalived v2\.2\.8/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'one release', model: versions('2.2.7', '2.2.7', '2.2.7') },
    { name: 'one release, from before 2.0', model: versions('1.3.5', '1.3.5', '1.3.5') },
  ],
  unjudged: [{ name: 'files alone', model: trio(), reason: /only the configuration file was given/ }],
};
