// Clocks brought together: which offset joins each host's clock to the observer's, how well, and which clock was
// stepped meanwhile. It knows frames that several hosts captured, ping-pongs and paired clock readings; what happened
// on the wire is no matter here.
import type { HeardFrame } from '../evidence/bundle.ts';
import { decodeLink, etherTypes } from '../wire/link.ts';
import type { Alignment } from './measured.ts';
import { alignByPingPong, edgesOf, observerClock } from './ping-pongs.ts';
import type { ClockName, ClockReading, Instant, Subject, TrialRecord } from './trial.ts';

/** With fewer frames in common the spread says nothing. */
const leastSamples = 3;
/** From here on single stragglers are left out of the spread. */
const manySamples = 20;

/** The packet without its link header and padding: what a frame has in common wherever it was captured. */
const packetKey = ({ linkType, bytes }: HeardFrame): string | undefined => {
  const { network, payloadAt } = decodeLink(linkType, bytes, []);
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const length =
    network === etherTypes.arp
      ? 28
      : network === etherTypes.ipv4
        ? word(payloadAt + 2)
        : network === etherTypes.ipv6
          ? 40 + word(payloadAt + 4)
          : 0;
  if (length === 0 || payloadAt + length > bytes.length) return undefined;
  return String.fromCharCode(...bytes.subarray(payloadAt, payloadAt + length));
};

interface KeyedFrame {
  readonly key: string;
  readonly atNs: bigint;
}

export const keyFrames = (frames: readonly HeardFrame[]): readonly KeyedFrame[] =>
  frames.flatMap((frame) => {
    const key = packetKey(frame);
    return key === undefined ? [] : [{ key, atNs: frame.atNs }];
  });

const stampsByKey = (
  frames: readonly KeyedFrame[],
  wanted?: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, readonly bigint[]> => {
  const found = new Map<string, bigint[]>();
  for (const { key, atNs } of frames) {
    if (wanted !== undefined && !wanted.has(key)) continue;
    const stamps = found.get(key);
    if (stamps === undefined) found.set(key, [atNs]);
    else stamps.push(atNs);
  }
  return found;
};

/** The same frame seen by both. `offsetNs`: reference minus other. */
interface Pair {
  readonly atNs: bigint;
  readonly offsetNs: bigint;
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

const nearest = (stamps: readonly bigint[], to: bigint): bigint | undefined => {
  let best: bigint | undefined;
  for (const stamp of stamps)
    if (best === undefined || absolute(stamp - to) < absolute(best - to)) best = stamp;
  return best;
};

/** How well a few frames give an offset away; adverts closer than twice this may be paired wrongly, and the spread shows it. */
const coarseErrorNs = 20_000_000;

/**
 * Frames that occur once in either capture. Where those are few (IPv6 adverts are all alike), the repeated ones as
 * well, each with the nearest of its kind by an offset known coarsely: from a ping-pong, or from those few.
 */
const pairsOf = (
  reference: readonly KeyedFrame[],
  other: readonly KeyedFrame[],
  pingPong: Pick<Alignment, 'offsetNs' | 'plusMinusNs'> | undefined,
): readonly Pair[] => {
  const theirs = stampsByKey(other);
  const ours = stampsByKey(reference, theirs);
  const single: Pair[] = [];
  for (const [key, [their, ...more]] of theirs) {
    const [our, ...others] = ours.get(key) ?? [];
    if (their !== undefined && our !== undefined && more.length + others.length === 0)
      single.push({ atNs: our, offsetNs: our - their });
  }
  const coarse =
    pingPong ??
    (single.length === 0
      ? undefined
      : { offsetNs: medianOf(single.map((pair) => pair.offsetNs)), plusMinusNs: coarseErrorNs });
  const pairs =
    single.length >= leastSamples || coarse === undefined ? single : pairNearest(ours, theirs, coarse);
  return pairs.toSorted((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
};

/** Closer to each other than the offset is known, the nearest may be another one of its kind. */
const comeTooOften = (stamps: readonly bigint[], plusMinusNs: number): boolean => {
  const [first] = stamps;
  const last = stamps.at(-1);
  return (
    first !== undefined &&
    last !== undefined &&
    stamps.length > 1 &&
    Number(last - first) / (stamps.length - 1) < 2 * plusMinusNs
  );
};

const pairNearest = (
  ours: ReadonlyMap<string, readonly bigint[]>,
  theirs: ReadonlyMap<string, readonly bigint[]>,
  coarse: Pick<Alignment, 'offsetNs' | 'plusMinusNs'>,
): readonly Pair[] =>
  [...theirs].flatMap(([key, stamps]) =>
    comeTooOften(stamps, coarse.plusMinusNs)
      ? []
      : stamps.flatMap((stamp) => {
          const match = nearest(ours.get(key) ?? [], stamp + coarse.offsetNs);
          const fits =
            match !== undefined &&
            absolute(match - stamp - coarse.offsetNs) <= BigInt(Math.ceil(coarse.plusMinusNs));
          return fits ? [{ atNs: match, offsetNs: match - stamp }] : [];
        }),
  );

const sortBig = (values: readonly bigint[]): readonly bigint[] =>
  values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const medianOf = (values: readonly bigint[]): bigint => {
  const sorted = sortBig(values);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
};

/** Offset is the median of the differences; error is half their spread. */
export const alignByFrames = (
  clock: ClockName,
  reference: readonly KeyedFrame[],
  other: readonly KeyedFrame[],
  coarse?: Pick<Alignment, 'offsetNs' | 'plusMinusNs'>,
): { readonly alignment: Alignment; readonly stepNs: number } | undefined => {
  const pairs = pairsOf(reference, other, coarse);
  if (pairs.length < leastSamples) return undefined;
  const sorted = sortBig(pairs.map((pair) => pair.offsetNs));
  const cut = sorted.length >= manySamples ? Math.floor(sorted.length / 40) : 0;
  const low = sorted[cut] ?? 0n;
  const high = sorted[sorted.length - 1 - cut] ?? low;
  return {
    alignment: {
      clock,
      offsetNs: medianOf(sorted),
      plusMinusNs: Math.ceil(Number(high - low) / 2),
      method: 'shared-frames',
      samples: pairs.length,
    },
    stepNs: stepOf(pairs),
  };
};

/** How far the differences of the last third lie from those of the first. */
const stepOf = (pairs: readonly Pair[]): number => {
  const third = Math.floor(pairs.length / 3);
  if (third === 0) return 0;
  const middle = (part: readonly Pair[]) => medianOf(part.map((pair) => pair.offsetNs));
  return Number(middle(pairs.slice(-third)) - middle(pairs.slice(0, third)));
};

/** A step, not a drift: more than a running clock is slewed in the time of a trial. */
const stepLimitNs = 5_000_000;

/** Clocks whose realtime jumped against their own monotonic clock. */
const steppedByReadings = (readings: readonly ClockReading[]): readonly string[] => {
  const clocks = new Set(readings.map((reading) => reading.clock));
  return [...clocks].flatMap((clock) => {
    const all = readings.filter((reading) => reading.clock === clock);
    const [first] = all;
    if (first === undefined) return [];
    const gaps = all.map((one) => one.realtimeNs - one.monotonicNs - (first.realtimeNs - first.monotonicNs));
    const widest = gaps.reduce((most, gap) => (absolute(gap) > absolute(most) ? gap : most), 0n);
    return absolute(widest) > BigInt(stepLimitNs) ? [stepWords(clock, Number(widest))] : [];
  });
};

const stepWords = (clock: ClockName, ns: number): string =>
  `the clock of ${clock} was stepped by ${Math.round(ns / 1e6)} ms during the trial`;

export interface Clocks {
  readonly alignments: readonly Alignment[];
  /** In words, one for each clock that was stepped. */
  readonly stepped: readonly string[];
  /** The instant on the observer's clock, with the error of getting there; undefined where nothing joins the clocks. */
  readonly toObserver: (
    instant: Instant,
  ) => { readonly ns: bigint; readonly plusMinusNs: number } | undefined;
}

const sameClock = (clock: ClockName): Alignment => ({
  clock,
  offsetNs: 0n,
  plusMinusNs: 0,
  method: 'same-clock',
  samples: 0,
});

const clocksNamed = (trial: TrialRecord): ReadonlySet<ClockName> =>
  new Set([
    trial.injected.from.clock,
    ...(trial.healed === undefined ? [] : [trial.healed.from.clock]),
    trial.settledAt.clock,
    trial.endedAt.clock,
    ...trial.witnesses.map((witness) => witness.host),
    ...trial.witnesses.flatMap((witness) => witness.events.map((event) => event.at.clock)),
  ]);

export const alignClocks = (subject: Subject, trial: TrialRecord): Clocks => {
  const edges = edgesOf(
    (trial.pingPongs ?? []).map(({ from, seen, to }) => ({
      from: rename(subject, from),
      seen: rename(subject, seen),
      to: rename(subject, to),
    })),
  );
  const stepped = [...steppedByReadings(trial.clockReadings ?? [])];
  const reference = keyFrames(trial.frames);
  const alignments = new Map<ClockName, Alignment>([[observerClock, sameClock(observerClock)]]);
  for (const name of clocksNamed(trial)) {
    const clock = nameOf(subject, name);
    if (alignments.has(clock)) continue;
    const coarse = alignByPingPong(clock, edges);
    const frames = trial.witnesses.find((witness) => witness.host === name)?.frames ?? [];
    const byFrames = alignByFrames(clock, reference, keyFrames(frames), coarse);
    if (byFrames !== undefined && Math.abs(byFrames.stepNs) > stepLimitNs)
      stepped.push(stepWords(clock, byFrames.stepNs));
    const alignment = byFrames?.alignment ?? coarse;
    if (alignment !== undefined) alignments.set(clock, alignment);
  }
  return {
    alignments: [...alignments.values()],
    stepped: [...new Set(stepped)],
    toObserver: ({ clock, ns }) => {
      const alignment = alignments.get(nameOf(subject, clock));
      return alignment === undefined
        ? undefined
        : { ns: ns + alignment.offsetNs, plusMinusNs: alignment.plusMinusNs };
    },
  };
};

/** The observer's clock goes by two names: its own and the host's. */
const nameOf = (subject: Subject, clock: ClockName): ClockName =>
  clock === subject.observer.where ? observerClock : clock;

const rename = (subject: Subject, instant: Instant): Instant => ({
  clock: nameOf(subject, instant.clock),
  ns: instant.ns,
});
