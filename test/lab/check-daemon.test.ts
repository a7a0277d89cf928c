/** keepalived or what it stands on fails, alone and together with a firewall: every cause on its node, nothing twice. */
import { nftTable, runGrid } from './check-grid.ts';
import { requireLab } from './require-lab.ts';

const availability = await requireLab();
const masters = ['duplicate-arp-answers', 'multiple-masters', 'vip-held-twice'] as const;

runGrid(availability, 'three-v3', [
  {
    name: 'frozen MASTER',
    inject: (site) => site.breaks('vrrp-process-stalled', 'n1'),
    roots: ['vrrp-process-stalled@n1!critical'],
    proof: /state T/,
    cure: 'by-its-commands',
  },
  {
    name: 'stopped backup',
    inject: (site) => site.breaks('keepalived-disabled-or-stopped', 'n2', 'disabled'),
    roots: ['keepalived-disabled-or-stopped@n2!high'],
    folds: [],
    cure: 'by-its-commands',
  },
  {
    name: 'killed MASTER that keeps its VIP',
    inject: (site) => site.breaks('vip-orphaned-after-unclean-stop', 'n1'),
    roots: ['vip-orphaned-after-unclean-stop@n1!critical'],
    folds: ['duplicate-arp-answers', 'keepalived-disabled-or-stopped', 'vip-held-twice'],
  },
  {
    name: 'a backup that holds the VIP',
    inject: (site) => site.inNetworkOf('n2', 'ip', 'addr', 'add', '10.77.0.5/32', 'dev', 'eth1'),
    roots: ['vip-orphaned-after-unclean-stop@n2!critical'],
    proof: /VI_1 on eth1: BACKUP/,
    folds: ['duplicate-arp-answers', 'vip-held-twice'],
    cure: 'by-its-commands',
  },
  {
    name: 'a MASTER without its VIP',
    inject: (site) => site.breaks('vip-missing', 'n1'),
    roots: ['vip-on-no-node@n1!critical'],
    folds: [],
  },
  {
    name: 'no right to send: the unit is named',
    inject: (site) => site.breaks('container-missing-capability', 'n2', 'no-net-raw'),
    roots: ['container-missing-capability@n2!high'],
    proof: /CapabilityBoundingSet of keepalived\.service lacks cap_net_raw/,
    folds: ['keepalived-disabled-or-stopped', 'permanent-config-exit'],
  },
  {
    name: 'no right to configure the VIP, on the MASTER',
    inject: (site) => site.breaks('container-missing-capability', 'n1', 'no-net-admin'),
    roots: ['container-missing-capability@n1!critical'],
    proof: /bit 12 NET_ADMIN is clear/,
    folds: ['vip-on-no-node'],
  },
  {
    name: 'interface down under the MASTER',
    inject: (site) => site.breaks('interface-down-fault', 'n1'),
    roots: ['interface-down-fault@n1!high'],
    folds: [],
  },
  {
    name: 'interface renamed',
    inject: (site) => site.breaks('interface-missing-or-renamed', 'n3'),
    roots: ['interface-missing-or-renamed@n3!high'],
    proof: /interface eth1/,
    folds: ['keepalived-disabled-or-stopped', 'permanent-config-exit'],
  },
  {
    name: 'all stopped',
    inject: (site) => site.breaks('no-master', undefined, 'all-stopped'),
    roots: [
      'keepalived-disabled-or-stopped@n1!critical',
      'keepalived-disabled-or-stopped@n2!critical',
      'keepalived-disabled-or-stopped@n3!critical',
    ],
    headline: /^VIP 10\.77\.0\.5 has no master/,
    folds: ['no-master', 'vip-on-no-node'],
    cure: 'by-its-commands',
  },
  {
    name: 'two nodes, two causes: reverse-path filter and firewall',
    inject: async (site) => {
      await site.breaks('rp-filter-drop', 'n2');
      await site.nft(
        'n3',
        nftTable('meta l4proto 112 drop', { hook: 'prerouting priority -150; policy accept;' }),
      );
      await site.heldBy('n1', 'n2', 'n3');
    },
    roots: ['rp-filter-drop@n2!critical', 'host-firewall-input-drop@n3!critical'],
    folds: masters,
  },
  {
    name: 'two firewalls, in on one node and out on another',
    inject: async (site) => {
      await site.nft('n2', nftTable('ip protocol 112 drop'));
      await site.nft(
        'n1',
        nftTable('ip protocol 112 drop', { hook: 'output priority filter; policy accept;' }),
      );
      await site.heldBy('n1', 'n2');
    },
    roots: ['egress-firewall-drop@n1!critical', 'host-firewall-input-drop@n2!high'],
    folds: masters,
  },
  {
    name: 'a firewall on one backup, the other one stopped',
    inject: async (site) => {
      await site.sh('n3', 'systemctl stop keepalived');
      await site.nft('n2', nftTable('ip protocol 112 drop'));
      await site.heldBy('n1', 'n2');
    },
    undo: (site) => site.sh('n3', 'systemctl start keepalived'),
    roots: ['host-firewall-input-drop@n2!critical', 'keepalived-disabled-or-stopped@n3!high'],
    folds: masters,
  },
]);

runGrid(availability, 'two-vrids', [
  {
    name: 'a firewall that deafens a node for one group and waits in the other is one cause',
    inject: async (site) => {
      await site.breaks('host-firewall-input-drop', 'n2', 'nft-inet');
    },
    roots: ['host-firewall-input-drop@n2!critical'],
    folds: masters,
  },
]);
