import { unknown } from '../../../src/evidence/reading.ts';
import { probes } from '../../../src/probes/catalogue.ts';
import { virtualRoutesOrRulesRemoved } from '../../../src/rules/vip/virtual-routes-or-rules-removed.ts';
import { type Change, changeHost, healthy, situation } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const lines = [
  'virtual_routes {',
  '    192.168.50.0/24 via 10.77.0.1 dev eth1',
  '    src 10.77.0.5 to default via 10.77.0.1 table 100',
  '    blackhole 192.0.2.0/24',
  '}',
  'virtual_rules {',
  '    from 192.168.50.0/24 table 100',
  '}',
];
const configured: Change = (model) => ({ ...model, configurations: trio({ lines }).configurations });

const whole = {
  routes: `default via 10.77.0.254 dev eth1
192.168.50.0/24 via 10.77.0.1 dev eth1
default via 10.77.0.1 dev eth1 table 100 src 10.77.0.5
blackhole 192.0.2.0/24
10.77.0.0/24 dev eth1 proto kernel scope link src 10.77.0.11`,
  rules: `0:	from all lookup local
32765:	from 192.168.50.0/24 lookup 100
32766:	from all lookup main`,
};
const answer = (part: string, text: string) =>
  ({ probe: 'routes', part, round: 'before', exit: 0, truncated: 'no', text }) as const;
const has = (node: string, { routes, rules }: typeof whole): Change =>
  changeHost(node, { routes: probes.routes.read([answer('routes4', routes), answer('rules4', rules)]) });

export const cases: RuleCases = {
  rule: virtualRoutesOrRulesRemoved,
  fires: [
    {
      name: 'all gone',
      model: situation(configured),
      nodes: [['n1']],
      evidence: /virtual route 192\.168\.50\.0\/24 via 10\.77\.0\.1 dev eth1: not in the kernel/,
      says: /4 of 4/,
      severity: 'high',
    },
    {
      name: 'the default route of a table of its own; another default does not count',
      model: situation(
        configured,
        has('n1', { ...whole, routes: whole.routes.replace(/default.*table 100.*\n/, '') }),
      ),
      nodes: [['n1']],
      evidence: /to default via 10\.77\.0\.1 table 100/,
      says: /1 of 4/,
    },
    {
      name: 'a rule',
      model: situation(configured, has('n1', { ...whole, rules: whole.rules.replace(/32765.*\n/, '') })),
      nodes: [['n1']],
      evidence: /virtual rule from 192\.168\.50\.0\/24 table 100/,
    },
    {
      name: 'the gateway is another one',
      model: situation(
        configured,
        has('n1', { ...whole, routes: whole.routes.replace('0/24 via 10.77.0.1 ', '0/24 via 10.77.0.9 ') }),
      ),
      nodes: [['n1']],
      evidence: /192\.168\.50\.0\/24/,
    },
  ],
  silent: [
    { name: 'none configured', model: healthy() },
    { name: 'all there', model: situation(configured, has('n1', whole)) },
    {
      name: 'the table has a name on the node',
      model: situation(
        configured,
        has('n1', {
          routes: whole.routes.replace('table 100', 'table lan'),
          rules: whole.rules.replace('lookup 100', 'lookup lan'),
        }),
      ),
    },
  ],
  unjudged: [
    {
      name: 'routes unread',
      model: situation(configured, changeHost('n1', { routes: unknown('no ip command') })),
      reason: /n1: no ip command/,
    },
  ],
};
