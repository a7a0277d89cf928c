// What a failover test tells while it goes on, as one typed stream: the plain talk, NDJSON and the screen are all made
// of it. Values that JSON can carry, and types only. It knows neither words nor who listens.
import type { CollectEvent } from '../collect/collect.ts';
import type { ReportTrial } from '../report/failover.ts';
import type { FaultClass } from '../timeline/trial.ts';
import type { FaultName } from './faults/fault.ts';
import type { Restoration } from './restoration.ts';
import type { Sighting } from './sighting.ts';

/** The steps of a run; those from `recorders` to `compare` come once per trial. */
export const runPhases = [
  'check',
  'lock',
  'snapshots',
  'recorders',
  'steady',
  'arm',
  'inject',
  'watch',
  'heal',
  'failback',
  'quiet',
  'compare',
  'release',
] as const;
export type RunPhase = (typeof runPhases)[number];

/** `trial` counts from 1. Times `…TrialMs` are on the observer's clock, ms since the first frame of the trial. */
export type FailoverHappening =
  | {
      readonly kind: 'phase';
      readonly phase: RunPhase;
      readonly step: 'begun' | 'ended';
      /** Absent outside of trials. */
      readonly trial?: number;
    }
  | { readonly kind: 'checking'; readonly progress: CollectEvent }
  | {
      readonly kind: 'lock';
      readonly state: 'held' | 'refused' | 'released';
      readonly nodes: readonly string[];
      readonly why?: string;
    }
  | { readonly kind: 'snapshot'; readonly nodes: readonly string[] }
  | {
      readonly kind: 'ledger';
      /** `left-open`: something may still have to be recovered. */
      readonly state: 'opened' | 'not-written' | 'closed' | 'left-open';
      readonly run: string;
      readonly why?: string;
    }
  | {
      readonly kind: 'trial';
      readonly trial: number;
      readonly of: number;
      readonly fault: FaultName;
      readonly node: string;
      readonly classAsked: FaultClass;
      readonly oldMaster: string;
      readonly winner: string;
      readonly masterAfter: string;
      /** Last advert of the old master to the first of the new one. */
      readonly predictedMs: { readonly min: number; readonly max: number };
      readonly advertIntervalMs: number;
      /** How long all must be quiet after the takeover. */
      readonly quietMs: number;
      /** The conditions to heal at once. */
      readonly stop: {
        readonly maxOutageMs: number;
        readonly secondSender: 'expected' | 'not-expected';
      };
    }
  | {
      readonly kind: 'rescue';
      readonly state: 'armed' | 'read-back' | 'refused' | 'disarmed' | 'had-fired' | 'not-proven';
      readonly node: string;
      /** When the node heals itself, ms since the epoch on our clock; a bound, two seconds on the late side. */
      readonly firesAtMs: number;
      readonly afterSeconds: number;
      readonly why?: string;
    }
  | {
      readonly kind: 'injecting';
      readonly trial: number;
      readonly node: string;
      readonly atTrialMs: number;
    }
  | { readonly kind: 'injected'; readonly trial: number; readonly node: string; readonly atTrialMs: number }
  | { readonly kind: 'not-injected'; readonly trial: number; readonly node: string; readonly why: string }
  /** A stop condition or an interruption: healing at once. */
  | { readonly kind: 'stop'; readonly trial: number; readonly why: string; readonly atTrialMs: number }
  /** Our way to the node went with the fault: its own timer heals it, or it reboots and comes back within `awayMs`. */
  | {
      readonly kind: 'cut-off';
      readonly trial: number;
      readonly node: string;
      readonly firesAtMs: number;
      readonly awayMs?: number;
    }
  | { readonly kind: 'healing'; readonly trial: number; readonly node: string; readonly atTrialMs: number }
  | { readonly kind: 'healed'; readonly trial: number; readonly node: string; readonly atTrialMs: number }
  | { readonly kind: 'not-healed'; readonly trial: number; readonly node: string; readonly why: string }
  | { readonly kind: 'failback-late'; readonly trial: number; readonly expected: string }
  | {
      readonly kind: 'restored-check';
      readonly trial: number;
      readonly state: Restoration['state'];
      /** In words, one for each. */
      readonly differences: readonly string[];
    }
  | {
      readonly kind: 'trial-finished';
      readonly trial: number;
      readonly ended: 'complete' | 'stopped' | 'interrupted' | 'not-begun';
      readonly why?: string;
      /** Null when nothing was injected. */
      readonly result: ReportTrial | null;
    }
  | { readonly kind: 'sighting'; readonly trial: number; readonly sighting: Sighting };

/** `atMs`: when it was told, ms since the epoch on our clock. */
export type FailoverEvent = FailoverHappening & { readonly atMs: number };

export type Tell = (happening: FailoverHappening) => void;
