import { known, unknown } from '../../../src/evidence/reading.ts';
import { ipv6VipDeprecatedSource } from '../../../src/rules/innocent/ipv6-vip-deprecated-source.ts';
import { changeHost, healthy, names, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ipv6VipDeprecatedSource,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /no \/128 address/ },
    {
      name: 'a VIP',
      model: situation(
        changeHost('n1', {
          heldAddresses: known([
            {
              interface: 'eth1',
              family: 'ipv6',
              address: 'fd00::5',
              prefixLength: 128,
              flags: ['deprecated'],
            },
          ]),
        }),
      ),
      reason: /fd00::5 on n1/,
    },
  ],
  unjudged: [
    {
      name: 'nothing could be read',
      model: situation(...names.map((name) => changeHost(name, { heldAddresses: unknown('no ip') }))),
      reason: /could not be read/,
    },
  ],
};
