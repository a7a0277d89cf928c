/** Members configured apart: the setting and the member that differs are named, whichever of them it is. */
import { runGrid } from './check-grid.ts';
import { requireLab } from './require-lab.ts';

const availability = await requireLab();
const masters = ['duplicate-arp-answers', 'multiple-masters', 'vip-held-twice'] as const;

runGrid(availability, 'three', [
  {
    name: 'password, on the MASTER',
    inject: (site) => site.breaks('auth-password-mismatch', 'n1'),
    roots: ['auth-password-mismatch@n1!critical'],
    folds: masters,
  },
  {
    name: 'authentication by AH, on a backup',
    inject: (site) => site.breaks('auth-type-mismatch', 'n2', 'pass-vs-ah'),
    roots: ['auth-type-mismatch@n2!critical'],
    folds: masters,
  },
  {
    name: 'advert interval, which silences the slower MASTER',
    inject: (site) => site.breaks('advert-interval-mismatch-v2', 'n3'),
    roots: ['advert-interval-mismatch-v2@n3!critical'],
    proof: /advert_int 2/,
    folds: masters,
  },
  {
    name: 'two on one node: password and firewall',
    inject: async (site) => {
      await site.breaks('auth-password-mismatch', 'n2');
      await site.breaks('host-firewall-input-drop', 'n2', 'nft-no-counter');
    },
    roots: ['auth-password-mismatch@n2!critical', 'host-firewall-input-drop@n2!critical'],
    folds: masters,
  },
]);

runGrid(availability, 'three-v3', [
  {
    name: 'list of VIPs: another one on n3',
    inject: (site) => site.breaks('vip-list-mismatch', 'n3', 'extra'),
    roots: ['vip-list-mismatch@n3!critical'],
    folds: masters,
  },
  {
    name: 'a change on disk that was not loaded: what runs counts',
    inject: (site) => site.configure('n2', (text) => text.replace('priority 99', 'priority 150'), 'leave'),
    roots: ['config-not-reloaded@n2!high'],
    folds: [],
  },
  {
    name: 'VRID',
    inject: (site) => site.breaks('vrid-mismatch-between-peers', 'n2'),
    roots: ['vrid-mismatch-between-peers@n2!critical'],
    proof: /virtual_router_id 151/,
    folds: masters,
  },
  {
    name: 'VRRP version',
    inject: (site) => site.breaks('vrrp-version-mismatch', 'n3'),
    roots: ['vrrp-version-mismatch@n3!critical'],
    folds: masters,
  },
  {
    name: 'unicast among multicast',
    inject: (site) => site.breaks('unicast-multicast-mode-mismatch', 'n2'),
    roots: ['unicast-multicast-mode-mismatch@n2!critical'],
    folds: masters,
  },
  {
    name: 'advert interval of VRRPv3 is legal, and noted',
    inject: (site) => site.breaks('advert-interval-mismatch-v3', 'n2'),
    roots: ['advert-interval-mismatch-v3@n2!medium'],
    folds: [],
  },
]);

runGrid(availability, 'unicast', [
  {
    name: 'a peer forgotten by the others',
    inject: (site) => site.breaks('unicast-peer-asymmetric', 'n2'),
    roots: ['unicast-peer-asymmetric@n2+n1+n3!critical'],
    folds: masters,
  },
  {
    name: 'a MASTER forgotten by the others waits',
    inject: (site) => site.breaks('unicast-peer-asymmetric', 'n1'),
    roots: ['unicast-peer-asymmetric@n1+n2+n3!high'],
    folds: [],
  },
  {
    name: 'a source address nobody lists',
    inject: (site) => site.breaks('unicast-wrong-source-address', 'n2'),
    roots: ['unicast-wrong-source-address@n2!critical'],
    proof: /unicast_src_ip 10\.77\.0\.61/,
    folds: masters,
  },
  {
    name: 'a firewall in front of unicast',
    inject: (site) => site.breaks('host-firewall-input-drop', 'n3', 'nft-policy'),
    roots: ['host-firewall-input-drop@n3!critical'],
    folds: masters,
  },
]);
