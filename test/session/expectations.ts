// What each recording under fixtures/bundles must be judged as. A root or consequence is written `rule@nodes`, nodes
// sorted; everything found above low is listed, so a rule that invents something fails here. It judges nothing.
import type { CheckReport } from '../../src/report/report.ts';

export interface Expectation {
  readonly verdict: CheckReport['verdict'];
  readonly roots: readonly string[];
  readonly consequences: readonly string[];
  /** Rules that look at this situation and must not fire. */
  readonly clear: readonly string[];
}

const twoMasters = (a: string, b: string): readonly string[] => [
  `duplicate-arp-answers@${a},${b}`,
  `multiple-masters@${a},${b}`,
  `vip-held-twice@${a},${b}`,
];
const threeMasters = [
  'duplicate-arp-answers@n1,n2,n3',
  'multiple-masters@n1,n2,n3',
  'vip-held-twice@n1,n2,n3',
] as const;
const onWire = (rules: readonly string[]): readonly string[] =>
  rules.filter((rule) => !rule.startsWith('duplicate-arp-answers'));

const innocents = [
  'multiple-masters',
  'no-master',
  'host-firewall-input-drop',
  'egress-firewall-drop',
  'rp-filter-drop',
  'selinux-denial',
  'adverts-lost-unexplained',
] as const;

const healthy: Expectation = { verdict: 'healthy', roots: [], consequences: [], clear: innocents };

const split = (root: string, nodes: readonly [string, string] = ['n1', 'n2']): Expectation => ({
  verdict: 'critical',
  roots: [root],
  consequences: twoMasters(...nodes),
  clear: ['no-master', 'adverts-lost-unexplained'],
});

const splitOfThree = (...roots: readonly string[]): Expectation => ({
  verdict: 'critical',
  roots,
  consequences: threeMasters,
  clear: ['no-master', 'adverts-lost-unexplained'],
});

/** The recordings of sel1 hold no ARP probe. */
const splitOfSel1: Expectation = {
  verdict: 'critical',
  roots: ['host-firewall-input-drop@sel1'],
  consequences: onWire(twoMasters('sel1', 'sel2')),
  clear: ['no-master', 'selinux-denial', 'adverts-lost-unexplained'],
};

/** keepalived on the VM is deaf and mute; the peer serves alone. */
const deafBySelinux: Expectation = {
  verdict: 'critical',
  roots: ['selinux-denial@sel1'],
  consequences: ['adverts-lost-unexplained@sel1'],
  clear: ['multiple-masters', 'no-master', 'host-firewall-input-drop', 'rp-filter-drop'],
};

const everyNode = (rule: string): readonly string[] => ['n1', 'n2', 'n3'].map((node) => `${rule}@${node}`);

export const expectations: Readonly<Record<string, Expectation>> = {
  'healthy-three': healthy,
  'healthy-three-v3': healthy,
  'healthy-unicast': healthy,
  'healthy-ipv6': healthy,
  'healthy-pass-auth': healthy,
  'healthy-two-vrids': healthy,
  'healthy-host-firewalls': healthy,

  'host-firewall-nft-inet': split('host-firewall-input-drop@n2'),
  'host-firewall-iptables-legacy': split('host-firewall-input-drop@n3', ['n1', 'n3']),
  'host-firewall-firewalld': split('host-firewall-input-drop@n2'),
  'host-firewall-ipv6': {
    ...split('host-firewall-input-drop@n2'),
    // No ARP for IPv6; a link-local and a global VIP are held twice.
    consequences: ['multiple-masters@n1,n2', 'vip-held-twice@n1,n2', 'vip-held-twice@n1,n2'],
  },
  'egress-firewall': split('egress-firewall-drop@n1'),
  'rp-filter': split('rp-filter-drop@n2'),
  'membership-lost': split('multicast-membership-lost-after-link-bounce@n2'),
  'multicast-blocked': splitOfThree('multicast-blocked-by-fabric@n1,n2,n3'),
  'vrrp-stalled': split('vrrp-process-stalled@n1'),

  'host-firewall-on-two-nodes': splitOfThree('host-firewall-input-drop@n2', 'host-firewall-input-drop@n3'),
  'firewall-and-rp-filter': splitOfThree('host-firewall-input-drop@n2', 'rp-filter-drop@n3'),
  // keepalived 2.2.7 puts its own advert off each time it refuses one: n3 is MASTER and mute, and nothing more is wrong.
  'firewall-and-password-mismatch': splitOfThree('auth-password-mismatch@n3', 'host-firewall-input-drop@n2'),

  'auth-password-mismatch': split('auth-password-mismatch@n2'),
  'vrid-mismatch': split('vrid-mismatch-between-peers@n2'),
  // Refusing an advert every second, n2 never gets to send its own after two.
  'interval-mismatch-v2': split('advert-interval-mismatch-v2@n2'),

  'no-master-all-stopped': {
    verdict: 'critical',
    roots: everyNode('keepalived-disabled-or-stopped'),
    consequences: ['no-master@n1,n2,n3', 'vip-on-no-node@n1,n2,n3'],
    clear: ['multiple-masters', 'host-firewall-input-drop'],
  },
  'no-master-all-fault': {
    verdict: 'critical',
    roots: everyNode('interface-down-fault'),
    consequences: ['no-master@n1,n2,n3', 'vip-on-no-node@n1,n2,n3'],
    clear: ['multiple-masters', 'rp-filter-drop'],
  },
  'vip-orphaned': {
    verdict: 'critical',
    roots: ['vip-orphaned-after-unclean-stop@n1'],
    consequences: [
      'duplicate-arp-answers@n1,n2',
      'keepalived-disabled-or-stopped@n1',
      'vip-held-twice@n1,n2',
    ],
    clear: ['multiple-masters', 'host-firewall-input-drop'],
  },
  'vip-missing': {
    verdict: 'critical',
    roots: ['vip-on-no-node@n1'],
    consequences: [],
    clear: ['multiple-masters', 'no-master', 'vip-held-twice'],
  },
  'vip-used-by-stranger': {
    verdict: 'critical',
    roots: ['vip-used-by-other-host@n1'],
    consequences: [],
    clear: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers'],
  },
  'interface-down': {
    verdict: 'degraded',
    roots: ['interface-down-fault@n2'],
    consequences: [],
    clear: ['rp-filter-drop', 'multicast-membership-lost-after-link-bounce', 'one-way-reachability'],
  },
  'interface-renamed': {
    verdict: 'degraded',
    roots: ['interface-missing-or-renamed@n2'],
    consequences: ['keepalived-disabled-or-stopped@n2', 'permanent-config-exit@n2'],
    clear: ['multiple-masters', 'no-master'],
  },

  'node-unreachable': { verdict: 'unknown', roots: [], consequences: [], clear: ['no-master'] },
  'node-unreachable-and-firewall': {
    ...split('host-firewall-input-drop@n2'),
    clear: ['no-master'],
  },
  'no-ear-at-all': healthy,
  'firewall-without-ears': split('host-firewall-input-drop@n2'),

  'selinux-healthy': healthy,
  'selinux-permissive': healthy,
  'selinux-permissive-domain': healthy,
  'selinux-raw-socket-denied': deafBySelinux,
  'selinux-denied-silently': deafBySelinux,
  'selinux-auditd-off': deafBySelinux,
  'selinux-config-mislabelled': {
    verdict: 'critical',
    roots: ['selinux-denial@sel1'],
    consequences: ['keepalived-disabled-or-stopped@sel1'],
    clear: ['multiple-masters', 'no-master'],
  },
  'selinux-script-denied': {
    verdict: 'degraded',
    roots: ['selinux-denial@sel1'],
    consequences: [],
    clear: ['multiple-masters', 'no-master', 'host-firewall-input-drop'],
  },
  'firewalld-default-rejects': splitOfSel1,
  'firewalld-rich-rule': healthy,
  'nft-drop': splitOfSel1,
};
