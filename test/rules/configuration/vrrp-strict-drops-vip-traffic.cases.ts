import { vrrpStrictDropsVipTraffic } from '../../../src/rules/configuration/vrrp-strict-drops-vip-traffic.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const strict = 'global_defs {\n    vrrp_strict\n}';

export const cases: RuleCases = {
  rule: vrrpStrictDropsVipTraffic,
  fires: [
    {
      name: 'vrrp_strict of the sample configuration',
      model: trio({ before: strict }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /strict mode, priority 100, accept mode off/,
      says: /drops all traffic to the VIP/,
      severity: 'critical',
    },
    {
      name: 'no_accept is written: a choice',
      model: trio({ lines: ['no_accept'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /no_accept/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'not strict', model: trio() },
    {
      name: 'strict with accept, on VRRPv3',
      model: trio({ before: strict, lines: ['version 3', 'accept'] }),
    },
  ],
};
