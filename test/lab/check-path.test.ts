/** Adverts die on the way, in the network or in the receiver's kernel: the place is named, and what is to do about it. */
import { runGrid } from './check-grid.ts';
import { requireLab } from './require-lab.ts';

const availability = await requireLab();
const masters = ['duplicate-arp-answers', 'multiple-masters', 'vip-held-twice'] as const;

runGrid(availability, 'three-v3', [
  {
    name: 'strict reverse-path filter and a route elsewhere',
    inject: (site) => site.breaks('rp-filter-drop', 'n2', 'all'),
    roots: ['rp-filter-drop@n2!critical'],
    proof: /in force: 1/,
    folds: masters,
  },
  {
    name: 'the same on the MASTER waits',
    inject: (site) => site.breaks('rp-filter-drop', 'n1', 'interface'),
    roots: ['rp-filter-drop@n1!high'],
    headline: /after a failover/,
    folds: [],
    cure: 'by-its-commands',
  },
  {
    name: 'membership lost on n3',
    inject: (site) => site.breaks('multicast-membership-lost-after-link-bounce', 'n3'),
    roots: ['multicast-membership-lost-after-link-bounce@n3!critical'],
    proof: /224\.0\.0\.18 is missing/,
    folds: masters,
    cure: 'by-its-commands',
  },
  {
    name: 'no multicast in the network',
    inject: async (site) => {
      await site.breaks('multicast-blocked-by-fabric');
      await site.heldBy('n1', 'n2', 'n3');
    },
    roots: ['multicast-blocked-by-fabric@n1+n2+n3!critical'],
    folds: masters,
  },
  {
    name: 'one way only, between two',
    inject: (site) => site.breaks('one-way-reachability', 'n2', 'one-pair'),
    roots: ['one-way-reachability@n2+n1!critical'],
    folds: masters,
  },
  {
    name: 'nobody hears the MASTER',
    inject: async (site) => {
      await site.breaks('one-way-reachability', 'n1', 'from-node');
      await site.heldBy('n1', 'n2');
    },
    roots: ['one-way-reachability@n1+n2+n3!critical'],
    folds: masters,
  },
  {
    name: 'a rule of the MASTER lowers the TTL',
    inject: (site) => site.breaks('ttl-not-255', 'n1', 'sender-mangle'),
    roots: ['ttl-not-255@n1!critical'],
    proof: /ttl 64/,
    folds: masters,
  },
  {
    name: 'the network lowers the TTL',
    inject: (site) => site.breaks('ttl-not-255', 'n1', 'fabric'),
    roots: ['ttl-not-255@n1!critical'],
    folds: masters,
  },
  {
    name: 'a stranger has the VIP',
    inject: (site) => site.breaks('vip-used-by-other-host'),
    roots: ['vip-used-by-other-host@n1!critical'],
    proof: /is-at 02:76:64:00:06:44/,
    folds: [],
  },
  {
    name: 'a stranger uses the VRID for another VIP',
    inject: (site) => site.breaks('vrid-collision-foreign-group', undefined, 'lower-priority'),
    roots: ['vrid-collision-foreign-group@n1+n2+n3!critical'],
    proof: /10\.77\.0\.66 > 224\.0\.0\.18/,
    folds: [],
  },
  {
    name: 'a CARP host uses the VRID',
    inject: (site) => site.breaks('carp-vs-vrrp-collision'),
    roots: ['carp-vs-vrrp-collision@n1+n2+n3!high'],
    proof: /CARP, vhid 101/,
    folds: [],
  },
  {
    name: 'a load balancer’s real server answers ARP for the VIP on its loopback',
    inject: (site) => site.inNetworkOf('n3', 'ip', 'addr', 'add', '10.77.0.5/32', 'dev', 'lo'),
    undo: (site) => site.inNetworkOf('n3', 'ip', 'addr', 'del', '10.77.0.5/32', 'dev', 'lo'),
    roots: ['lvs-dr-realserver-arp@n3!critical'],
    proof: /10\.77\.0\.5\/32 on lo/,
    folds: ['duplicate-arp-answers'],
  },
]);
