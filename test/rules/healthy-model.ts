// The healthy three-node cluster rule cases start from (n1 MASTER), and the pieces it is made of. It knows the
// model's shape only.
import type {
  AdvertStream,
  ClusterModel,
  ConfiguredInstance,
  FirewallJudgement,
  Group,
  HostFacet,
  Instance,
  KeepalivedProcess,
  LadderCell,
  Link,
  NodeFacet,
  Quote,
} from '../../src/cluster/model.ts';
import { known } from '../../src/evidence/reading.ts';
import { healthyConfigurations } from './paper-model.ts';

export const names = ['n1', 'n2', 'n3'] as const;
export const groupId = '101/ipv4/10.77.0.0/24';
export const vip = '10.77.0.5';
export const addressOf = (node: string): string => `10.77.0.1${node.slice(1)}`;
export const macOf = (node: string): string => `02:00:00:00:00:0${node.slice(1)}`;
export const confFile = '/etc/keepalived/keepalived.conf';
const allCapabilities = (1n << 41n) - 1n;
const secondNs = 1_000_000_000n;

export const stream = (from: string, at: string, change: Partial<AdvertStream> = {}): AdvertStream => {
  const base = {
    heardAt: at,
    direction: at === from ? 'out' : 'in',
    interface: 'eth1',
    family: 'ipv4',
    src: addressOf(from),
    srcMac: macOf(from),
    dst: '224.0.0.18',
    sender: from,
    ttl: 255,
    version: 2,
    vrid: 101,
    priority: 101 - Number(from.slice(1)),
    intervalMs: 1000,
    addresses: [vip],
    authType: 0,
    checksum: 'good',
    count: 4,
    firstAtNs: 100n * secondNs,
    lastAtNs: 103n * secondNs,
    ...change,
  } as const satisfies Omit<AdvertStream, 'quote'>;
  const quote: Quote = {
    node: at,
    source: `tcpdump ${base.interface}`,
    quote: `IP ${base.src} > ${base.dst}: VRRPv${base.version}, vrid ${base.vrid}, prio ${base.priority}, authtype ${base.authType}, intvl ${base.intervalMs}ms, ttl ${base.ttl}, addrs: ${base.addresses.join(',')} (${base.count} adverts)`,
  };
  return { ...base, quote };
};

const configured = (node: string): ConfiguredInstance => ({
  file: confFile,
  line: 8,
  initialState: node === 'n1' ? 'MASTER' : 'BACKUP',
  version: 2,
  priority: 101 - Number(node.slice(1)),
  vridAt: { file: confFile, line: 11 },
  advertIntervalMs: 1000,
  advertIntervalAt: { file: confFile, line: 13 },
  auth: { type: 'none' },
  vips: [`${vip}/32`],
  vipsAt: { file: confFile, line: 14 },
  excludedVips: [],
  unicastPeers: [],
  mode: 'multicast',
  multicastGroup: '224.0.0.18',
  nopreempt: false,
  downTimerAdverts: 3,
  useVmac: false,
  trackedInterfaces: [],
});

const instance = (node: string): Instance => ({
  id: `${node}/VI_1`,
  node,
  name: 'VI_1',
  group: groupId,
  interface: 'eth1',
  vrid: 101,
  family: 'ipv4',
  configured: known(configured(node)),
  running: known({
    state: node === 'n1' ? 'MASTER' : 'BACKUP',
    source: 'json',
    effectivePriority: 101 - Number(node.slice(1)),
  }),
  sourceAddress: known(addressOf(node)),
  process: 'running',
  holdsVips: node === 'n1' ? 'yes' : 'no',
});

const process: KeepalivedProcess = {
  pid: 600,
  vrrpPid: 601,
  vrrpRunState: 'S',
  commandLine: ['/usr/sbin/keepalived', '--dont-fork'],
  configPath: confFile,
  managedBy: 'systemd',
  effectiveCapabilities: allCapabilities,
  networkNamespace: 'host',
  rawSockets: [
    {
      protocol: 112,
      localAddress: '224.0.0.18',
      receiveQueueBytes: { before: 0, after: 0 },
      drops: { before: 0, after: 0 },
    },
  ],
  startedAtMs: 1_000_000,
};

const node = (name: string): NodeFacet => ({
  name,
  address: `10.77.9.1${name.slice(1)}`,
  contact: { kind: 'reached', rights: 'root' },
  processes: known([process]),
  unit: known({
    manager: 'systemd',
    name: 'keepalived.service',
    activeState: 'active',
    subState: 'running',
    enablement: 'enabled',
  }),
  version: known({ text: '2.2.7', major: 2, minor: 2, patch: 7 }),
  configuration: known({ path: confFile, files: [confFile], problems: [] }),
  log: known([{ text: 'Keepalived_vrrp[601]: (VI_1) Entering BACKUP STATE' }]),
});

export const link = (name: string, change: Partial<Link> = {}): Link => ({
  name,
  index: 2,
  mac: '02:00:00:00:00:aa',
  up: 'yes',
  operState: 'UP',
  carrier: 'yes',
  addresses: [],
  ...change,
});

const judgement = (owner: string, peer: string, direction: 'in' | 'out'): FirewallJudgement => ({
  instance: `${owner}/VI_1`,
  direction,
  peer,
  outcome: 'accept',
  candidates: [],
  uncertain: [],
});

const host = (name: string): HostFacet => {
  const peers = names.filter((peer) => peer !== name);
  return {
    node: name,
    links: known([
      link('lo', { addresses: ['127.0.0.1/8'], operState: 'UNKNOWN' }),
      link('eth1', {
        mac: macOf(name),
        addresses: [`${addressOf(name)}/24`, ...(name === 'n1' ? [`${vip}/32`] : [])],
      }),
    ]),
    firewall: known({
      judgements: [
        ...peers.map((peer) => judgement(name, peer, 'in')),
        ...peers.map((peer) => judgement(name, peer, 'out')),
      ],
      read: ['nft: 1 table', 'iptables-legacy: none'],
      problems: [],
    }),
    reversePath: known(
      peers.map((peer) => ({
        interface: 'eth1',
        peer,
        source: addressOf(peer),
        all: 0,
        own: 1,
        effective: 1,
        answersVia: 'eth1',
        route: {
          node: name,
          source: 'ip route get',
          quote: `${addressOf(peer)} dev eth1 src ${addressOf(name)}`,
        },
      })),
    ),
    memberships: known({ lo: ['224.0.0.1'], eth1: ['224.0.0.18', '224.0.0.1'] }),
    counterDeltas: known({ TcpExtIPReversePathFilter: 0, UdpIgnoredMulti: 3 }),
    selinux: known({ mode: 'disabled', denials: [], read: ['/sys/fs/selinux: absent'] }),
    sysctls: known({ 'net/ipv4/icmp_echo_ignore_broadcasts': '1' }),
    multicastRoute: known('absent'),
    machine: known({ distribution: 'debian', nowMs: 100_000_000, uptimeMs: 99_500_000 }),
    listeners: known([{ address: 'any', port: 22 }]),
    networkConfig: known({ managers: [], assigned: [], networkd: [], keeping: [] }),
    routes: known({
      routes: [],
      rules: ['0: from all lookup local', '32766: from all lookup main'],
    }),
    ipvs: known({ loaded: 'no', services: [] }),
    heldAddresses: known([
      {
        interface: 'eth1',
        family: 'ipv4',
        address: addressOf(name),
        prefixLength: 24,
        flags: [],
      },
      ...(name === 'n1'
        ? [{ interface: 'eth1', family: 'ipv4' as const, address: vip, prefixLength: 32, flags: [] }]
        : []),
    ]),
  };
};

const cell = (from: string, to: string): LadderCell => {
  const due = from === 'n1';
  const count = due ? 4 : 0;
  return {
    group: groupId,
    vrid: 101,
    from,
    to,
    sent: count,
    expected: 4,
    due: due ? 'yes' : 'no',
    onWire: count,
    arrived: count,
    delivered: count,
    accepted: due ? 'yes' : 'unknown',
    lostAt: null,
    loss: 'none',
    detail: '',
  };
};

const group: Group = {
  id: groupId,
  vrid: 101,
  family: 'ipv4',
  version: 2,
  mode: 'multicast',
  vips: [`${vip}/32`],
  members: names.map((name) => `${name}/VI_1`),
  advertIntervalMs: 1000,
  masters: ['n1'],
};

export const holder = (name: string) => ({
  node: name,
  interface: 'eth1',
  quote: { node: name, source: 'ip addr', quote: `inet ${vip}/32 scope global eth1` },
});
export const arpAnswer = (name: string, mac = macOf(name)) => ({
  mac,
  owner: (names as readonly string[]).includes(name) ? name : 'foreign',
  quote: { node: 'observer', source: 'ARP probe', quote: `${vip} is-at ${mac}` },
});

export const healthy = (): ClusterModel => ({
  window: { listenedMs: 4000, endedBecause: 'settled' },
  nodes: names.map(node),
  groups: [group],
  instances: names.map(instance),
  configurations: healthyConfigurations,
  adverts: {
    streams: ['n1', 'n2', 'n3', 'observer'].map((at) => stream('n1', at)),
    carp: [],
    ears: ['n1', 'n2', 'n3', 'observer'].map((at) => ({ at, heard: 'yes' })),
  },
  ladder: names.flatMap((from) => names.filter((to) => to !== from).map((to) => cell(from, to))),
  holders: [
    { group: groupId, vrid: 101, vip, holders: [holder('n1')], unread: [], arp: known([arpAnswer('n1')]) },
  ],
  hosts: names.map(host),
  segment: { observer: known({ where: 'local', interface: 'seg0' }), igmpQueries: 0, igmpReports: 0 },
});
