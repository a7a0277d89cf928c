import { ipv6FirstVipNotLinkLocal } from '../../../src/rules/configuration/ipv6-first-vip-not-link-local.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ipv6FirstVipNotLinkLocal,
  fires: [
    {
      name: 'a global one',
      model: trio({ vips: ['fd00::5'], lines: ['version 3'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /first VIP fd00::5/,
      severity: 'low',
    },
    {
      name: 'the link-local comes second',
      model: trio({ vips: ['fd00::5/64', 'fe80::5/64'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /fd00::5\/64/,
    },
  ],
  silent: [
    { name: 'IPv4', model: trio() },
    { name: 'link-local first', model: trio({ vips: ['fe80::5/64', 'fd00::5/64'] }) },
  ],
};
