import { sameVridOnTwoVlansOneSwitch } from '../../../src/rules/configuration/same-vrid-on-two-vlans-one-switch.ts';
import { instanceText, trioOf } from '../paper-model.ts';

const vlans = (one: string, two: string, vrid: number, lines: readonly string[]) =>
  trioOf((_, index) =>
    [
      instanceText({ interface: one, vrid, priority: 100 - index, lines }),
      instanceText({ name: 'VI_2', interface: two, vrid, priority: 100 - index, lines, vips: ['10.78.0.5'] }),
    ].join('\n'),
  );

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: sameVridOnTwoVlansOneSwitch,
  fires: [
    {
      name: 'VLANs 10 and 20',
      model: vlans('eth1.10', 'eth1.20', 51, ['use_vmac']),
      nodes: [
        ['n1', 'n2', 'n3'],
        ['n1', 'n2', 'n3'],
      ],
      evidence: /eth1\.10 and eth1\.20/,
      severity: 'medium',
    },
    {
      name: 'named vlans',
      model: vlans('bond0.5', 'bond0.6', 7, ['use_vmac']),
      nodes: [
        ['n1', 'n2', 'n3'],
        ['n1', 'n2', 'n3'],
      ],
      evidence: /bond0\.6/,
    },
  ],
  silent: [
    { name: 'no VMAC', model: vlans('eth1.10', 'eth1.20', 51, []) },
    { name: 'two interfaces', model: vlans('eth1', 'eth2', 51, ['use_vmac']) },
  ],
};
