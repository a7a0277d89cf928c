import { known } from '../../../src/evidence/reading.ts';
import { vipRemovedByNetworkManager } from '../../../src/rules/vip/vip-removed-by-network-manager.ts';
import { logged, logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import { type Change, changeHost, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const gone = 'Netlink reflector reports IP 10.77.0.5 removed from eth1';
const networkd = (keeping: readonly string[]): Change =>
  changeHost('n2', {
    networkConfig: known({
      managers: ['systemd-networkd'],
      assigned: [],
      networkd: [{ index: 2, file: '/run/systemd/network/10-netplan-eth1.network' }],
      keeping,
    }),
  });

export const cases: RuleCases = {
  rule: vipRemovedByNetworkManager,
  fires: [
    {
      name: 'just now',
      model: n2Says(gone),
      nodes: [['n2']],
      evidence: /removed from eth1/,
      severity: 'high',
    },
    {
      name: 'a while ago, with the manager that runs',
      model: situation(networkd([]), logged([600, gone])),
      nodes: [['n2']],
      evidence: /removed from eth1/,
      says: /systemd-networkd runs on n2/,
      severity: 'low',
    },
    {
      name: 'again and again',
      model: n2Logged([3000, gone], [1800, gone], [600, gone]),
      nodes: [['n2']],
      evidence: /removed from eth1/,
      severity: 'high',
    },
    {
      name: 'it has not happened yet, and networkd would',
      model: situation(networkd([])),
      nodes: [['n2']],
      evidence: /without KeepConfiguration/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'another address', model: n2Said('Netlink reflector reports IP 10.77.0.99 removed from eth1') },
    {
      name: 'networkd keeps what it finds',
      model: situation(networkd(['/run/systemd/network/10-netplan-eth1.network'])),
    },
  ],
  unjudged: logUnread,
};
