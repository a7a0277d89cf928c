import { configDriftBetweenNodes } from '../../../src/rules/configuration/config-drift-between-nodes.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const unicast = (source: string) => ({
  lines: [`unicast_src_ip ${source}`, 'unicast_peer {', '    10.77.0.99', '}'],
});
const named = (name: string) => ({ before: `global_defs {\n    router_id ${name}\n}` });

export const cases: RuleCases = {
  rule: configDriftBetweenNodes,
  fires: [
    {
      name: 'the VIP has another prefix on n2',
      model: trio({ own: { n2: { vips: ['10.77.0.5/24'] } } }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /prefix lengths of the VIPs: 10\.77\.0\.5\/24/,
      says: /n2: 10\.77\.0\.5\/24/,
      severity: 'high',
    },
    {
      name: 'an excluded address is missing on n3',
      model: trio({
        lines: ['virtual_ipaddress_excluded {', '    10.77.0.8', '}'],
        own: { n3: { lines: [] } },
      }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /virtual_ipaddress_excluded: none/,
    },
    {
      name: 'n2 sends from the address of n1',
      model: trio({
        own: { n1: unicast('10.77.0.11'), n2: unicast('10.77.0.11'), n3: unicast('10.77.0.13') },
      }),
      nodes: [['n1', 'n2']],
      evidence: /unicast source address: 10\.77\.0\.11/,
      says: /have the same unicast source address/,
    },
    {
      name: 'one router_id for all',
      model: trio(named('lb')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /router_id: lb/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'only priorities differ', model: trio() },
    {
      name: 'VIP lists differ: that has a rule of its own',
      model: trio({ own: { n2: { vips: ['10.77.0.6'] } } }),
    },
    { name: 'names of their own', model: trio({ own: { n1: named('a'), n2: named('b'), n3: named('c') } }) },
  ],
};
