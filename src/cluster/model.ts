// What rules look at: the cluster as plain data, divided into facets. Every value that could not be read says
// why. It knows nothing about how it was collected and holds no secrets (passwords are fingerprints).
import type { Reading } from '../evidence/reading.ts';
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import type { IpvsTable } from '../probes/ipvs.ts';
import type { NetworkConfig } from '../probes/network-config.ts';
import type { RouteTables } from '../probes/routes.ts';
import type { Manager, ServiceUnit } from '../probes/service-manager.ts';
import type { Cloud } from './cloud.ts';

export type { KeepalivedConfig, SyncGroupConfig } from '../keepalived/config-model.ts';
export type { Place } from '../keepalived/config-tree.ts';
export type { InstanceConfig } from '../keepalived/instance-config.ts';
export type { Setting } from '../keepalived/settings.ts';
export type { ScriptConfig, TrackEntry } from '../keepalived/tracking-config.ts';
export type {
  ServiceKey,
  SyncDaemonConfig,
  VirtualServerConfig,
} from '../keepalived/virtual-server-config.ts';
export type { IpvsService, IpvsTable } from '../probes/ipvs.ts';
export type { Manager, ServiceUnit } from '../probes/service-manager.ts';

export type { Cloud } from './cloud.ts';

export type Family = 'ipv4' | 'ipv6';
export type VrrpState = 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT';

/** A quotation from the evidence, as findings carry it. */
export interface Quote {
  readonly node: string;
  /** Command, file or capture it comes from. */
  readonly source: string;
  readonly quote: string;
}

// ── facet: window ────────────────────────────────────────────────────────────────────────────────────────────
export interface WindowFacet {
  /** How long the wire was listened to, ms. */
  readonly listenedMs: number;
  readonly endedBecause: string;
}

// ── facet: nodes ─────────────────────────────────────────────────────────────────────────────────────────────
export interface KeepalivedProcess {
  /** Parent pid on the node. */
  readonly pid: number;
  /** Pid of the VRRP child, where there is one. */
  readonly vrrpPid?: number;
  /** Scheduler state letter of the VRRP process from /proc/PID/stat (`T` stopped, `D` uninterruptible …). */
  readonly vrrpRunState?: string;
  readonly commandLine: readonly string[];
  readonly configPath: string;
  readonly managedBy: Manager;
  /** Effective capabilities of the VRRP process, bit mask as in /proc/PID/status CapEff; undefined when unreadable. */
  readonly effectiveCapabilities?: bigint;
  readonly selinuxContext?: string;
  /** `own` when keepalived's network namespace is not that of PID 1. */
  readonly networkNamespace: 'host' | 'own' | 'unknown';
  /** Raw sockets of protocol 112/51 held by the VRRP process (from /proc/net/raw and its fds). */
  readonly rawSockets: readonly RawSocket[] | 'unknown';
  /** Epoch ms. */
  readonly startedAtMs?: number;
}

export interface RawSocket {
  readonly protocol: number;
  readonly localAddress: string;
  /** Bytes waiting to be read, before and after listening. */
  readonly receiveQueueBytes: { readonly before: number; readonly after?: number };
  readonly drops: { readonly before: number; readonly after?: number };
}

export interface NodeFacet {
  readonly name: string;
  readonly address: string;
  readonly contact:
    | { readonly kind: 'reached'; readonly rights: 'root' | 'sudo' | 'none' }
    | { readonly kind: 'lost' | 'unreachable'; readonly why: string; readonly nextStep: string };
  readonly processes: Reading<readonly KeepalivedProcess[]>;
  readonly unit: Reading<ServiceUnit>;
  readonly version: Reading<{
    readonly text: string;
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
  }>;
  /** Configuration files that were read, with their problems. */
  readonly configuration: Reading<{
    readonly path: string;
    readonly files: readonly string[];
    readonly problems: readonly ConfigProblem[];
  }>;
  /** Lines keepalived logged, newest last. */
  readonly log: Reading<readonly LogLine[]>;
}

export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface LogLine {
  /** Epoch ms where the source gave one. */
  readonly atMs?: number;
  readonly text: string;
}

// ── facet: instances ─────────────────────────────────────────────────────────────────────────────────────────
export interface Located<T> {
  readonly value: T;
  readonly file: string;
  readonly line: number;
}

export interface ConfiguredAuth {
  readonly type: 'none' | 'PASS' | 'AH' | 'hmac';
  /** Fingerprint of the eight bytes that go on the wire; equal fingerprints are equal passwords within one run. */
  readonly fingerprint?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ConfiguredInstance {
  readonly file: string;
  readonly line: number;
  /** Initial state keyword. */
  readonly initialState: 'MASTER' | 'BACKUP' | 'unset';
  readonly version: 2 | 3;
  readonly priority: number;
  readonly priorityAt?: { readonly file: string; readonly line: number };
  /** The file's; absent without one. `vrid` of the instance is the one it runs with, where a dump tells. */
  readonly vrid?: number;
  readonly vridAt?: { readonly file: string; readonly line: number };
  readonly advertIntervalMs: number;
  readonly advertIntervalAt?: { readonly file: string; readonly line: number };
  readonly auth: ConfiguredAuth;
  /** With prefix length, as keepalived would configure them, without `dev` and the like: `10.0.0.5/32`. */
  readonly vips: readonly string[];
  readonly vipsAt?: { readonly file: string; readonly line: number };
  readonly excludedVips: readonly string[];
  readonly unicastSource?: string;
  readonly unicastPeers: readonly string[];
  readonly unicastPeersAt?: { readonly file: string; readonly line: number };
  readonly mode: 'multicast' | 'unicast';
  /** Group adverts are sent to in multicast mode. */
  readonly multicastGroup: string;
  readonly nopreempt: boolean;
  readonly downTimerAdverts: number;
  readonly useVmac: boolean;
  readonly trackedInterfaces: readonly string[];
}

export interface RunningSettings {
  readonly vrid: number;
  readonly version: 2 | 3;
  /** VIPs and excluded ones, with prefix: keepalived moves those too many for an advert from one list to the other. */
  readonly addresses: readonly string[];
  /** Empty: multicast. Absent: the dump does not say. */
  readonly unicastPeers?: readonly string[];
  readonly authType?: 'none' | 'PASS' | 'AH';
  readonly preempt?: 'on' | 'off';
}

export interface RunningInstanceFacts {
  readonly state: VrrpState;
  readonly source: 'json' | 'data' | 'log' | 'addresses-and-adverts';
  readonly basePriority?: number;
  readonly effectivePriority?: number;
  readonly advertIntervalMs?: number;
  /** What else a dump tells of the settings it runs with. */
  readonly settings?: RunningSettings;
  readonly masterRouter?: string;
  readonly faults?: readonly string[];
  readonly rateLimitFlags?: number;
  /** Epoch ms. */
  readonly lastTransitionAtMs?: number;
  readonly stats?: Readonly<Record<string, number>>;
}

export interface Instance {
  /** `node/name`. */
  readonly id: string;
  readonly node: string;
  readonly name: string;
  /** The group (cluster) it belongs to. */
  readonly group: string;
  readonly interface: string;
  readonly vrid: number;
  readonly family: Family;
  readonly configured: Reading<ConfiguredInstance>;
  readonly running: Reading<RunningInstanceFacts>;
  /** Whether any of its VIPs stood on the host, loopback and the like apart, when listening ended; absent when unread. */
  readonly holdsVips?: 'yes' | 'no';
  /** Source address of its adverts: seen on the wire, else configured, else the interface's primary. */
  readonly sourceAddress: Reading<string>;
  /** Whether a keepalived process that owns this instance runs. */
  readonly process: 'running' | 'stopped' | 'unknown';
  /** Whether its sockets were the same when listening ended; absent where they were not looked at twice. */
  readonly run?: 'whole-window' | 'interrupted';
}

/** What the contract calls a cluster: the instances that stand in for each other. */
export interface Group {
  /** `VRID/family/segment`, stable within a report. */
  readonly id: string;
  /** VRID most members use. */
  readonly vrid: number;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly mode: 'multicast' | 'unicast';
  /** VIPs with prefix as most members have them. */
  readonly vips: readonly string[];
  /** Instance ids, in the order of the inventory. */
  readonly members: readonly string[];
  /** Longest advert interval of the members, ms. */
  readonly advertIntervalMs: number;
  /** Nodes in MASTER state. */
  readonly masters: readonly string[];
}

// ── facet: configurations ────────────────────────────────────────────────────────────────────────────────────
/** All that one keepalived of a node is configured with: scripts, sync groups, and every setting with its line. */
export interface NodeConfiguration {
  readonly node: string;
  readonly config: Reading<KeepalivedConfig>;
}

// ── facet: adverts (all that was heard, by vantage) ──────────────────────────────────────────────────────────
export type ChecksumVerdict =
  | 'good'
  | 'good-without-pseudo-header'
  | 'good-multicast-pseudo-header'
  | 'bad'
  | 'unverified';

/** Adverts of one sender that look the same, heard at one place going one way. */
export interface AdvertStream {
  /** Node name, or `observer`. */
  readonly heardAt: string;
  /** `out`: seen leaving this host; `in`: arriving. */
  readonly direction: 'in' | 'out';
  readonly interface: string;
  readonly family: Family;
  readonly src: string;
  readonly srcMac: string | 'unknown';
  readonly dst: string;
  /**
   * Name of the node that owns `src`; `foreign` when it is none of ours, `unidentified` when it could belong to a
   * node whose addresses could not be read.
   */
  readonly sender: string | 'foreign' | 'unidentified';
  /** Id of the sender's instance, where several of them share VRID and family. */
  readonly instance?: string;
  readonly ttl: number;
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  readonly intervalMs: number;
  readonly addresses: readonly string[];
  readonly authType: number;
  /** Fingerprint of the password bytes, for PASS. */
  readonly authFingerprint?: string;
  /** auth_hmac trailer of keepalived 2.4; absent when adverts carry none. */
  readonly hmac?: {
    readonly keyId: number;
    /** Sender’s clock in the trailer less the clock of the host that heard it; of the adverts heard, the one furthest off, ms. */
    readonly skewMs: number;
  };
  readonly checksum: ChecksumVerdict;
  readonly count: number;
  /** On the clock of the host that heard it, ns. */
  readonly firstAtNs: bigint;
  readonly lastAtNs: bigint;
  readonly quote: Quote;
}

export interface CarpSender {
  readonly heardAt: string;
  readonly src: string;
  readonly srcMac: string | 'unknown';
  readonly vhid: number;
  readonly count: number;
  readonly quote: Quote;
}

export interface AdvertsFacet {
  readonly streams: readonly AdvertStream[];
  readonly carp: readonly CarpSender[];
  /** Vantages that listened, and those that could not, with the reason. */
  readonly ears: readonly { readonly at: string; readonly heard: 'yes' | 'no'; readonly reason?: string }[];
}

// ── facet: ladder ────────────────────────────────────────────────────────────────────────────────────────────
export type LostAt = 'sender' | 'network' | 'receiver-kernel' | 'daemon' | 'unknown' | null;

/** One sender × one receiver of a group: how far its adverts climbed. */
export interface LadderCell {
  readonly group: string;
  readonly vrid: number;
  readonly from: string;
  readonly to: string;
  /** Adverts that left the sender towards this receiver (its egress tap). */
  readonly sent: number | 'unknown';
  /** Adverts the sender should have sent in the window, were it master: window / interval, rounded down. */
  readonly expected: number;
  /** `master` when the sender claims to be master, so adverts are due. */
  readonly due: 'yes' | 'no';
  readonly onWire: number | 'unknown';
  readonly arrived: number | 'unknown';
  readonly delivered: number | 'unknown';
  /** `refused-lower-priority` is a healthy refusal: the receiver is master and knows better. */
  readonly accepted: 'yes' | 'refused-lower-priority' | 'no' | 'unknown';
  readonly lostAt: LostAt;
  /** Share of adverts lost at that rung: `all`, or `some` (never on fewer than three adverts). */
  readonly loss: 'none' | 'some' | 'all' | 'unknown';
  readonly detail: string;
}

// ── facet: holders ───────────────────────────────────────────────────────────────────────────────────────────
export interface VipHolding {
  readonly group: string;
  readonly vrid: number;
  /** Without prefix. */
  readonly vip: string;
  /** Nodes that have it on an interface. */
  readonly holders: readonly { readonly node: string; readonly interface: string; readonly quote: Quote }[];
  /** Nodes that had it when listening began and no more when it ended; absent when none did. */
  readonly gaveUp?: readonly string[];
  /** Nodes whose addresses could not be read. */
  readonly unread: readonly string[];
  /** Answers to ARP probes (IPv6: neighbour solicitations) of the observer; absent when nobody could probe. */
  readonly arp: Reading<
    readonly { readonly mac: string; readonly owner: string | 'foreign'; readonly quote: Quote }[]
  >;
}

// ── facet: hosts (one per node that answered) ────────────────────────────────────────────────────────────────
export interface HostFacet {
  readonly node: string;
  readonly links: Reading<readonly Link[]>;
  readonly firewall: Reading<FirewallFacts>;
  readonly reversePath: Reading<readonly ReversePathFacts[]>;
  /** Multicast groups the kernel was a member of when listening began or ended, by interface: 224.0.0.18, ff02::12 … */
  readonly memberships: Reading<Readonly<Record<string, readonly string[]>>>;
  /** Deltas of kernel counters over the window, by name as /proc prints them (`TcpExtIPReversePathFilter`). */
  readonly counterDeltas: Reading<Readonly<Record<string, number>>>;
  readonly selinux: Reading<SelinuxFacts>;
  /** Values of /proc/sys by path below /proc/sys, e.g. `net/ipv4/icmp_echo_ignore_broadcasts`. */
  readonly sysctls: Reading<Readonly<Record<string, string>>>;
  /** Whether a route covers 224.0.0.0/4. */
  readonly multicastRoute: Reading<'present' | 'absent'>;
  readonly machine: Reading<MachineFacts>;
  /** Every address of the host when listening ended. */
  readonly heldAddresses: Reading<readonly HeldAddressFacts[]>;
  readonly networkConfig: Reading<NetworkConfig>;
  readonly routes: Reading<Pick<RouteTables, 'routes' | 'rules'>>;
  /** What the kernel balances for virtual_server blocks. */
  readonly ipvs: Reading<IpvsTable>;
}

export interface MachineFacts {
  /** The node's own clock when it was asked, epoch ms. */
  readonly nowMs?: number;
  readonly uptimeMs?: number;
  /** sys_vendor and product_name of DMI. */
  readonly hardware?: string;
  /** By DMI and cloud-init; absent outside the clouds this project knows. */
  readonly cloud?: { readonly name: Cloud; readonly quote: Quote };
  /** `ID` of os-release: `debian`, `centos` … */
  readonly distribution: string;
}

export interface HeldAddressFacts {
  readonly interface: string;
  readonly family: Family;
  readonly address: string;
  readonly prefixLength: number;
  /** As `ip` prints them: `secondary`, `deprecated`, `dadfailed`, `dynamic` … */
  readonly flags: readonly string[];
  /** `proto` of `ip addr`, where kernel and iproute2 tell who set it. */
  readonly setBy?: string;
}

export interface Link {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly up: 'yes' | 'no';
  /** `operstate` as iproute2 prints it. */
  readonly operState: string;
  readonly carrier: 'yes' | 'no' | 'unknown';
  readonly kind?: string;
  /** With prefix. */
  readonly addresses: readonly string[];
}

/** What the host's firewall does with the adverts of one peer on one interface, in one direction. */
export interface FirewallJudgement {
  readonly instance: string;
  readonly direction: 'in' | 'out';
  /** Peer node (in: the sender, out: the receiver or the group). */
  readonly peer: string;
  readonly outcome: 'accept' | 'drop' | 'reject' | 'unknown';
  readonly decidedBy?: FirewallRule;
  readonly candidates: readonly FirewallRule[];
  readonly remedy?: { readonly text: string; readonly commands: readonly string[] };
  /** TTL a rule sets on the way out, if any. */
  readonly ttlSetTo?: number;
  readonly uncertain: readonly string[];
}

export interface FirewallRule {
  readonly engine: 'nft' | 'iptables-legacy' | 'iptables-nft';
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook?: string;
  readonly handle?: number;
  readonly text: string;
  readonly kind: 'rule' | 'policy';
  /** Who wrote it: `firewalld (zone public)`, `ufw`, `nft`, `iptables`, `docker` … */
  readonly owner: string;
  readonly counter?: { readonly before: number; readonly after?: number };
}

/** A rule that drops ARP about a VIP on its way out of the node that has, or may get, it. */
export interface ArpDrop {
  readonly group: string;
  readonly vip: string;
  readonly interface: string;
  readonly rule: FirewallRule;
}

export interface FirewallFacts {
  readonly judgements: readonly FirewallJudgement[];
  readonly arpDrops?: readonly ArpDrop[];
  /** What was read, e.g. `nft: 3 tables; iptables-legacy: none`. */
  readonly read: readonly string[];
  readonly problems: readonly string[];
}

/** rp_filter on one interface, seen from one peer's source address. */
export interface ReversePathFacts {
  readonly interface: string;
  readonly peer: string;
  readonly source: string;
  readonly all: number;
  readonly own: number;
  /** max(all, own): 0 off, 1 strict, 2 loose. */
  readonly effective: number;
  /** Interface the kernel would use to answer that source; `none` when unroutable. */
  readonly answersVia: string | 'none' | 'unknown';
  readonly route: Quote;
}

export interface SelinuxFacts {
  readonly mode: 'enforcing' | 'permissive' | 'disabled';
  readonly denials: readonly AvcDenial[];
  /** Where denials were looked for, and what could not be read. */
  readonly read: readonly string[];
}

export interface AvcDenial {
  readonly atMs?: number;
  readonly permissions: readonly string[];
  readonly targetClass: string;
  readonly sourceContext: string;
  readonly targetContext: string;
  readonly pid?: number;
  readonly command: string;
  readonly name?: string;
  readonly permissive: 'yes' | 'no' | 'unknown';
  readonly quote: Quote;
}

// ── facet: segment ───────────────────────────────────────────────────────────────────────────────────────────
export interface SegmentFacet {
  readonly observer: Reading<{ readonly where: string; readonly interface: string }>;
  readonly igmpQueries: number | 'unknown';
  readonly igmpReports: number | 'unknown';
}

export interface ClusterModel {
  readonly window: WindowFacet;
  readonly nodes: readonly NodeFacet[];
  readonly groups: readonly Group[];
  readonly instances: readonly Instance[];
  /** One for each keepalived; a node may run several. */
  readonly configurations: readonly NodeConfiguration[];
  readonly adverts: AdvertsFacet;
  readonly ladder: readonly LadderCell[];
  readonly holders: readonly VipHolding[];
  readonly hosts: readonly HostFacet[];
  readonly segment: SegmentFacet;
}
export type FacetName = keyof ClusterModel;
