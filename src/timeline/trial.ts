// One trial of a failover test as raw material: what was done when, and what was seen where. Clocks are kept
// apart: every instant says whose clock it is on. Nothing here is interpreted; measuring is done from this alone,
// live or from a recording.
import type { HeardFrame } from '../evidence/bundle.ts';
import type { Loss } from '../keepalived/timers.ts';

/** Whose clock an instant is on: a node's name, `observer`, or another host's name (joined by `pingPongs`). */
export type ClockName = string;

/** A point in time on one clock, ns since the epoch of that clock's realtime. Differences across clocks mean nothing. */
export interface Instant {
  readonly clock: ClockName;
  readonly ns: bigint;
}

/** Stamps taken right before and right after a system call: the event lies between them. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant;
}

export type FaultClass = 'graceful' | 'crash' | 'hang' | 'link' | 'mute' | 'service';

/** Two clocks of one host read at the same moment: where their difference jumps, realtime was stepped. */
export interface ClockReading {
  readonly clock: ClockName;
  readonly realtimeNs: bigint;
  readonly monotonicNs: bigint;
}

/** A clock read between two readings of another one, e.g. over SSH: right within half the time between. */
export interface PingPong {
  readonly from: Instant;
  readonly seen: Instant;
  readonly to: Instant;
}

/** What a probe is: one kind of question to the VIP, sent at a fixed period by the injector on the observer. */
export interface ProbeRun {
  readonly kind: 'icmp' | 'arp' | 'nd' | 'tcp' | 'http';
  /** As asked for: `icmp`, `arp`, `tcp://10.0.0.5:443`, `http://10.0.0.5:80/health`. */
  readonly name: string;
  readonly periodMs: number;
  /** ARP and ND: the MAC apart they were sent from, which answers go to. */
  readonly senderMac?: string;
  /**
   * Requests in order. `id`: ICMP identifier × 65536 + sequence, else the place in the row. `answeredAtNs` and
   * `failure` are told by TCP and HTTP; for the others the capture tells (a `failure` there: it was not sent).
   */
  readonly requests: readonly {
    readonly id: number;
    readonly sentAtNs: bigint;
    readonly answeredAtNs?: bigint;
    readonly failure?: string;
  }[];
}

/** A line of `ip -ts monitor address` or `… neigh` on some host. */
export interface MonitorEvent {
  readonly at: Instant;
  readonly kind: 'address-added' | 'address-removed' | 'neighbour-changed';
  readonly interface: string;
  readonly address: string;
  /** Of a neighbour entry. */
  readonly mac?: string;
  readonly state?: string;
  readonly line: string;
}

export interface WitnessRecord {
  /** Node or `--witness` host. */
  readonly host: string;
  readonly events: readonly MonitorEvent[];
  /** Frames it captured, for aligning clocks and for what reached it. */
  readonly frames: readonly HeardFrame[];
}

/** What a measurement needs to know of the cluster, said once for all trials. */
export interface Subject {
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: 2 | 3;
  readonly vip: string;
  readonly advertIntervalMs: number;
  readonly downTimerAdverts: number;
  readonly members: readonly {
    readonly node: string;
    readonly sourceAddress: string;
    readonly macs: readonly string[];
    readonly effectivePriority: number;
    readonly preempt: 'on' | 'off';
    readonly preemptDelayMs: number;
  }[];
  readonly observer: { readonly where: string; readonly interface: string; readonly linkType: number };
}

export interface TrialRecord {
  readonly index: number;
  readonly fault: {
    readonly name: string;
    readonly node: string;
    readonly classAsked: FaultClass;
    /** What the configuration says about how this fault is noticed, where that is a script. */
    readonly loss?: Loss;
  };
  readonly oldMaster: string;
  readonly injected: Interval;
  /** When healing began and ended; absent when it was never healed in this trial. */
  readonly healed?: Interval;
  /** End of the quiet time after the fault, before healing: frames after it belong to the failback. */
  readonly settledAt: Instant;
  readonly endedAt: Instant;
  /** One capture on the observer for the whole trial: the stopwatch. */
  readonly frames: readonly HeardFrame[];
  readonly droppedByKernel: number | 'unknown';
  /** How the stopwatch stamps frames, and its error, ns. */
  readonly stamps: { readonly method: 'kernel' | 'arrival'; readonly plusMinusNs: number };
  readonly probes: readonly ProbeRun[];
  readonly witnesses: readonly WitnessRecord[];
  /** Readings taken while the trial ran; several of one clock tell whether it was stepped. */
  readonly clockReadings?: readonly ClockReading[];
  /** Joins clocks that no common frames join. */
  readonly pingPongs?: readonly PingPong[];
  /** How the target looked after the injection and before healing; what is not known is left out. */
  readonly target?: {
    readonly keepalived?: 'running' | 'frozen' | 'gone' | 'respawned';
    readonly link?: 'up' | 'down';
    readonly vip?: 'held' | 'gone';
  };
  /** keepalived's own transition lines, by node. */
  readonly transitions: readonly { readonly node: string; readonly atMs?: number; readonly text: string }[];
  /** Why the trial was cut short, if it was: a stop condition, an interruption. */
  readonly abortedBecause?: string;
}
