import { unicastMulticastModeMismatch } from '../../../src/rules/disagreement/unicast-multicast-mode-mismatch.ts';
import { addressOf, alsoMaster, configures, healthy, says, situation, unicast } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: unicastMulticastModeMismatch,
  fires: [
    {
      name: 'n2 uses unicast among multicast',
      model: situation(
        configures('n2', { mode: 'unicast', unicastPeers: [addressOf('n1'), addressOf('n3')] }),
        alsoMaster('n2'),
        says('n2', { dst: addressOf('n1') }),
      ),
      nodes: [['n2']],
      evidence: /10\.77\.0\.12 > 10\.77\.0\.11/,
      severity: 'critical',
    },
    {
      name: 'n3 fell back to multicast among unicast',
      model: situation(unicast, configures('n3', { mode: 'multicast', unicastPeers: [] }), alsoMaster('n3')),
      nodes: [['n3']],
      evidence: /no unicast_peer: adverts go to 224\.0\.0\.18/,
    },
  ],
  silent: [
    { name: 'all multicast', model: healthy() },
    { name: 'all unicast', model: situation(unicast) },
  ],
};
