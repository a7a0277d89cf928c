/**
 * The cables: a switch namespace with two bridges (the segment VRRP runs on, and a management network), a namespace
 * per node and one for the observer, each with a leg on both. This machine itself has no leg, so no address of a
 * lab can meet one of its own. Knows nothing about what runs on the nodes.
 */
import { mustRun, run } from './commands.ts';
import { type LabNames, nodeNs } from './names.ts';
import { type NodePlan, observerPlan, segmentPrefixLength, type Topology } from './topology.ts';

export const segmentBridge = 'seg';
export const managementBridge = 'mgmt';
export const segmentPort = (node: string): string => `${node}-seg`;
export const managementPort = (node: string): string => `${node}-mgmt`;

export interface Leg {
  readonly port: string;
  readonly bridge: string;
  readonly ns: string;
  readonly interface: string;
  readonly mac: string;
  readonly addresses: readonly string[];
}

/** Locally administered and telling: last octets are the leg and the node's number. */
export const macOf = (leg: 'management' | 'segment' | 'foreign', number: number): string =>
  `02:76:64:00:0${{ management: 9, segment: 0, foreign: 6 }[leg]}:${number.toString(16).padStart(2, '0')}`;

/** The address the kernel makes of a MAC (RFC 4291 appendix A), written out in full. */
export const linkLocalOf = (mac: string): string => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(':')
    .map((octet) => Number.parseInt(octet, 16));
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16);
  return `fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`;
};

const nodeLegs = (names: LabNames, plan: NodePlan, number: number): readonly Leg[] => [
  {
    port: managementPort(plan.name),
    bridge: managementBridge,
    ns: nodeNs(names, plan.name),
    interface: 'eth0',
    mac: macOf('management', number),
    addresses: [`${plan.managementIp}/24`],
  },
  segmentLeg(names, plan, number),
];

export const segmentLeg = (names: LabNames, plan: NodePlan, number: number): Leg => ({
  port: segmentPort(plan.name),
  bridge: segmentBridge,
  ns: nodeNs(names, plan.name),
  interface: plan.segmentInterface,
  mac: macOf('segment', number),
  addresses: [`${plan.segmentIp}/${segmentPrefixLength}`, `${plan.segmentIp6}/64`],
});

const observerLegs = (names: LabNames): readonly Leg[] => [
  {
    port: managementPort('obs'),
    bridge: managementBridge,
    ns: names.observerNs,
    interface: observerPlan.managementInterface,
    mac: macOf('management', 250),
    addresses: [`${observerPlan.managementIp}/24`],
  },
  {
    port: segmentPort('obs'),
    bridge: segmentBridge,
    ns: names.observerNs,
    interface: observerPlan.segmentInterface,
    mac: macOf('segment', 250),
    addresses: [`${observerPlan.segmentIp}/${segmentPrefixLength}`, `${observerPlan.segmentIp6}/64`],
  },
];

const ipBatch = (ns: string, lines: readonly string[]): Promise<string> =>
  mustRun(['ip', '-n', ns, '-batch', '-'], { input: `${lines.join('\n')}\n` });

const plugLines = (leg: Leg): readonly string[] => [
  `link add ${leg.port} type veth peer name ${leg.interface} address ${leg.mac} netns ${leg.ns}`,
  `link set ${leg.port} master ${leg.bridge} up`,
];

const addressLines = (leg: Leg): readonly string[] => [
  ...leg.addresses.map(
    (address) => `addr add ${address} dev ${leg.interface}${address.includes(':') ? ' nodad' : ''}`,
  ),
  `link set ${leg.interface} up`,
];

/** One end on a bridge, the other in a namespace with its addresses, up. */
export const plug = async (names: LabNames, leg: Leg): Promise<void> => {
  await ipBatch(names.switchNs, plugLines(leg));
  await ipBatch(leg.ns, addressLines(leg));
};

/** Duplicate address detection would hold IPv6 back for a second; rp_filter 2 is what Debian's systemd sets. */
const hostSysctls = [
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=2',
];

export const addNamespace = async (ns: string): Promise<void> => {
  await mustRun(['ip', 'netns', 'add', ns]);
  await mustRun(['ip', 'netns', 'exec', ns, 'sysctl', '-q', '-w', ...hostSysctls]);
  await ipBatch(ns, ['link set lo up']);
};

export const buildNetwork = async (names: LabNames, topology: Topology): Promise<void> => {
  const nodes = topology.nodes.map((plan) => nodeNs(names, plan.name));
  await Promise.all([names.switchNs, names.observerNs, ...nodes].map(addNamespace));
  await ipBatch(
    names.switchNs,
    [segmentBridge, managementBridge].map(
      (bridge) => `link add ${bridge} up type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    ),
  );
  const legs = [
    ...topology.nodes.flatMap((plan, index) => nodeLegs(names, plan, index + 1)),
    ...observerLegs(names),
  ];
  await ipBatch(names.switchNs, legs.flatMap(plugLines));
  const spaces = new Set(legs.map((leg) => leg.ns));
  await Promise.all(
    [...spaces].map((ns) => ipBatch(ns, legs.filter((leg) => leg.ns === ns).flatMap(addressLines))),
  );
};

/** This lab's namespaces, whether a living or a killed run made them. */
export const namespacesOf = async (names: LabNames): Promise<readonly string[]> => {
  const listed = await run(['ip', 'netns', 'list']);
  return listed.stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((ns) => ns.startsWith(names.prefix));
};

/** Processes of this machine whose network is that namespace. */
export const pidsIn = async (ns: string): Promise<readonly number[]> => {
  const listed = await run(['ip', 'netns', 'pids', ns]);
  return listed.stdout.split('\n').filter(Boolean).map(Number);
};
