import { tooManyVips } from '../../../src/rules/configuration/too-many-vips.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const addresses = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.1.${Math.floor(index / 200)}.${(index % 200) + 1}`);

export const cases: RuleCases = {
  rule: tooManyVips,
  fires: [
    {
      name: 'three hundred of them',
      model: trio({ vips: addresses(300) }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /virtual_ipaddress has 300 addresses/,
      says: /holds 255/,
      severity: 'high',
    },
    {
      name: 'twenty-one on a keepalived 1.2',
      model: trio({ vips: addresses(21), versions: { n1: '1.2.13', n2: '2.2.7', n3: '2.2.7' } }),
      nodes: [['n1']],
      evidence: /has 21 addresses/,
      says: /holds 20/,
    },
    {
      name: 'ninety of IPv6',
      model: trio({
        vips: ['fe80::1', ...Array.from({ length: 89 }, (_, index) => `fd00::${(index + 1).toString(16)}`)],
      }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /has 90 addresses/,
    },
  ],
  silent: [
    { name: 'one', model: trio() },
    { name: 'two hundred', model: trio({ vips: addresses(200) }) },
  ],
};
