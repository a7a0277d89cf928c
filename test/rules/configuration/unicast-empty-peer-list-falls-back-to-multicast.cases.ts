import { unicastEmptyPeerListFallsBackToMulticast } from '../../../src/rules/configuration/unicast-empty-peer-list-falls-back-to-multicast.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const full = {
  lines: ['unicast_src_ip 10.77.0.11', 'unicast_peer {', '    10.77.0.12', '    10.77.0.13', '}'],
};

export const cases: RuleCases = {
  rule: unicastEmptyPeerListFallsBackToMulticast,
  fires: [
    {
      name: 'the list of n3 is empty, the others use unicast',
      model: trio({
        own: { n1: full, n2: full, n3: { lines: ['unicast_src_ip 10.77.0.13', 'unicast_peer {', '}'] } },
      }),
      nodes: [['n3']],
      evidence: /unicast source 10\.77\.0\.13, no unicast_peer entries/,
      says: /do not hear each other/,
      severity: 'critical',
    },
    {
      name: 'empty everywhere',
      model: trio({ lines: ['unicast_peer {', '}'] }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /a unicast keyword without unicast_peer entries/,
      severity: 'medium',
    },
  ],
  silent: [
    { name: 'unicast with peers', model: trio({ own: { n1: full, n2: full, n3: full } }) },
    { name: 'multicast', model: trio() },
    {
      name: 'an empty list is to mean FAULT',
      model: trio({ lines: ['unicast_fault_no_peer', 'unicast_peer {', '}'] }),
    },
  ],
};
