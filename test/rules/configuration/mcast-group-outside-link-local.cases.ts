import { mcastGroupOutsideLinkLocal } from '../../../src/rules/configuration/mcast-group-outside-link-local.ts';
import { healthy } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const outside = trio({ before: 'global_defs {\n    vrrp_mcast_group4 224.0.10.18\n}' });

export const cases: RuleCases = {
  rule: mcastGroupOutsideLinkLocal,
  fires: [
    {
      name: '224.0.10.18 on every node',
      model: outside,
      nodes: [['n1', 'n2', 'n3']],
      evidence: /adverts go to 224\.0\.10\.18/,
      says: /switches may prune/,
      severity: 'high',
    },
    {
      name: 'the same, and adverts arrive today',
      model: {
        ...outside,
        ladder: healthy().ladder.map((cell) => ({ ...cell, group: outside.groups[0]?.id ?? '' })),
      },
      nodes: [['n1', 'n2', 'n3']],
      evidence: /224\.0\.10\.18/,
      says: /arrive at the moment/,
      severity: 'medium',
    },
  ],
  silent: [
    { name: 'the default', model: trio() },
    { name: 'another link-local group', model: trio({ lines: ['mcast_dst_ip 224.0.0.19'] }) },
    { name: 'IPv6 by default', model: trio({ vips: ['fe80::5', 'fd77::5'] }) },
  ],
};
