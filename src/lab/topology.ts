/**
 * The practice clusters as data: which nodes, which addresses, which keepalived.conf, which host firewall, and who
 * should be MASTER when all is well. Every one of them is healthy. Pure; boots nothing.
 */
import type { InstanceConf, NodeConf } from './keepalived-conf.ts';

export interface NodePlan {
  readonly name: string;
  /** eth0, the management leg: SSH arrives here, faults of the segment leave it alone. */
  readonly managementIp: string;
  /** The leg VRRP runs on. */
  readonly segmentIp: string;
  readonly segmentIp6: string;
  readonly segmentInterface: string;
  readonly conf: NodeConf;
  readonly firewall: 'none' | 'nft' | 'firewalld' | 'ufw';
}

export interface Expectation {
  readonly vrid: number;
  /** null: whoever is first keeps it (nopreempt). */
  readonly master: string | null;
  /** Without prefix lengths. */
  readonly vips: readonly string[];
}

export interface Topology {
  readonly id: string;
  readonly describe: string;
  readonly nodes: readonly NodePlan[];
  readonly expected: readonly Expectation[];
}

export const segmentPrefixLength = 24;
export const observerPlan = {
  managementInterface: 'mgmt0',
  managementIp: '10.77.9.250',
  segmentInterface: 'seg0',
  segmentIp: '10.77.0.250',
  segmentIp6: 'fd77::250',
} as const;

interface Place {
  readonly index: number;
  readonly name: string;
  readonly segmentInterface: string;
  readonly segmentIp: string;
  readonly peers: readonly string[];
}

interface Recipe {
  readonly id: string;
  readonly describe: string;
  readonly size: number;
  readonly segmentInterface?: string;
  readonly conf: (place: Place) => NodeConf;
  readonly masters: readonly (string | null)[];
  readonly firewalls?: readonly NodePlan['firewall'][];
}

const segmentIpOf = (index: number): string => `10.77.0.${11 + index}`;

/** Deployment 1: the plain instance most users start from; priorities fall by one from node to node. */
const plain = (place: Place, change: Partial<InstanceConf> = {}): InstanceConf => ({
  name: 'VI_1',
  state: place.index === 0 ? 'MASTER' : 'BACKUP',
  interface: place.segmentInterface,
  vrid: 101,
  priority: 100 - place.index,
  version: 2,
  advertIntervalMs: 1000,
  auth: null,
  unicast: null,
  vips: ['10.77.0.5'],
  lines: [],
  ...change,
});

const only = (...instances: readonly InstanceConf[]): NodeConf => ({ globals: [], blocks: [], instances });

const recipes: readonly Recipe[] = [
  {
    id: 'three',
    describe: 'three plain hosts, VRRPv2 multicast at 1 s, VRID 101, priorities 100/99/98',
    size: 3,
    conf: (place) => only(plain(place)),
    masters: ['n1'],
  },
  {
    id: 'three-v3',
    describe: 'the same with VRRPv3 at 100 ms',
    size: 3,
    conf: (place) => only(plain(place, { version: 3, advertIntervalMs: 100 })),
    masters: ['n1'],
  },
  {
    id: 'unicast',
    describe: 'three hosts with unicast_peer instead of multicast',
    size: 3,
    conf: (place) => only(plain(place, { unicast: { sourceIp: place.segmentIp, peers: place.peers } })),
    masters: ['n1'],
  },
  {
    id: 'five',
    describe: 'five plain hosts, priorities 100 to 96',
    size: 5,
    conf: (place) => only(plain(place)),
    masters: ['n1'],
  },
  {
    id: 'two-vrids',
    describe: 'two VRIDs on one segment, their masters on different nodes',
    size: 3,
    conf: (place) =>
      only(
        plain(place),
        plain(place, {
          name: 'VI_2',
          vrid: 102,
          state: place.index === 1 ? 'MASTER' : 'BACKUP',
          priority: [99, 100, 98][place.index] ?? 90,
          vips: ['10.77.0.6'],
        }),
      ),
    masters: ['n1', 'n2'],
  },
  {
    id: 'nodeport',
    describe:
      'hosts in front of NodePort services: ens33, VRID 41, priorities 200/199/198, VIP with its prefix',
    size: 3,
    segmentInterface: 'ens33',
    conf: (place) => only(plain(place, { vrid: 41, priority: 200 - place.index, vips: ['10.77.0.40/24'] })),
    masters: ['n1'],
  },
  {
    id: 'pass-auth',
    describe: 'VRRPv2 with PASS authentication',
    size: 3,
    conf: (place) => only(plain(place, { auth: { type: 'PASS', pass: 'l4bs3crt' } })),
    masters: ['n1'],
  },
  {
    id: 'ipv6',
    describe: 'VRRPv3 for IPv6: a link-local and a global VIP',
    size: 3,
    conf: (place) => only(plain(place, { vrid: 61, version: 3, vips: ['fe80::77:5', 'fd77::5/64'] })),
    masters: ['n1'],
  },
  {
    id: 'full',
    describe: 'sync group, track_script, track_interface, nopreempt, preempt_delay, PASS, two instances',
    size: 3,
    conf: (place) => ({
      globals: [`router_id lab_${place.name}`, 'enable_script_security', 'script_user root'],
      blocks: [
        'vrrp_script chk_init {\n    script "/bin/kill -0 1"\n    interval 2\n    timeout 1\n    rise 2\n    fall 2\n    weight -20\n}',
        'vrrp_sync_group VG_1 {\n    group {\n        VI_1\n        VI_2\n    }\n}',
      ],
      instances: [
        plain(place, {
          state: 'BACKUP',
          priority: 150 - 10 * place.index,
          auth: { type: 'PASS', pass: 'syncpass' },
          lines: ['nopreempt', `track_interface {\n    ${place.segmentInterface}\n}`, 'garp_master_delay 1'],
        }),
        plain(place, {
          name: 'VI_2',
          vrid: 102,
          state: 'BACKUP',
          priority: 150 - 10 * place.index,
          auth: { type: 'PASS', pass: 'syncpass' },
          vips: ['10.77.0.6/24'],
          lines: ['nopreempt'],
        }),
        plain(place, {
          name: 'VI_3',
          vrid: 103,
          state: 'BACKUP',
          priority: 120 - place.index,
          vips: ['10.77.0.7/24 dev eth1 label eth1:vip'],
          lines: ['preempt_delay 5', 'track_script {\n    chk_init\n}'],
        }),
      ],
    }),
    masters: [null, null, null],
  },
  {
    id: 'host-firewalls',
    describe:
      'healthy behind firewalls: nft drop policy on n1, firewalld on n2, ufw on n3, VRRP allowed by each',
    size: 3,
    conf: (place) => only(plain(place)),
    masters: ['n1'],
    firewalls: ['nft', 'firewalld', 'ufw'],
  },
];

const build = (recipe: Recipe): Topology => {
  const indexes = Array.from({ length: recipe.size }, (_, index) => index);
  const segmentInterface = recipe.segmentInterface ?? 'eth1';
  const nodes = indexes.map((index): NodePlan => {
    const name = `n${index + 1}`;
    const segmentIp = segmentIpOf(index);
    const peers = indexes.filter((other) => other !== index).map(segmentIpOf);
    return {
      name,
      managementIp: `10.77.9.${11 + index}`,
      segmentIp,
      segmentIp6: `fd77::${11 + index}`,
      segmentInterface,
      conf: recipe.conf({ index, name, segmentInterface, segmentIp, peers }),
      firewall: recipe.firewalls?.[index] ?? 'none',
    };
  });
  const expected = (nodes[0]?.conf.instances ?? []).map((instance, index) => ({
    vrid: instance.vrid,
    master: recipe.masters[index] ?? null,
    vips: instance.vips.map(bareAddress),
  }));
  return { id: recipe.id, describe: recipe.describe, nodes, expected };
};

/** `10.0.0.5/24 dev eth1` → `10.0.0.5`. */
export const bareAddress = (vip: string): string => vip.replace(/[/ ].*$/, '');

export const topologies: readonly Topology[] = recipes.map(build);

export const findTopology = (id: string): Topology | null =>
  topologies.find((topology) => topology.id === id) ?? null;
