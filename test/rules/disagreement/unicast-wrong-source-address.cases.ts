import { known } from '../../../src/evidence/reading.ts';
import { unicastWrongSourceAddress } from '../../../src/rules/disagreement/unicast-wrong-source-address.ts';
import {
  addressOf,
  alsoMaster,
  changeHost,
  changeInstance,
  configures,
  healthy,
  link,
  macOf,
  situation,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const twoAddresses = changeHost('n2', {
  links: known([link('eth1', { mac: macOf('n2'), addresses: ['10.77.0.112/24', '10.77.0.12/24'] })]),
});

export const cases: RuleCases = {
  rule: unicastWrongSourceAddress,
  fires: [
    {
      name: 'n2 sends from its other address',
      model: situation(
        unicast,
        twoAddresses,
        configures('n2', { unicastSource: '10.77.0.112' }),
        changeInstance('n2', { sourceAddress: known('10.77.0.112') }),
        alsoMaster('n2'),
      ),
      nodes: [['n2']],
      evidence: /unicast_src_ip 10\.77\.0\.112/,
      severity: 'critical',
    },
    {
      name: 'the source address is on no interface',
      model: situation(unicast, configures('n3', { unicastSource: '10.77.0.113' })),
      nodes: [['n3']],
      evidence: /addresses of n3: .*10\.77\.0\.13/,
      says: /does not have its unicast source/,
    },
  ],
  silent: [
    { name: 'multicast', model: healthy() },
    { name: 'a full mesh', model: situation(unicast) },
    { name: 'a second address that nobody uses', model: situation(unicast, twoAddresses) },
    {
      name: 'a peer that is simply missing',
      model: situation(unicast, configures('n1', { unicastPeers: [addressOf('n3')] })),
    },
  ],
};
