import { known, unknown } from '../../../src/evidence/reading.ts';
import { vipPrefixLengthSideEffects } from '../../../src/rules/vip/vip-prefix-length-side-effects.ts';
import { changeHost, healthy, situation } from '../model-builder.ts';

type Held = readonly [string, number, readonly string[]];

const holds = (node: string, ...addresses: readonly Held[]) =>
  changeHost(node, {
    heldAddresses: known(
      addresses.map(([address, prefixLength, flags]) => ({
        interface: 'eth1',
        family: 'ipv4' as const,
        address,
        prefixLength,
        flags,
      })),
    ),
  });

const promoting = (node: string) =>
  changeHost(node, { sysctls: known({ 'net/ipv4/conf/eth1/promote_secondaries': '1' }) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vipPrefixLengthSideEffects,
  fires: [
    {
      name: 'the node’s address is secondary',
      model: situation(holds('n1', ['10.77.0.5', 24, []], ['10.77.0.11', 24, ['secondary']])),
      nodes: [['n1']],
      evidence: /10\.77\.0\.5\/24 primary, 10\.77\.0\.11\/24 secondary/,
      severity: 'medium',
    },
    {
      name: 'on another node',
      model: situation(holds('n2', ['10.77.0.12', 24, ['secondary']], ['10.77.0.5', 24, []])),
      nodes: [['n2']],
      evidence: /10\.77\.0\.12/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'the VIP is the secondary',
      model: situation(holds('n1', ['10.77.0.11', 24, []], ['10.77.0.5', 24, ['secondary']])),
    },
    {
      name: 'secondaries are promoted',
      model: situation(
        holds('n1', ['10.77.0.5', 24, []], ['10.77.0.11', 24, ['secondary']]),
        promoting('n1'),
      ),
    },
    {
      name: 'another subnet',
      model: situation(holds('n1', ['10.77.0.5', 24, []], ['10.78.0.11', 24, ['secondary']])),
    },
  ],
  unjudged: [
    {
      name: 'addresses unread',
      model: situation(changeHost('n2', { heldAddresses: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
