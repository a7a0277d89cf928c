import { garpFlood } from '../../../src/rules/configuration/garp-flood.ts';
import { trio } from '../paper-model.ts';

const excluded = (count: number): readonly string[] => [
  'virtual_ipaddress_excluded {',
  ...Array.from({ length: count }, (_, index) => `10.9.${Math.floor(index / 200)}.${(index % 200) + 1}`),
  '}',
];

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: garpFlood,
  fires: [
    {
      name: 'three hundred VIPs',
      model: trio({ lines: excluded(300) }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /1505 frames a burst/,
      severity: 'medium',
    },
    {
      name: 'many repetitions',
      model: trio({ lines: ['garp_master_repeat 50', ...excluded(30)] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /1550 frames/,
    },
  ],
  silent: [
    { name: 'one VIP', model: trio() },
    {
      name: 'spaced',
      model: trio({ before: 'global_defs {\n vrrp_garp_interval 0.01\n}', lines: excluded(300) }),
    },
  ],
};
