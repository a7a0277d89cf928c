// From the chronicle to the report's timeline: times in milliseconds from the first thing a place heard, and no more
// marks than a reader can use. It adds no judgement.
import type { AddressLane, AdvertLane, Chronicle, Listener } from '../cluster/chronicle.ts';
import type { ReportAdvertLane, ReportListener, ReportLogLine } from './report.ts';

/** A lane keeps this many marks; its counts tell the rest. */
export const MOST_MARKS = 200;
/** A place keeps this many lanes; those of which something got lost come first. */
export const MOST_LANES = 40;

const msFrom = (zeroNs: bigint, atNs: bigint): number => Math.round(Number(atNs - zeroNs) / 1e5) / 10;

/** Copies of one message within a millisecond (bursts, stacked interfaces) are one mark. */
const marks = (zeroNs: bigint, times: readonly bigint[]): readonly number[] => {
  const kept: number[] = [];
  for (const atNs of times) {
    if (kept.length >= MOST_MARKS) break;
    const ms = msFrom(zeroNs, atNs);
    const last = kept.at(-1);
    if (last === undefined || ms - last >= 1) kept.push(ms);
  }
  return kept;
};

const exactMarks = (zeroNs: bigint, times: readonly bigint[]): readonly number[] =>
  times.slice(0, MOST_MARKS).map((atNs) => msFrom(zeroNs, atNs));

const isoOf = (epochMs: number): string | null => {
  const at = new Date(epochMs);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

const timesOf = (listener: Listener): readonly bigint[] => [
  ...listener.adverts.flatMap((lane) => [
    ...(lane.heardAtNs === 'unknown' ? [] : lane.heardAtNs),
    ...(lane.deliveredAtNs === 'unknown' ? [] : lane.deliveredAtNs),
  ]),
  ...listener.addresses.flatMap((lane) => lane.atNs),
];

const composeLane = (lane: AdvertLane, zeroNs: bigint): ReportAdvertLane => {
  const side = (times: readonly bigint[] | 'unknown') =>
    times === 'unknown' ? null : { count: times.length, atMs: exactMarks(zeroNs, times) };
  return {
    vrid: lane.vrid,
    family: lane.family,
    from: lane.sender,
    address: lane.src === 'unknown' ? null : lane.src,
    direction: lane.direction,
    ...(lane.dst === undefined ? {} : { to: lane.dst }),
    priorities: lane.priorities,
    heard: side(lane.heardAtNs),
    delivered: side(lane.deliveredAtNs),
  };
};

const missing = (lane: AdvertLane): number =>
  (lane.heardAtNs === 'unknown' ? 0 : lane.heardAtNs.length) -
  (lane.deliveredAtNs === 'unknown' ? 0 : lane.deliveredAtNs.length);

const isLossy = (lane: AdvertLane): boolean =>
  lane.direction === 'in' &&
  lane.deliveredAtNs !== 'unknown' &&
  (missing(lane) > 1 || lane.heardAtNs.length === 0);

/** All of them in their order, or the most telling ones in their order. */
const choose = (lanes: readonly AdvertLane[]): readonly AdvertLane[] => {
  if (lanes.length <= MOST_LANES) return lanes;
  const kept = new Set(
    [...lanes.filter(isLossy), ...lanes.filter((lane) => !isLossy(lane))].slice(0, MOST_LANES),
  );
  return lanes.filter((lane) => kept.has(lane));
};

const composeListener = (listener: Listener): ReportListener => {
  const times = timesOf(listener);
  const zeroNs = times.reduce<bigint | undefined>(
    (least, atNs) => (least === undefined || atNs < least ? atNs : least),
    undefined,
  );
  const zero = zeroNs ?? 0n;
  const adverts = choose(listener.adverts);
  const addresses = listener.addresses.slice(0, MOST_LANES);
  return {
    at: listener.at,
    source: listener.source,
    listenedMs: listener.listenedMs === 'unknown' ? null : listener.listenedMs,
    zeroAt: zeroNs === undefined ? null : isoOf(Number(zeroNs / 1_000_000n)),
    adverts: adverts.map((lane) => composeLane(lane, zero)),
    addresses: addresses.map((lane: AddressLane) => ({
      kind: lane.kind,
      vip: lane.vip,
      by: lane.by,
      mac: lane.mac === 'unknown' ? null : lane.mac,
      atMs: marks(zero, lane.atNs),
    })),
    logged: listener.logged
      .slice(0, MOST_LANES)
      .map(({ atNs, text }) => ({ atMs: msFrom(zero, atNs), text })),
    lanesLeftOut: listener.adverts.length - adverts.length + (listener.addresses.length - addresses.length),
  };
};

export const composeTimeline = (chronicle: Chronicle): readonly ReportListener[] =>
  chronicle.listeners.map(composeListener);

export const composeHistory = (chronicle: Chronicle): readonly ReportLogLine[] =>
  chronicle.history.map(({ node, atMs, text }) => ({
    node,
    at: atMs === undefined ? null : isoOf(atMs),
    text,
  }));
