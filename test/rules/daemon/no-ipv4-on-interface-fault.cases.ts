import { known, unknown } from '../../../src/evidence/reading.ts';
import { noIpv4OnInterfaceFault } from '../../../src/rules/daemon/no-ipv4-on-interface-fault.ts';
import { changeHost, healthy, link, runs, situation } from '../model-builder.ts';

const has = (name: string, ...addresses: readonly string[]) =>
  changeHost(name, { links: known([link('eth1', { addresses })]) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: noIpv4OnInterfaceFault,
  fires: [
    {
      name: 'no address at all',
      model: situation(runs('n2', { state: 'FAULT' }), has('n2')),
      nodes: [['n2']],
      evidence: /eth1: no address/,
      severity: 'critical',
    },
    {
      name: 'IPv6 only',
      model: situation(runs('n3', { state: 'FAULT' }), has('n3', 'fe80::3/64')),
      nodes: [['n3']],
      evidence: /fe80::3/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'FAULT for another reason', model: situation(runs('n2', { state: 'FAULT' })) },
    { name: 'no address, no FAULT: unicast_src_ip elsewhere', model: situation(has('n2')) },
  ],
  unjudged: [
    {
      name: 'links unread',
      model: situation(changeHost('n2', { links: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
