import { vridMismatchBetweenPeers } from '../../../src/rules/disagreement/vrid-mismatch-between-peers.ts';
import { alsoMaster, changeInstance, configures, healthy, situation, unreachable } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vridMismatchBetweenPeers,
  fires: [
    {
      name: 'n2 uses 102',
      model: situation(changeInstance('n2', { vrid: 102 }), alsoMaster('n2')),
      nodes: [['n2']],
      evidence: /keepalived\.conf:11: virtual_router_id 102/,
      severity: 'critical',
    },
    {
      name: 'three nodes, three VRIDs',
      model: situation(
        changeInstance('n2', { vrid: 102 }),
        changeInstance('n3', { vrid: 103 }),
        alsoMaster('n2'),
        alsoMaster('n3'),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /vrid 103/,
    },
    {
      name: 'two nodes only',
      model: situation(unreachable('n3'), changeInstance('n2', { vrid: 102 }), alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /virtual_router_id 101/,
      says: /n1 uses 101 and n2 uses 102/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'other VRID for other VIPs: another router',
      model: situation(changeInstance('n2', { vrid: 102 }), configures('n2', { vips: ['10.77.0.6/32'] })),
    },
  ],
};
