// Members and sites for tests: a small cluster on paper.
import type { Manager } from '../../src/chaos/manager.ts';
import type { FaultSite } from '../../src/chaos/site.ts';
import type { Arena, Member } from '../../src/chaos/subject.ts';
import { known } from '../../src/evidence/reading.ts';

export const systemd: Manager = { kind: 'systemctl', unit: 'keepalived.service' };

export const site = (change: Partial<FaultSite> = {}): FaultSite => ({
  node: 'n1',
  instance: 'VI_1',
  interface: 'eth1',
  vrid: 101,
  family: 'ipv4',
  vips: ['10.0.0.5'],
  authentication: 'none',
  trackedScripts: [],
  manager: known(systemd),
  parentPid: known(4711),
  systemd: 'present',
  unitState: 'enabled',
  bootId: '5f0e6a52-6f4c-4c4e-9d7d-0d2f6b9a1c11',
  packetFilter: 'nft',
  controlInterfaces: ['eth0'],
  rights: 'root',
  ...change,
});

export const member = (node: string, priority: number, change: Partial<Member> = {}): Member => ({
  node,
  instance: 'VI_1',
  interface: 'eth1',
  vrid: 101,
  family: 'ipv4',
  vips: ['10.0.0.5'],
  authentication: 'none',
  trackedScripts: [],
  sourceAddress: `10.0.0.${priority}`,
  macs: [],
  timers: { version: 3, priority, advertIntervalMs: 100, downTimerAdverts: 3 },
  preempt: 'on',
  preemptDelayMs: 0,
  secondBurstMs: 5000,
  files: [],
  ...change,
});

export const arena = (members: readonly Member[], master: Member | undefined): Arena => ({
  group: {
    id: '101/ipv4',
    vrid: 101,
    family: 'ipv4',
    version: 3,
    mode: 'multicast',
    vips: ['10.0.0.5/24'],
    members: members.map((one) => `${one.node}/VI_1`),
    advertIntervalMs: 100,
    masters: master === undefined ? [] : [master.node],
  },
  members,
  master,
  vips: ['10.0.0.5'],
  vip: '10.0.0.5',
});
