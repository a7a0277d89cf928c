import { known, unknown } from '../../../src/evidence/reading.ts';
import { vipOrderPoisonsNodeIp } from '../../../src/rules/vip/vip-order-poisons-node-ip.ts';
import { changeHost, healthy, situation } from '../model-builder.ts';

const holds = (node: string, ...addresses: readonly string[]) =>
  changeHost(node, {
    heldAddresses: known(
      addresses.map((address) => ({
        interface: 'eth1',
        family: 'ipv4' as const,
        address,
        prefixLength: 24,
        flags: [],
      })),
    ),
  });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vipOrderPoisonsNodeIp,
  fires: [
    {
      name: 'VIP first',
      model: situation(holds('n1', '10.77.0.5', '10.77.0.11')),
      nodes: [['n1']],
      evidence: /eth1: 10\.77\.0\.5\/24, 10\.77\.0\.11/,
      severity: 'medium',
    },
    {
      name: 'on another node',
      model: situation(holds('n2', '10.77.0.5', '10.77.0.12')),
      nodes: [['n2']],
      evidence: /10\.77\.0\.12/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'the VIP alone', model: situation(holds('n1', '10.77.0.5')) },
    { name: 'two addresses of the node', model: situation(holds('n2', '10.77.0.12', '10.77.0.22')) },
  ],
  unjudged: [
    {
      name: 'addresses unread',
      model: situation(changeHost('n2', { heldAddresses: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
