import { known, unknown } from '../../../src/evidence/reading.ts';
import { ipv6DadFailed } from '../../../src/rules/vip/ipv6-dad-failed.ts';
import { changeHost, situation } from '../model-builder.ts';

const holds = (node: string, name: string, address: string, flags: readonly string[]) =>
  changeHost(node, {
    heldAddresses: known([{ interface: name, family: 'ipv6', address, prefixLength: 64, flags }]),
  });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ipv6DadFailed,
  fires: [
    {
      name: 'a link-local address',
      model: situation(holds('n2', 'eth1', 'fe80::2', ['dadfailed', 'tentative'])),
      nodes: [['n2']],
      evidence: /fe80::2\/64 dadfailed/,
      severity: 'high',
    },
    {
      name: 'of a VMAC',
      model: situation(holds('n1', 'vrrp.101', 'fe80::1', ['dadfailed'])),
      nodes: [['n1']],
      evidence: /vrrp\.101/,
    },
  ],
  silent: [
    { name: 'healthy', model: situation(holds('n2', 'eth1', 'fe80::2', [])) },
    {
      name: 'an interface of no instance',
      model: situation(holds('n2', 'docker0', 'fe80::2', ['dadfailed'])),
    },
    { name: 'not yet decided', model: situation(holds('n2', 'eth1', 'fe80::2', ['tentative'])) },
  ],
  unjudged: [
    {
      name: 'addresses unread',
      model: situation(changeHost('n2', { heldAddresses: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
