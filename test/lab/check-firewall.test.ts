/** A firewall of a node eats adverts, in more ways than the lab's own faults know: named with its rule, and curable. */
import { nftTable, type Row, runGrid, type Site } from './check-grid.ts';
import { requireLab } from './require-lab.ts';

const availability = await requireLab();
const masters = ['duplicate-arp-answers', 'multiple-masters', 'vip-held-twice'] as const;

/** Rules on n2 that make it a second MASTER. */
const deafened = (name: string, load: (site: Site) => Promise<unknown>, row: Partial<Row> = {}): Row => ({
  name,
  inject: async (site) => {
    await load(site);
    await site.heldBy('n1', 'n2');
  },
  roots: ['host-firewall-input-drop@n2!critical'],
  headline: /^VIP 10\.77\.0\.5 has two masters, n1 and n2: n2's firewall (drops|rejects) VRRP from n1/,
  folds: masters,
  ...row,
});
const byNft = (name: string, script: string, row: Partial<Row> = {}): Row =>
  deafened(name, (site) => site.nft('n2', script), row);
const byIptables = (name: string, script: string, row: Partial<Row> = {}): Row =>
  deafened(name, (site) => site.sh('n2', script), row);

runGrid(availability, 'three-v3', [
  byNft('nft: one source only', nftTable('ip saddr 10.77.0.11 ip protocol 112 counter drop'), {
    proof: /ip saddr 10\.77\.0\.11 .*drop \[counter \d+ → \d+ packets\]/,
    cure: 'by-its-commands',
  }),
  byNft('nft: TTL and length', nftTable('ip ttl 255 ip length < 64 ip daddr 224.0.0.0/24 drop'), {
    proof: /arrived \d+, delivered 0/,
  }),
  byNft('nft: sender MAC', nftTable('ether saddr 02:76:64:00:00:01 drop')),
  byNft(
    'nft: interval set',
    nftTable('ip saddr @s counter drop', {
      also: 'set s { type ipv4_addr; flags interval; elements = { 10.77.0.0/28 }; }',
    }),
    { cure: 'by-its-commands' },
  ),
  byNft(
    'nft: concatenation',
    nftTable('ip saddr . ip daddr @s drop', {
      also: 'set s { type ipv4_addr . ipv4_addr; elements = { 10.77.0.11 . 224.0.0.18 }; }',
    }),
  ),
  byNft('nft: verdict map', nftTable('ip protocol vmap { tcp : accept, 112 : drop }'), {}),
  byNft(
    'nft: mark set in an earlier chain',
    `${nftTable('ip protocol 112 meta mark set 0x77', { hook: 'prerouting priority mangle; policy accept;', name: 'early' })}\n${nftTable('meta mark 0x77 counter drop')}`,
    { proof: /meta mark 119 .*drop \[counter/ },
  ),
  byNft(
    'nft: multicast by route and by packet type',
    nftTable('fib daddr type multicast meta pkttype multicast drop'),
  ),
  byNft(
    'nft: accepted in one table, dropped in two later ones',
    [
      nftTable('ip protocol 112 accept', { hook: 'input priority -10; policy accept;', name: 'a' }),
      nftTable('ip protocol 112 counter drop', { name: 'b' }),
      nftTable('ip daddr 224.0.0.18 ct state new drop', {
        hook: 'input priority 10; policy accept;',
        name: 'z',
      }),
    ].join('\n'),
    { cure: 'by-its-commands' },
  ),
  byNft(
    'nft: a limit that cannot be evaluated',
    nftTable('ip protocol 112 limit rate 1/minute burst 1 packets accept\nip protocol 112 counter drop'),
    {
      proof: /drop \[counter \d+ → \d+ packets\]/,
    },
  ),
  byNft('nft: bits of the VRRP header', nftTable('ip protocol 112 @th,8,8 101 counter drop')),
  byNft(
    'nft: netdev ingress',
    nftTable('ip protocol 112 drop', {
      family: 'netdev',
      hook: 'ingress device "eth1" priority 0; policy accept;',
    }),
  ),
  byIptables(
    'iptables: address type, from a user chain',
    'iptables-nft -N R; iptables-nft -A R -m addrtype --dst-type MULTICAST -j DROP; iptables-nft -A INPUT ! -p tcp -j R',
  ),
  byIptables(
    'iptables: REJECT of what is not from one host',
    'iptables-legacy -A INPUT ! -s 10.77.0.250 -p vrrp -j REJECT',
    { headline: /rejects VRRP from n1 and n3/ },
  ),
  byIptables(
    'iptables: one command for two sources is one fault',
    'iptables-legacy -A INPUT -s 10.77.0.11,10.77.0.13 -m pkttype --pkt-type multicast -j DROP',
    { cure: 'by-its-commands' },
  ),
  byIptables(
    'iptables: every packet, by chance',
    'iptables-legacy -A INPUT -p 112 -m statistic --mode random --probability 1.0 -j DROP',
  ),
  {
    name: 'nft: every second advert',
    inject: (site) => site.nft('n3', nftTable('ip protocol 112 numgen inc mod 2 0 drop')),
    roots: ['host-firewall-input-drop@n3!medium'],
    headline: /n3's firewall drops some of the VRRP from n1/,
  },
  {
    name: 'input drop on the MASTER waits for the next failover',
    inject: (site) => site.nft('n1', nftTable('ip protocol 112 drop')),
    roots: ['host-firewall-input-drop@n1!high'],
    headline: /n1 will not hear n2 and n3 after a failover/,
    folds: [],
    cure: 'by-its-commands',
  },
  {
    name: 'output drop on a backup waits for the next failover',
    inject: (site) =>
      site.nft('n2', nftTable('ip protocol 112 drop', { hook: 'output priority filter; policy accept;' })),
    roots: ['egress-firewall-drop@n2!high'],
    headline: /n2 will be a mute MASTER/,
    folds: [],
  },
  {
    name: 'output drop on the MASTER',
    inject: async (site) => {
      await site.breaks('egress-firewall-drop', 'n1', 'nft-postrouting');
      await site.heldBy('n1', 'n2');
    },
    roots: ['egress-firewall-drop@n1!critical'],
    folds: masters,
    cure: 'by-its-commands',
  },
  {
    name: 'rules that concern something else',
    inject: (site) =>
      site.nft(
        'n2',
        nftTable(
          'iifname "eth0" ip protocol 112 drop\nip protocol igmp drop\nip daddr 224.0.0.0/4 udp dport 5353 drop\nip saddr 10.77.0.99 ip protocol 112 drop\nip protocol 112 limit rate 1000/second accept',
        ),
      ),
    roots: [],
  },
]);
