import { subsecondAdvertIntOnV2 } from '../../../src/rules/configuration/subsecond-advert-int-on-v2.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: subsecondAdvertIntOnV2,
  fires: [
    {
      name: 'half a second on version 2, which is the default',
      model: trio({ interval: 0.5 }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /advert_int 0\.5/,
      says: /runs as 1 s/,
      severity: 'high',
    },
    {
      name: 'one and a half on n2',
      model: trio({ own: { n2: { interval: 1.5 } } }),
      nodes: [['n2']],
      evidence: /VRRP version 2, by default/,
    },
  ],
  silent: [
    { name: 'whole seconds', model: trio({ interval: 2 }) },
    { name: 'version 3', model: trio({ interval: 0.1, lines: ['version 3'] }) },
  ],
};
