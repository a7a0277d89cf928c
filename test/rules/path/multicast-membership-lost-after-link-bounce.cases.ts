import { known, unknown } from '../../../src/evidence/reading.ts';
import { multicastMembershipLostAfterLinkBounce } from '../../../src/rules/path/multicast-membership-lost-after-link-bounce.ts';
import {
  alsoMaster,
  changeHost,
  changeProcess,
  climbs,
  healthy,
  lostInKernel,
  lostOnNetwork,
  runs,
  situation,
  stopped,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const left = (name: string) =>
  changeHost(name, { memberships: known({ lo: ['224.0.0.1'], eth1: ['224.0.0.1'] }) });
const notDelivered = (from: string, to: string) => climbs(from, to, { delivered: 0 });

export const cases: RuleCases = {
  rule: multicastMembershipLostAfterLinkBounce,
  fires: [
    {
      name: 'n2 left the group and became MASTER',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2'), left('n2')),
      nodes: [['n2']],
      evidence: /eth1: 224\.0\.0\.1 \(224\.0\.0\.18 is missing\)/,
      severity: 'critical',
    },
    {
      name: 'the card filters the group, so nothing even arrives',
      model: situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2'), left('n2')),
      nodes: [['n2']],
      evidence: /sent 4, arrived 0/,
    },
    {
      name: 'latent on the MASTER',
      model: situation(left('n1'), notDelivered('n2', 'n1')),
      nodes: [['n1']],
      evidence: /is missing/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'unicast needs no membership', model: situation(unicast) },
    { name: 'keepalived is stopped: its membership went with it', model: situation(stopped('n2')) },
    {
      name: 'in FAULT',
      model: situation(runs('n2', { state: 'FAULT' }), lostOnNetwork('n1', 'n2'), left('n2')),
    },
    {
      name: 'no socket at all: whatever denied it is the cause',
      model: situation(changeProcess('n2', { rawSockets: [] }), lostInKernel('n1', 'n2'), left('n2')),
    },
    { name: 'adverts are delivered all the same', model: situation(left('n2')) },
  ],
  unjudged: [
    {
      name: 'memberships unread',
      model: situation(changeHost('n2', { memberships: unknown('no /proc/net/igmp') })),
      reason: /igmp/,
    },
  ],
};
