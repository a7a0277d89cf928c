import { unknown } from '../../../src/evidence/reading.ts';
import { kubeProxyIpvsStealsVip } from '../../../src/rules/lvs/kube-proxy-ipvs-steals-vip.ts';
import { answered, changeHost, healthy, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';
import { hasOn, ignores, nobodyAsked } from './loopback-scene.ts';

export const cases: RuleCases = {
  rule: kubeProxyIpvsStealsVip,
  fires: [
    {
      name: 'on kube-ipvs0, and it answered',
      model: situation(hasOn('n2', 'kube-ipvs0'), ignores('n2', '0', '0'), answered('n1', 'n2')),
      nodes: [['n2']],
      evidence: /arp_ignore: 0/,
      says: /n2 answers ARP/,
      severity: 'critical',
    },
    {
      name: 'nobody asked',
      model: situation(hasOn('n3', 'kube-ipvs0'), ignores('n3', '0', '0'), nobodyAsked),
      nodes: [['n3']],
      evidence: /kube-ipvs0/,
      says: /would answer/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'arp_ignore 1 for all',
      model: situation(hasOn('n2', 'kube-ipvs0'), ignores('n2', '1', '0'), nobodyAsked),
    },
    {
      name: 'arp_ignore 1 for the interface',
      model: situation(hasOn('n2', 'kube-ipvs0'), ignores('n2', '0', '1'), nobodyAsked),
    },
    {
      name: 'arptables keeps it quiet: it was asked and did not answer',
      model: situation(hasOn('n2', 'kube-ipvs0'), ignores('n2', '0', '0'), answered('n1')),
    },
    {
      name: 'the master is a real server too',
      model: situation(hasOn('n1', 'kube-ipvs0'), ignores('n1', '0', '0'), answered('n1')),
    },
  ],
  unjudged: [
    {
      name: 'addresses unread',
      model: situation(changeHost('n2', { heldAddresses: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
