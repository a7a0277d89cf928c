// What rules look at: the cluster as plain data, divided into facets. Every value that could not be read says
// why. It knows nothing about how it was collected and holds no secrets (passwords are fingerprints).
import type { Reading } from '../evidence/reading.ts';
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import type { Manager, ServiceUnit } from '../probes/service-manager.ts';
import type { HostFacet } from './host-model.ts';
import type { Family, Quote } from './quote.ts';

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
export type {
  ArpDrop,
  AvcDenial,
  FirewallFacts,
  FirewallJudgement,
  FirewallRule,
  HeldAddressFacts,
  HostFacet,
  Link,
  MachineFacts,
  ReversePathFacts,
  SelinuxFacts,
} from './host-model.ts';
export type { Family, Quote } from './quote.ts';

export type VrrpState = 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT';

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
