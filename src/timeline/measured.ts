// What measuring gives: every number with its error, or the reason why there is none. Times of one handover are ms
// since its origin (the last advert of the old master) on the observer's clock. Types only.
import type { FaultClass, Instant, ProbeRun } from './trial.ts';

export type Figure =
  | { readonly kind: 'measured'; readonly valueMs: number; readonly plusMinusMs: number }
  /** It was not over when the watching ended. */
  | {
      readonly kind: 'at-least';
      readonly valueMs: number;
      readonly plusMinusMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'not-measured'; readonly reason: string };

export interface Predicted {
  /** What the configuration allows, with an allowance for scheduling in the upper bound. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Arithmetic alone, for this winner and this moment; a master that preempts comes at any point of an interval. */
  readonly forThisPhaseMs: number | undefined;
}

export interface Residual {
  /** Measured minus arithmetic. */
  readonly ms: number;
  readonly size: 'as-predicted' | 'unexpected';
  /** The probable reason of an unexpected one. */
  readonly reason?: string;
}

export interface OutageMeasured {
  readonly probe: string;
  readonly kind: ProbeRun['kind'];
  readonly observer: string;
  /** The longest gap: from its first unanswered probe to the next answered one. */
  readonly outage: Figure;
  readonly sent: number;
  readonly lost: number;
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly lost: number }[];
}

export interface ConvergenceMeasured {
  readonly observer: string;
  /** What it was read from. */
  readonly how: 'icmp-replies' | 'arp-answers' | 'nd-answers' | 'neighbour-table';
  readonly converged: Figure;
  readonly oldMac: string | undefined;
  readonly newMac: string | undefined;
}

export type PhaseName = 'detection' | 'addressConfigured' | 'announcement' | 'neighbour' | 'firstService';

/** A phase begins where the one before it ended; without `span` it was not seen, and `note` says why. */
export interface Phase {
  readonly name: PhaseName;
  readonly span?: { readonly fromMs: number; readonly toMs: number; readonly plusMinusMs: number };
  readonly note: string;
}

export type MomentName =
  | 'injected'
  | 'last-advert'
  | 'priority-zero'
  | 'first-advert'
  | 'address-added'
  | 'address-removed'
  | 'first-announcement'
  | 'neighbour-changed'
  | 'first-answer';

export interface Moment {
  readonly name: MomentName;
  readonly where: string;
  readonly atMs: number;
  readonly plusMinusMs: number;
}

/** What one probe met over time. */
export interface Lane {
  readonly probe: string;
  readonly spans: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly by: 'old' | 'new' | 'both' | 'other' | 'someone' | 'none';
  }[];
}

export interface MeasuredHandover {
  readonly oldMaster: string;
  readonly newMaster: string | undefined;
  readonly takeover: Figure;
  readonly predicted: Predicted | undefined;
  readonly residual: Residual | undefined;
  /** From the injection (or the healing) to the first advert of the new master. */
  readonly fromEvent: Figure;
  /** Of the failover only: when a healed node is ready to return is not arithmetic. */
  readonly predictedFromEvent: Predicted | undefined;
  readonly outages: readonly OutageMeasured[];
  readonly convergence: readonly ConvergenceMeasured[];
  readonly dualOwnership: Figure;
  /** How often the MAC behind the VIP changed for the observer's own traffic; 1 is a clean move. */
  readonly macFlips: number | undefined;
  readonly phases: readonly Phase[];
  readonly moments: readonly Moment[];
  readonly lanes: readonly Lane[];
  readonly notes: readonly string[];
}

export type Failback =
  | { readonly kind: 'measured'; readonly handover: MeasuredHandover }
  | { readonly kind: 'no-preempt' }
  | { readonly kind: 'not-measured'; readonly reason: string };

export interface Alignment {
  readonly clock: string;
  /** Added to a stamp of that clock it gives the observer's, ns. */
  readonly offsetNs: bigint;
  readonly plusMinusNs: number;
  readonly method: 'same-clock' | 'shared-frames' | 'ping-pong';
  readonly samples: number;
}

export interface MeasuredTrial {
  readonly index: number;
  readonly fault: {
    readonly name: string;
    readonly node: string;
    readonly classAsked: FaultClass;
    readonly classObserved: FaultClass | 'none';
    readonly because: string;
  };
  readonly injected: { readonly from: Instant; readonly to: Instant };
  /** Why the trial does not count. */
  readonly void: string | undefined;
  readonly handover: MeasuredHandover;
  readonly failback: Failback;
  readonly clocks: readonly Alignment[];
  readonly capture: {
    readonly frames: number;
    readonly droppedByKernel: number | 'unknown';
    readonly stampErrorMs: number;
  };
  /** Stepped clocks, lost frames, a stalled injector: what makes the numbers less than they seem. */
  readonly warnings: readonly string[];
}
