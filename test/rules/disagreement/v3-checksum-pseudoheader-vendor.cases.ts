import { v3ChecksumPseudoheaderVendor } from '../../../src/rules/disagreement/v3-checksum-pseudoheader-vendor.ts';
import {
  alsoMaster,
  hears,
  hearsNothingFrom,
  says,
  situation,
  stream,
  versionThree,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: v3ChecksumPseudoheaderVendor,
  fires: [
    {
      name: 'one member does',
      model: situation(
        versionThree,
        alsoMaster('n2'),
        says('n2', { version: 3, checksum: 'good-without-pseudo-header' }),
      ),
      nodes: [['n2']],
      evidence: /VRRPv3/,
      severity: 'critical',
    },
    {
      name: 'a router',
      model: situation(
        versionThree,
        hears(
          stream('n1', 'n2', {
            sender: 'foreign',
            src: '10.77.0.99',
            version: 3,
            checksum: 'good-without-pseudo-header',
          }),
        ),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.99/,
    },
  ],
  silent: [
    { name: 'healthy', model: situation(versionThree) },
    {
      name: 'everyone does',
      model: situation(versionThree, says('n1', { checksum: 'good-without-pseudo-header' })),
    },
    { name: 'VRRPv2 has none', model: situation(says('n1', { checksum: 'good-without-pseudo-header' })) },
  ],
  unjudged: [{ name: 'silence', model: situation(hearsNothingFrom('n1')), reason: /no advert/ }],
};
