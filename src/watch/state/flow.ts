// Adverts of one sender to one destination as one ear hears them: how fast, how regular, how many were missed. Distances
// are taken between stamps of the same clock only. Who is master it does not know.
import { createHourCount, type HourCount } from './counts.ts';

/** Distances kept for rate and jitter. */
const gapsKept = 64;
/** Copies of one packet on stacked interfaces follow each other within microseconds; adverts are at least 10 ms apart. */
const samePacketMs = 4;
/** One that comes this late stands for one that was missed; earlier it is only late. */
const missedFromIntervals = 1.75;
/** An advert this soon after a gap makes good for one that was late, not lost: stamps of arrival do that. */
const madeGoodIntervals = 0.5;
/** A clock that was set makes stamps and arrivals disagree by more than any network does. */
const clockStepMs = 2000;

export interface Flow {
  readonly ear: string;
  readonly src: string;
  readonly dst: string;
  adverts: number;
  missed: number;
  readonly missedHour: HourCount;
  readonly gaps: Float64Array;
  gapCount: number;
  lastStampMs: number;
  lastAtMs: number;
  /** Whether the last advert belongs to the same tenure, heard without a break of the ear. */
  running: boolean;
  tenure: number;
  /** Of the last gap: what was counted as missed and may still have been late. */
  doubtful: number;
}

export const createFlow = (ear: string, src: string, dst: string): Flow => ({
  ear,
  src,
  dst,
  adverts: 0,
  missed: 0,
  missedHour: createHourCount(),
  gaps: new Float64Array(gapsKept),
  gapCount: 0,
  lastStampMs: 0,
  lastAtMs: 0,
  running: false,
  tenure: -1,
  doubtful: 0,
});

export interface FlowAdvert {
  readonly stampMs: number;
  readonly atMs: number;
  readonly priority: number;
  readonly intervalMs: number;
  /** Number of the sender's present time as master. */
  readonly tenure: number;
}

/** What the advert tells about those before it. */
export type FlowNews =
  | { readonly kind: 'copy' | 'on-time' | 'first' }
  /** One that had been counted as missed was late. */
  | { readonly kind: 'made-good' }
  | { readonly kind: 'missed'; readonly missed: number; readonly gapMs: number };

export const hearInFlow = (flow: Flow, advert: FlowAdvert): FlowNews => {
  const gapMs = advert.stampMs - flow.lastStampMs;
  if (flow.running && gapMs >= 0 && gapMs < samePacketMs) return { kind: 'copy' };
  const stepped = gapMs < 0 || Math.abs(gapMs - (advert.atMs - flow.lastAtMs)) > clockStepMs;
  const continues = flow.running && flow.tenure === advert.tenure && !stepped;
  flow.adverts += 1;
  flow.lastStampMs = advert.stampMs;
  flow.lastAtMs = advert.atMs;
  flow.running = advert.priority > 0;
  if (flow.tenure !== advert.tenure) flow.gapCount = 0;
  flow.tenure = advert.tenure;
  // A resignation comes when it comes; its distance is no interval.
  if (!continues || advert.priority === 0) return { kind: 'first' };
  flow.gaps[flow.gapCount % gapsKept] = gapMs;
  flow.gapCount += 1;
  const intervals = advert.intervalMs > 0 ? gapMs / advert.intervalMs : 1;
  if (intervals < madeGoodIntervals && flow.doubtful > 0) {
    flow.doubtful -= 1;
    flow.missed -= 1;
    flow.missedHour.add(advert.atMs, -1);
    return { kind: 'made-good' };
  }
  flow.doubtful = 0;
  if (intervals < missedFromIntervals) return { kind: 'on-time' };
  const missed = Math.max(1, Math.round(intervals) - 1);
  flow.missed += missed;
  flow.missedHour.add(advert.atMs, missed);
  flow.doubtful = missed;
  return { kind: 'missed', missed, gapMs };
};

/** The ear was deaf for a while: the next distance means nothing. */
export const interruptFlow = (flow: Flow): void => {
  flow.running = false;
  flow.doubtful = 0;
};

export interface Pace {
  readonly ratePerSecond: number | null;
  readonly jitterMs: number | null;
}

/** Over the distances kept: mean rate, and their standard deviation as jitter. */
export const paceOf = ({ gaps, gapCount }: Flow): Pace => {
  const count = Math.min(gapCount, gapsKept);
  if (count === 0) return { ratePerSecond: null, jitterMs: null };
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += gaps[at] ?? 0;
  const mean = sum / count;
  if (count === 1) return { ratePerSecond: mean > 0 ? 1000 / mean : null, jitterMs: null };
  let squares = 0;
  for (let at = 0; at < count; at += 1) squares += ((gaps[at] ?? 0) - mean) ** 2;
  return { ratePerSecond: mean > 0 ? 1000 / mean : null, jitterMs: Math.sqrt(squares / count) };
};
