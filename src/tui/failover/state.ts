// What the failover screen knows: the plan and what was typed, the trial that is going on, those that are over, and the
// report. Data only; times of a trial are ms on the observer's clock, others are said to be otherwise.
import type { RunPhase } from '../../chaos/events.ts';
import type { PlanView } from '../../chaos/plan-view.ts';
import type { ProbeKind, SightedAdverts, SightedMac } from '../../chaos/sighting.ts';
import type { FailoverReport, ReportTrial } from '../../report/failover.ts';
import { typicalTrial } from '../../report/failover-words.ts';

export interface Slice {
  readonly fromMs: number;
  readonly toMs: number;
  readonly adverts: readonly SightedAdverts[];
  readonly announcements: readonly SightedMac[];
  readonly probes: readonly {
    readonly probe: ProbeKind;
    readonly asked: number;
    readonly answered: readonly SightedMac[];
  }[];
}

/** The node had the VIP from then on, or no longer. */
export interface VipMove {
  readonly atMs: number;
  readonly node: string;
  readonly now: 'held' | 'gone';
}

/** A node that advertises and did not before the fault. */
export interface Claim {
  readonly node: string;
  /** Of its first advert, and of the last one known of. */
  readonly atMs: number;
  readonly lastMs: number;
}

export interface LiveTrial {
  readonly trial: number;
  readonly of: number;
  readonly fault: string;
  readonly node: string;
  readonly classAsked: string;
  readonly oldMaster: string;
  readonly winner: string;
  readonly masterAfter: string;
  readonly predictedMs: { readonly min: number; readonly max: number };
  readonly advertIntervalMs: number;
  readonly quietMs: number;
  readonly stop: { readonly maxOutageMs: number; readonly secondSender: 'expected' | 'not-expected' };
  readonly phase: RunPhase | undefined;
  readonly slices: readonly Slice[];
  readonly vipMoves: readonly VipMove[];
  readonly injectedMs: number | undefined;
  readonly healingMs: number | undefined;
  readonly healedMs: number | undefined;
  /** Of the last sighting, and when it came, monotonic: between the two lies now. */
  readonly lastMs: number;
  readonly lastSeenAtMs: number;
  /** Who began to advertise after the fault, in that order; several at nearly the same time where priorities are close. */
  readonly claims: readonly Claim[];
  /** End of the last slice in which somebody answered. */
  readonly answeredMs: number | undefined;
  readonly stopped: string | undefined;
}

export interface Rescue {
  readonly node: string;
  readonly state: 'armed' | 'read-back' | 'refused' | 'disarmed' | 'had-fired' | 'not-proven';
  /** ms since the epoch. */
  readonly firesAtMs: number;
  readonly afterSeconds: number;
  /** The connection to the node went with the fault. */
  readonly reach: 'reachable' | 'cut-off';
}

export type Stage = 'plan' | 'running' | 'ended';

/** How it ended, in words that are also printed afterwards. */
export interface Ending {
  readonly mark: 'good' | 'warn' | 'bad';
  readonly words: string;
  readonly details: readonly string[];
}

export interface FailoverState {
  readonly stage: Stage;
  readonly page: 'screen' | 'help';
  readonly plan: PlanView | undefined;
  readonly typed: string;
  /** What was typed instead of the VIP. */
  readonly mistyped: string | undefined;
  readonly live: LiveTrial | undefined;
  readonly rescue: Rescue | undefined;
  readonly finished: readonly ReportTrial[];
  readonly restored:
    | { readonly state: 'restored' | 'not-restored'; readonly differences: readonly string[] }
    | undefined;
  readonly interruption: 'none' | 'restoring';
  readonly report: FailoverReport | undefined;
  readonly ending: Ending | undefined;
  /** Trial of the report that is shown, by place; undefined: the one in the middle. */
  readonly shown: number | undefined;
  /** What was said so far, the latest last, and how much in all. */
  readonly log: readonly string[];
  readonly logged: number;
  readonly top: number;
  /** Monotonic, ms; and what to add to have ms since the epoch. */
  readonly nowMs: number;
  readonly epochOffsetMs: number;
  readonly startedAtMs: number;
}

export const emptyState = (nowMs: number, epochOffsetMs: number): FailoverState => ({
  stage: 'plan',
  page: 'screen',
  plan: undefined,
  typed: '',
  mistyped: undefined,
  live: undefined,
  rescue: undefined,
  finished: [],
  restored: undefined,
  interruption: 'none',
  report: undefined,
  ending: undefined,
  shown: undefined,
  log: [],
  logged: 0,
  top: 0,
  nowMs,
  epochOffsetMs,
  startedAtMs: nowMs,
});

/** Where the trial is now, on the observer's clock; never more than a little ahead of what was seen. */
export const trialNow = (live: LiveTrial, nowMs: number): number =>
  live.lastMs + Math.min(1000, Math.max(0, nowMs - live.lastSeenAtMs));

/** Adverts this far apart, in intervals, are no longer those of one sender that goes on. */
const SILENT_INTERVALS = 1.5;

/**
 * Who took over: the first that began and did not fall silent since. Between neighbours in priority the lower one may
 * send a single advert first, until it hears the higher one (RFC 5798 6.4.3).
 */
export const heirNow = ({ claims, advertIntervalMs }: LiveTrial): Claim | undefined => {
  const latestMs = Math.max(...claims.map(({ lastMs }) => lastMs));
  return claims.find(({ lastMs }) => latestMs - lastMs <= SILENT_INTERVALS * advertIntervalMs);
};

/** The place of the trial that is shown. */
export const shownPlace = ({ report, shown }: Pick<FailoverState, 'report' | 'shown'>): number => {
  if (report === undefined) return -1;
  const typical = typicalTrial(report);
  return shown ?? (typical === undefined ? 0 : report.trials.indexOf(typical));
};
