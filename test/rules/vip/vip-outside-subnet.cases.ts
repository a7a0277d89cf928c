import { known, unknown } from '../../../src/evidence/reading.ts';
import { vipOutsideSubnet } from '../../../src/rules/vip/vip-outside-subnet.ts';
import { type Change, changeGroup, changeHost, healthy, situation } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const withVip = (vip: string, lines: readonly string[] = []): readonly Change[] => [
  changeGroup({ vips: [vip.includes('/') ? vip : `${vip}/32`] }),
  (model) => ({ ...model, configurations: trio({ vips: [vip], lines }).configurations }),
];
const routes = (destination: string): Change =>
  changeHost('n2', {
    routes: known({
      routes: [
        { family: 'ipv4', destination, type: 'unicast', interface: 'eth1', table: 'main', text: destination },
      ],
      rules: [],
    }),
  });

export const cases: RuleCases = {
  rule: vipOutsideSubnet,
  fires: [
    {
      name: 'another network altogether',
      model: situation(...withVip('192.168.7.5')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.0\/24 on eth1/,
      says: /192\.168\.7\.5 is in none of the subnets/,
      severity: 'medium',
    },
    {
      name: 'next to it, and only the default route leads there',
      model: situation(...withVip('10.77.1.5'), routes('default')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /virtual_ipaddress 10\.77\.1\.5/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'it brings its network along', model: situation(...withVip('192.168.7.5/24')) },
    { name: 'a route leads there', model: situation(...withVip('192.168.7.5'), routes('192.168.0.0/16')) },
    {
      name: 'a script may announce it',
      model: situation(...withVip('192.168.7.5', ['notify_master "/usr/local/bin/announce"'])),
    },
  ],
  unjudged: [
    {
      name: 'routes unread',
      model: situation(changeHost('n3', { routes: unknown('no ip command') })),
      reason: /n3: its addresses or routes are not known/,
    },
  ],
};
