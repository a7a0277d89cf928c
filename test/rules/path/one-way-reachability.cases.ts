import { oneWayReachability } from '../../../src/rules/path/one-way-reachability.ts';
import {
  alsoMaster,
  healthy,
  logs,
  lostInKernel,
  lostOnNetwork,
  situation,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: oneWayReachability,
  fires: [
    {
      name: 'n2 does not hear n1, n1 hears n2',
      model: situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        logs(
          'n1',
          '(VI_1) Received advert from 10.77.0.12 with lower priority 99, ours 100, forcing new election',
        ),
      ),
      nodes: [['n2', 'n1']],
      evidence: /forcing new election/,
      severity: 'critical',
      says: /from n2 to n1 but not back/,
    },
    {
      name: 'unicast, the same',
      model: situation(unicast, alsoMaster('n2'), lostOnNetwork('n1', 'n2')),
      nodes: [['n2', 'n1']],
      evidence: /sent 4, arrived 0/,
    },
    {
      name: 'nothing of n1 gets out, n3 hears n2 and owes nothing',
      model: situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2'), lostOnNetwork('n1', 'n3')),
      nodes: [['n1', 'n2', 'n3']],
      says: /not from it to n2 and n3/,
      evidence: /arrived 0/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'the kernel of n2 drops: not the network',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2')),
    },
    {
      name: 'both directions are lost',
      model: situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        lostOnNetwork('n2', 'n1'),
        lostOnNetwork('n2', 'n3'),
      ),
    },
  ],
};
