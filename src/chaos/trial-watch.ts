// The waiting of a trial: for a steady beginning, for the moment to inject, for the takeover and its quiet time, for the
// failback. It looks at what recorders and heartbeats tell, and touches no node but to ask the time.
import type { Bench } from './bench.ts';
import type { FaultDeed } from './faults/fault.ts';
import { pause } from './node-hand.ts';
import { type Recordings, until } from './recordings.ts';
import type { FaultSite } from './site.ts';
import type { Arena, Prediction } from './subject.ts';
import {
  claimants,
  firstOf,
  isQuiet,
  quietMs,
  returnOf,
  standingOf,
  type Watched,
  whyStop,
} from './watch.ts';

export interface TrialPlan {
  readonly index: number;
  readonly deed: FaultDeed;
  readonly site: FaultSite;
  readonly arena: Arena;
  readonly prediction: Prediction;
  /** Names the rescue on the node. */
  readonly id: string;
  /** When in the advert interval to inject, 0 … 1 after an advert; `any` does not wait. */
  readonly phase: number | 'any';
}

/** Longest time for recorders to start and the wire to be as expected, ms. */
const READY_WITHIN_MS = 8000;
/** No beat for this long is a lost node, ms. */
const SILENT_MS = 6000;
/** Beyond what was predicted, ms. */
const GRACE_MS = 8000;
/** From the order to the fault at its phase: the way to the node, ms. */
const LEAD_MS = 250;

const masterSrc = ({ arena }: TrialPlan): string => arena.master?.sourceAddress ?? '';

const watchedNow = (plan: TrialPlan, recordings: Recordings, sinceMs: number): Watched => ({
  nowMs: performance.now(),
  adverts: recordings.stopwatch.adverts(),
  sinceMs,
  advertIntervalMs: plan.prediction.winner.timers.advertIntervalMs,
});

/** One master, the expected one, heard at least twice. */
export const waitSteady = async (plan: TrialPlan, recordings: Recordings): Promise<string | undefined> => {
  const ready = await until(() => {
    const state = recordings.readiness();
    return state === 'not-yet' ? undefined : state;
  }, READY_WITHIN_MS);
  if (ready === undefined) return 'the observer did not begin to hear in time';
  if (typeof ready === 'object') return ready.failed;
  const sinceMs = performance.now();
  const steady = await until(
    () => {
      const now = claimants(watchedNow(plan, recordings, sinceMs));
      return now.length === 1 && now[0] === masterSrc(plan) ? true : undefined;
    },
    READY_WITHIN_MS + 4 * plan.prediction.winner.timers.advertIntervalMs,
  );
  return steady === true
    ? undefined
    : `the observer does not hear ${plan.arena.master?.node ?? '?'} as the only master`;
};

/** When, on the target's own clock, the wished phase comes next; its ear hears its own adverts. */
export const momentOf = (plan: TrialPlan, recordings: Recordings, skewNs: bigint): bigint | undefined => {
  if (plan.phase === 'any') return undefined;
  const last = recordings.stopwatch.adverts().findLast((advert) => advert.src === masterSrc(plan));
  if (last === undefined) return undefined;
  const intervalNs = BigInt(Math.round((plan.arena.master?.timers.advertIntervalMs ?? 1000) * 1e6));
  const offsetNs = BigInt(Math.round(plan.phase * Number(intervalNs)));
  const earliestNs = recordings.stopwatch.nowNs() + BigInt(LEAD_MS) * 1_000_000n;
  const steps = (earliestNs - last.atNs - offsetNs) / intervalNs + 1n;
  return last.atNs + steps * intervalNs + offsetNs + skewNs;
};

/** How far the target's clock is ahead of the observer's, by a question each; good to the way there and back. */
export const clockSkew = async (bench: Bench, node: string): Promise<bigint> => {
  const ask = async (
    hand: Bench['post']['hand'] | undefined,
  ): Promise<{ ns: bigint; ms: number } | undefined> => {
    const fromMs = performance.now();
    const said = await hand?.run('date +%s%N');
    const ns = said?.kind === 'said' ? /^\d{19}$/.exec(said.text.trim())?.[0] : undefined;
    return ns === undefined ? undefined : { ns: BigInt(ns), ms: (fromMs + performance.now()) / 2 };
  };
  const [there, here] = [await ask(bench.hands.get(node)), await ask(bench.post.hand)];
  if (there === undefined || here === undefined) return 0n;
  return there.ns - here.ns + BigInt(Math.round((here.ms - there.ms) * 1e6));
};

export interface Watching {
  readonly cutShort: string | undefined;
  readonly interrupted: 'yes' | 'no';
  /** When the target was back by itself, on the observer's clock: what follows belongs to the failback. */
  readonly backAtNs?: bigint;
}

/** Until the new master has been quiet long enough, or something says stop. */
export const watchFault = async (
  bench: Bench,
  plan: TrialPlan,
  recordings: Recordings,
  injectedMs: number,
): Promise<Watching> => {
  const { deed, prediction } = plan;
  const limitMs = prediction.takeoverMs.maxMs + plan.prediction.winner.timers.advertIntervalMs + GRACE_MS;
  const interrupted = (): Watching => ({ cutShort: 'interrupted', interrupted: 'yes' });
  for (;;) {
    if (bench.signal.aborted) return interrupted();
    const watched = watchedNow(plan, recordings, injectedMs);
    const back = deed.awayMs === undefined ? undefined : returnOf(watched, masterSrc(plan));
    if (back !== undefined) return { cutShort: undefined, interrupted: 'no', backAtNs: back.atNs };
    const state = recordings.readiness();
    const reason = whyStop(watched, {
      maxOutageMs: bench.maxOutageMs,
      secondSender: deed.secondSender,
      lastReplyMs: recordings.stopwatch.lastReplyMs(),
      observerLost: typeof state === 'object' ? state.failed : undefined,
      nodesLost: [...bench.pulses].flatMap(([node, pulse]) => {
        if (node === deed.node && deed.controlPath === 'cut') return [];
        const silent = pulse.silentMs();
        if (silent === 'ended') return [`${node} (the connection ended)`];
        return silent > SILENT_MS ? [`${node} (silent for ${Math.round(silent / 1000)} s)`] : [];
      }),
    });
    if (reason !== undefined) return { cutShort: reason, interrupted: 'no' };
    // Quiet is heard, not assumed: the new master must still be sending.
    const standing = standingOf(watched, masterSrc(plan));
    if (
      standing !== undefined &&
      isQuiet(watched, {
        sinceMs: standing.heardMs,
        resumedMs: recordings.stopwatch.resumedMs(),
        quietMs: quietMs(prediction.winner.secondBurstMs),
      }) === 'yes'
    )
      return { cutShort: undefined, interrupted: 'no' };
    if (standing === undefined && watched.nowMs - injectedMs > limitMs)
      return {
        cutShort:
          firstOf(watched, (src) => src !== masterSrc(plan)) === undefined
            ? `nobody took over within ${Math.round(limitMs / 1000)} s`
            : 'the new master is not heard any more',
        interrupted: 'no',
      };
    await pause(20);
  }
};

/** Until the expected master is heard alone; `quiet` waits for its second burst too. */
export const watchFailback = async (
  plan: TrialPlan,
  recordings: Recordings,
  healedMs: number,
  quiet: 'first-advert' | 'quiet',
): Promise<'as-expected' | 'not-in-time'> => {
  const { masterAfter, failbackMs } = plan.prediction;
  const changes = masterAfter.sourceAddress === masterSrc(plan);
  const limitMs =
    failbackMs + 2 * masterAfter.timers.advertIntervalMs + GRACE_MS + quietMs(masterAfter.secondBurstMs);
  const done = await until(() => {
    const watched = watchedNow(plan, recordings, healedMs);
    const first = firstOf(watched, (src) => src === masterAfter.sourceAddress);
    const now = claimants(watched, quiet === 'quiet' ? 2 : 1);
    if (first === undefined || now.length !== 1 || now[0] !== masterAfter.sourceAddress) return undefined;
    if (quiet === 'first-advert') return true;
    const waitMs = changes ? quietMs(masterAfter.secondBurstMs) : Math.min(5400, quietMs(0));
    return watched.nowMs - first.heardMs >= waitMs ? true : undefined;
  }, limitMs);
  return done === true ? 'as-expected' : 'not-in-time';
};
