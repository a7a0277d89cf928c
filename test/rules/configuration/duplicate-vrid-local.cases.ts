import { duplicateVridLocal } from '../../../src/rules/configuration/duplicate-vrid-local.ts';
import { instanceText, trio, trioOf } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const two = (second: Parameters<typeof instanceText>[0], first: Parameters<typeof instanceText>[0] = {}) =>
  trioOf((_node, index) =>
    [
      instanceText({ priority: 100 - index, ...first }),
      instanceText({ name: 'VI_2', vips: ['10.77.0.6'], priority: 100 - index, ...second }),
    ].join('\n'),
  );
const towards = (peer: string) => ({ lines: ['unicast_peer {', `    ${peer}`, '}'] });

export const cases: RuleCases = {
  rule: duplicateVridLocal,
  fires: [
    {
      name: 'a copied instance whose VRID was left as it was',
      model: two({}),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /VI_2: virtual_router_id 101/,
      says: /both use VRID 101 on eth1/,
      severity: 'critical',
    },
    {
      name: 'unicast with a peer in common',
      model: two(towards('10.77.0.99'), towards('10.77.0.99')),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /VI_1: virtual_router_id 101/,
    },
  ],
  silent: [
    { name: 'one instance', model: trio() },
    { name: 'VRIDs of their own', model: two({ vrid: 102 }) },
    { name: 'the same VRID on another interface', model: two({ interface: 'eth2' }) },
    { name: 'the same VRID for IPv6', model: two({ vips: ['fe80::6'] }) },
    { name: 'unicast to other peers', model: two(towards('10.77.0.98'), towards('10.77.0.99')) },
  ],
};
