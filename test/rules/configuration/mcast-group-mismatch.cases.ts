import { mcastGroupMismatch } from '../../../src/rules/configuration/mcast-group-mismatch.ts';
import { alsoMaster, configures, situation, unicast } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: mcastGroupMismatch,
  fires: [
    {
      name: 'n2 sends to a group of its own and is MASTER as well',
      model: situation(configures('n2', { multicastGroup: '224.0.0.19' }), alsoMaster('n2')),
      nodes: [['n2']],
      evidence: /224\.0\.0\.19/,
      says: /multicast group/,
      severity: 'critical',
    },
    {
      name: 'seen in the files alone',
      model: trio({ own: { n3: { before: 'global_defs {\n    vrrp_mcast_group4 224.0.0.50\n}' } } }),
      nodes: [['n3']],
      evidence: /adverts go to 224\.0\.0\.50/,
    },
  ],
  silent: [
    { name: 'the default everywhere', model: trio() },
    { name: 'another one everywhere', model: trio({ lines: ['mcast_dst_ip 224.0.0.19'] }) },
    { name: 'unicast', model: situation(unicast) },
  ],
};
