import { known, unknown } from '../../../src/evidence/reading.ts';
import { staticVipInNetworkConfig } from '../../../src/rules/vip/static-vip-in-network-config.ts';
import { type Change, changeHost, healthy, held, situation, vip } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const writes = (node: string, address: string): Change =>
  changeHost(node, {
    networkConfig: known({
      managers: ['systemd-networkd'],
      assigned: [{ file: '/etc/netplan/50-net.yaml', line: 7, address, text: `- ${address}/24` }],
      networkd: [],
      keeping: [],
    }),
  });

export const cases: RuleCases = {
  rule: staticVipInNetworkConfig,
  fires: [
    {
      name: 'a backup holds it',
      model: situation(writes('n2', vip), held('n1', 'n2')),
      nodes: [['n2']],
      evidence: /50-net\.yaml:7: - 10\.77\.0\.5\/24/,
      says: /although it is not MASTER/,
      severity: 'critical',
    },
    {
      name: 'on the master it waits for the next boot',
      model: situation(writes('n1', vip)),
      nodes: [['n1']],
      evidence: /50-net\.yaml:7/,
      says: /at every boot/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'the node’s own address', model: situation(writes('n2', '10.77.0.12')) },
    { name: 'an address that begins alike', model: situation(writes('n2', '10.77.0.55')) },
  ],
  unjudged: [
    {
      name: 'files unread',
      model: situation(changeHost('n2', { networkConfig: unknown('could not be read in time') })),
      reason: /n2: could not be read in time/,
    },
  ],
};
