// The document of `failover --measure`: versioned types of its own that do not move when measuring does. Times are ms;
// within a handover they count from the last advert of the old master. Nothing is computed here.
import type { ReportCluster } from './report.ts';

/** `value` is null when it could not be measured; `reason` says why, or why it is a lower bound only. */
export interface ReportFigure {
  readonly value: number | null;
  readonly plusMinus: number | null;
  readonly bound: 'exact' | 'at-least';
  readonly reason?: string;
}

export interface ReportPrediction {
  readonly min: number;
  readonly max: number;
  /** Null where the moment of the injection decides nothing. */
  readonly forThisPhase: number | null;
}

export interface ReportOutage extends ReportFigure {
  readonly probe: string;
  readonly observer: string;
  readonly sent: number;
  readonly lost: number;
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly lost: number }[];
}

export interface ReportConvergence extends ReportFigure {
  readonly observer: string;
  readonly how: 'icmp-replies' | 'arp-answers' | 'nd-answers' | 'neighbour-table';
  readonly oldMac: string | null;
  readonly newMac: string | null;
}

export const phaseNames = [
  'detection',
  'addressConfigured',
  'announcement',
  'neighbour',
  'firstService',
] as const;
export type ReportPhaseName = (typeof phaseNames)[number];

export interface ReportPhaseSpan {
  readonly name: ReportPhaseName;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly plusMinus: number | null;
  readonly note: string;
}

export interface ReportMoment {
  readonly name: string;
  readonly where: string;
  readonly atMs: number;
  readonly plusMinus: number;
}

export type LaneState = 'old' | 'new' | 'both' | 'other' | 'someone' | 'none';

export interface ReportLane {
  readonly probe: string;
  readonly spans: readonly { readonly fromMs: number; readonly toMs: number; readonly by: LaneState }[];
}

export interface ReportHandover {
  readonly oldMaster: string;
  readonly newMaster: string | null;
  readonly takeoverMs: ReportFigure & {
    readonly predicted: ReportPrediction | null;
    /** Measured minus predicted for this phase. */
    readonly residual: number | null;
    readonly residualReason?: string;
  };
  /** From the fault (or the healing) to the first advert of the new master. */
  readonly fromEventMs: ReportFigure & { readonly predicted: ReportPrediction | null };
  readonly outageMs: readonly ReportOutage[];
  readonly arpConvergenceMs: readonly ReportConvergence[];
  /** How long each phase took; null where its end was not seen. */
  readonly phases: Readonly<Record<ReportPhaseName, number | null>>;
  readonly phaseSpans: readonly ReportPhaseSpan[];
  readonly dualOwnershipMs: number | null;
  readonly dualOwnership: ReportFigure;
  /** 1 is a clean move. */
  readonly macFlips: number | null;
  readonly moments: readonly ReportMoment[];
  readonly lanes: readonly ReportLane[];
  readonly notes: readonly string[];
}

export type ReportFailback =
  | (ReportHandover & { readonly preempt: true })
  | { readonly preempt: false }
  | { readonly preempt: true; readonly reason: string };

export type ReportFaultClass = 'graceful' | 'crash' | 'hang' | 'link' | 'mute' | 'service';

export interface ReportTrial extends ReportHandover {
  readonly index: number;
  readonly fault: {
    readonly name: string;
    readonly node: string;
    /** ns since 1970 on the clock of `clock`, right to a quarter of a µs as a number; the fault lies between the two. */
    readonly injectedFromNs: number;
    readonly injectedToNs: number;
    readonly clock: string;
    readonly classAsked: ReportFaultClass;
    /** `none`: the fault did not take. */
    readonly classObserved: ReportFaultClass | 'none';
    readonly because: string;
  };
  readonly void: string | null;
  readonly failback: ReportFailback;
  readonly clocks: readonly {
    readonly clock: string;
    /** Added to its stamps it gives the observer's time, ns. */
    readonly offsetNs: number;
    readonly plusMinus: number;
    readonly method: 'same-clock' | 'shared-frames' | 'ping-pong';
    readonly samples: number;
  }[];
  readonly capture: { readonly frames: number; readonly dropped: number | null };
  readonly warnings: readonly string[];
}

export interface ReportSpread {
  readonly n: number;
  readonly atLeast: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** Order statistics; covers the median with this confidence. */
  readonly interval: { readonly low: number; readonly high: number; readonly confidence: number };
  readonly values: readonly number[];
}

export interface ReportBudget {
  readonly name: 'takeover' | 'outage' | 'arp';
  readonly limitMs: number;
  /** Null when there is nothing to hold against it. */
  readonly worstMs: number | null;
  readonly kept: boolean;
  /** What took longest in the worst trial. */
  readonly phase: ReportPhaseName | null;
  readonly reason?: string;
}

export interface FailoverReport {
  readonly schemaVersion: 1;
  readonly kind: 'failover';
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** One sentence a person can act on. */
  readonly headline: string;
  readonly cluster: ReportCluster;
  readonly configuration: {
    readonly vip: string;
    readonly version: 2 | 3;
    readonly advertIntervalMs: number;
    /** keepalived's down_timer_adverts; 3 in the RFCs. */
    readonly downTimerAdverts: number;
    readonly members: readonly {
      readonly node: string;
      readonly effectivePriority: number;
      readonly preempt: boolean;
      readonly preemptDelayMs: number;
    }[];
  };
  readonly observer: {
    readonly where: string;
    readonly interface: string;
    /** How its frames are stamped, with the error, in words. */
    readonly clock: string;
    readonly stampErrorMs: number;
    readonly probes: readonly { readonly name: string; readonly periodMs: number }[];
  };
  readonly restored: boolean;
  /** What was compared with the snapshot taken before, and every difference. */
  readonly restoration: { readonly compared: readonly string[]; readonly differences: readonly string[] };
  readonly rescue: {
    /** Node name; several are separated by commas. */
    readonly armedOn: string;
    readonly deadlineSeconds: number;
    readonly readBack: boolean;
    readonly fired: boolean;
    readonly disarmed: boolean;
  };
  readonly trials: readonly ReportTrial[];
  readonly summary: {
    readonly takeoverMs: ReportSpread | null;
    /** Of each trial the longest of what its traffic probes met. */
    readonly outageMs: ReportSpread | null;
    /** Of each trial the slowest observer. */
    readonly arpConvergenceMs: ReportSpread | null;
    readonly failback: {
      readonly takeoverMs: ReportSpread | null;
      readonly outageMs: ReportSpread | null;
      readonly arpConvergenceMs: ReportSpread | null;
    };
    /** The same for each fault; with one fault it repeats the above. */
    readonly byFault: readonly {
      readonly fault: string;
      readonly takeoverMs: ReportSpread | null;
      readonly outageMs: ReportSpread | null;
      readonly arpConvergenceMs: ReportSpread | null;
    }[];
    /** Trials that do not count. */
    readonly voided: number;
  };
  readonly budgets: readonly ReportBudget[];
  /** What could not be measured or told, in words. */
  readonly gaps: readonly string[];
}
