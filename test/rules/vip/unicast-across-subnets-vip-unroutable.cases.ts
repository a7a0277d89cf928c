import { known, unknown } from '../../../src/evidence/reading.ts';
import { unicastAcrossSubnetsVipUnroutable } from '../../../src/rules/vip/unicast-across-subnets-vip-unroutable.ts';
import { type Change, changeHost, healthy, situation, unicast } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const standsIn = (node: string, address: string, prefixLength = 24): Change =>
  changeHost(node, {
    heldAddresses: known([{ interface: 'eth1', family: 'ipv4', address, prefixLength, flags: [] }]),
  });
const scripted: Change = (model) => ({
  ...model,
  configurations: trio({ lines: ['notify_master "/usr/local/bin/announce"'] }).configurations,
});

export const cases: RuleCases = {
  rule: unicastAcrossSubnetsVipUnroutable,
  fires: [
    {
      name: 'one member in another subnet',
      model: situation(unicast, standsIn('n3', '10.99.0.13')),
      nodes: [['n3']],
      evidence: /10\.99\.0\.0\/24 on eth1/,
      says: /n3 does not stand in it/,
      severity: 'high',
    },
    {
      name: 'a mask too narrow for the VIP',
      model: situation(unicast, standsIn('n2', '10.77.0.12', 30)),
      nodes: [['n2']],
      evidence: /10\.77\.0\.12\/30/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'unicast in one subnet', model: situation(unicast) },
    { name: 'multicast, which does not cross routers', model: situation(standsIn('n3', '10.99.0.13')) },
    { name: 'a script may announce it', model: situation(unicast, scripted, standsIn('n3', '10.99.0.13')) },
  ],
  unjudged: [
    {
      name: 'addresses unread',
      model: situation(unicast, changeHost('n2', { heldAddresses: unknown('no ip command') })),
      reason: /n2: no ip command/,
    },
  ],
};
