// Small clusters as plain data for the tests of this room: three nodes, VRID 101, 1 s, priorities 100/99/98.

import type { UngroupedInstance } from '../../src/cluster/groups.ts';
import type { Hearing } from '../../src/cluster/ladder.ts';
import type { AdvertStream, ConfiguredInstance, Instance, VrrpState } from '../../src/cluster/model.ts';
import type { Delivery } from '../../src/evidence/bundle.ts';
import { known, unknown } from '../../src/evidence/reading.ts';

export const ADDRESS: Readonly<Record<string, string>> = {
  n1: '10.77.0.11',
  n2: '10.77.0.12',
  n3: '10.77.0.13',
};
const PRIORITY: Readonly<Record<string, number>> = { n1: 100, n2: 99, n3: 98 };

export const aConfiguration = (
  node: string,
  change: Partial<ConfiguredInstance> = {},
): ConfiguredInstance => ({
  file: '/etc/keepalived/keepalived.conf',
  line: 1,
  initialState: 'BACKUP',
  version: 2,
  priority: PRIORITY[node] ?? 100,
  advertIntervalMs: 1000,
  auth: { type: 'none' },
  vips: ['10.77.0.5/32'],
  excludedVips: [],
  unicastPeers: [],
  mode: 'multicast',
  multicastGroup: '224.0.0.18',
  nopreempt: false,
  downTimerAdverts: 3,
  useVmac: false,
  trackedInterfaces: [],
  ...change,
});

export const anInstance = (
  node: string,
  state: VrrpState | 'STOPPED',
  change: Partial<ConfiguredInstance> & { readonly vrid?: number } = {},
): UngroupedInstance => {
  const { vrid = 101, ...configured } = change;
  return {
    id: `${node}/VI_1`,
    node,
    name: 'VI_1',
    interface: 'eth1',
    vrid,
    family: 'ipv4',
    configured: known(aConfiguration(node, configured)),
    running:
      state === 'STOPPED'
        ? unknown('keepalived is not running')
        : known({ state, source: 'json', effectivePriority: configured.priority ?? PRIORITY[node] ?? 100 }),
    sourceAddress: known(ADDRESS[node] ?? '10.77.0.99'),
    process: state === 'STOPPED' ? 'stopped' : 'running',
    holdsVips: state === 'MASTER' ? 'yes' : 'no',
    segments: ['10.77.0.0/24'],
  };
};

export const inGroup = (instance: UngroupedInstance, group = 'g'): Instance => ({ ...instance, group });

export const aStream = (
  from: string,
  at: string,
  count: number,
  change: Partial<AdvertStream> = {},
): AdvertStream => ({
  heardAt: at,
  direction: from === at ? 'out' : 'in',
  interface: 'eth1',
  family: 'ipv4',
  src: ADDRESS[from] ?? '10.77.0.66',
  srcMac: '02:00:00:00:00:01',
  dst: '224.0.0.18',
  sender: from,
  ttl: 255,
  version: 2,
  vrid: 101,
  priority: PRIORITY[from] ?? 100,
  intervalMs: 1000,
  addresses: ['10.77.0.5'],
  authType: 0,
  checksum: 'good',
  count,
  firstAtNs: 1_000_000_000n,
  lastAtNs: 1_000_000_000n + BigInt(count) * 1_000_000_000n,
  quote: { node: at, source: 'tcpdump', quote: `${count} adverts` },
  ...change,
});

const aDelivery = (from: string, vrid: number, second: number): Delivery => ({
  atNs: BigInt(second) * 1_000_000_000n,
  family: 'ipv4',
  protocol: 112,
  interface: 'eth1',
  src: ADDRESS[from] ?? '10.77.0.66',
  dst: '224.0.0.18',
  ttl: 255,
  header: Uint8Array.of(0x21, vrid, PRIORITY[from] ?? 100, 1, 0, 1, 0, 0),
});

export const deliveries = (from: string, count: number, vrid = 101): readonly Delivery[] =>
  Array.from({ length: count }, (_, second) => aDelivery(from, vrid, second));

export const hearing = (node: string, delivered: readonly Delivery[]): Hearing => ({
  node,
  ear: 'listened',
  witness: 'listened',
  deliveries: delivered,
});
