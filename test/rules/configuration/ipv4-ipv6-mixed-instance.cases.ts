import { ipv4Ipv6MixedInstance } from '../../../src/rules/configuration/ipv4-ipv6-mixed-instance.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ipv4Ipv6MixedInstance,
  fires: [
    {
      name: 'an IPv6 address behind an IPv4 one',
      model: trio({ own: { n1: { vips: ['10.77.0.5', 'fd77::5/64'] } } }),
      nodes: [['n1']],
      evidence: /virtual_ipaddress has fd77::5\/64/,
      says: /the instance is IPv4/,
      severity: 'high',
    },
    {
      name: 'an IPv4 address behind IPv6 ones, on every node',
      model: trio({ vips: ['fe80::5', 'fd77::5', '10.77.0.5'] }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /10\.77\.0\.5\/32/,
      says: /the instance is IPv6/,
    },
  ],
  silent: [
    { name: 'IPv4 only', model: trio({ vips: ['10.77.0.5', '10.77.0.6'] }) },
    {
      name: 'the other family among the excluded ones',
      model: trio({ lines: ['virtual_ipaddress_excluded {', '    fd77::5', '}'] }),
    },
  ],
};
