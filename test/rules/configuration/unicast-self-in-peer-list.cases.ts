import { unicastSelfInPeerList } from '../../../src/rules/configuration/unicast-self-in-peer-list.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const unicast = (own: number, ...peers: readonly number[]) => ({
  lines: [
    `unicast_src_ip 10.77.0.1${own}`,
    'unicast_peer {',
    ...peers.map((peer) => `    10.77.0.1${peer}`),
    '}',
  ],
});

export const cases: RuleCases = {
  rule: unicastSelfInPeerList,
  fires: [
    {
      name: 'n2 lists itself',
      model: trio({ own: { n1: unicast(1, 2, 3), n2: unicast(2, 1, 2, 3), n3: unicast(3, 1, 2) } }),
      nodes: [['n2']],
      evidence: /unicast_peer has 10\.77\.0\.12/,
      says: /n2 lists itself/,
      severity: 'medium',
    },
    {
      name: 'one list for all nodes',
      model: trio({ own: { n1: unicast(1, 1, 2, 3), n2: unicast(2, 1, 2, 3), n3: unicast(3, 1, 2, 3) } }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /own source address/,
    },
  ],
  silent: [
    {
      name: 'everybody lists the others',
      model: trio({ own: { n1: unicast(1, 2, 3), n2: unicast(2, 1, 3), n3: unicast(3, 1, 2) } }),
    },
    { name: 'multicast', model: trio() },
  ],
};
