import { v3UnicastChecksumCompat } from '../../../src/rules/disagreement/v3-unicast-checksum-compat.ts';
import { alsoMaster, healthy, hearsNothingFrom, says, situation, unicast } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: v3UnicastChecksumCompat,
  fires: [
    {
      name: 'an old node among new ones',
      model: situation(unicast, says('n1', { version: 3, checksum: 'good-multicast-pseudo-header' })),
      nodes: [['n1']],
      evidence: /VRRPv3/,
      severity: 'critical',
    },
    {
      name: 'a second master',
      model: situation(
        unicast,
        alsoMaster('n2'),
        says('n2', { version: 3, dst: '10.77.0.11', checksum: 'good-multicast-pseudo-header' }),
      ),
      nodes: [['n2']],
      evidence: /VRRPv3/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'a bad sum is another matter', model: situation(says('n1', { checksum: 'bad' })) },
  ],
  unjudged: [{ name: 'silence', model: situation(hearsNothingFrom('n1')), reason: /no advert/ }],
};
