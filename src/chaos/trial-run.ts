// One trial: recorders on, rescue armed and read back, fault in, watched, healed, proven, rescue off, failback, quiet.
// Whatever happens after arming ends in healing. It produces the raw record and interprets nothing.

import type { Instant, TrialRecord } from '../timeline/trial.ts';
import { armRescue, type Bench, disarm, healNow } from './bench.ts';
import type { FaultDeed } from './faults/fault.ts';
import type { LedgerStep } from './ledger.ts';
import { pause } from './node-hand.ts';
import { openRecordings, type Recorded, type Recordings, until } from './recordings.ts';
import { type Injected, injectCommand, readInjected } from './rescue.ts';
import type { FaultSite } from './site.ts';
import { type Arena, lossOf, type Prediction } from './subject.ts';
import { readTarget, targetCommand } from './target-state.ts';
import { readTransitions, transitionsCommand } from './transitions.ts';
import { claimants, firstOf, quietMs, type Watched, whyStop } from './watch.ts';

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

export interface TrialOutcome {
  /** Absent when nothing was injected. */
  readonly record?: TrialRecord;
  readonly rescue: 'not-armed' | 'disarmed' | 'had-fired' | 'still-armed';
  readonly ended: 'complete' | 'stopped' | 'interrupted' | 'not-begun';
  /** Why it was not begun, cut short, or not healed. */
  readonly why?: string;
  readonly healed: 'yes' | 'no';
}

/** Longest time for recorders to start and the wire to be as expected, ms. */
const READY_WITHIN_MS = 8000;
/** No beat for this long is a lost node, ms. */
const SILENT_MS = 6000;
/** Beyond what was predicted, ms. */
const GRACE_MS = 8000;
/** Stopping a service in order may take its time, ms. */
const INJECT_LIMIT_MS = 15_000;
/** A node that is cut off does not answer; what it said before is all there will be, ms. */
const CUT_ANSWER_MS = 2000;
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
const waitSteady = async (plan: TrialPlan, recordings: Recordings): Promise<string | undefined> => {
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
const momentOf = (plan: TrialPlan, recordings: Recordings, skewNs: bigint): bigint | undefined => {
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
const clockSkew = async (bench: Bench, node: string): Promise<bigint> => {
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

interface Watching {
  readonly cutShort: string | undefined;
  readonly interrupted: 'yes' | 'no';
}

/** Until the new master has been quiet long enough, or something says stop. */
const watchFault = async (
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
    const state = recordings.readiness();
    const reason = whyStop(watched, {
      maxOutageMs: bench.maxOutageMs,
      secondSender: deed.secondSender,
      lastReplyMs: recordings.stopwatch.lastReplyMs(),
      observerLost: typeof state === 'object' ? state.failed : undefined,
      nodesLost: [...bench.pulses].flatMap(([node, pulse]) => {
        if (node === deed.node && deed.controlPath === 'cut') return [];
        const silent = pulse.silentMs();
        return silent === 'ended' || silent > SILENT_MS ? [node] : [];
      }),
    });
    if (reason !== undefined) return { cutShort: reason, interrupted: 'no' };
    const taken = firstOf(watched, (src) => src !== masterSrc(plan));
    // Quiet is heard, not assumed: the new master must still be sending.
    const standing = taken !== undefined && claimants(watched).includes(taken.src) ? taken : undefined;
    if (
      standing !== undefined &&
      watched.nowMs - standing.heardMs >= quietMs(prediction.winner.secondBurstMs)
    )
      return { cutShort: undefined, interrupted: 'no' };
    if (standing === undefined && watched.nowMs - injectedMs > limitMs)
      return {
        cutShort:
          taken === undefined
            ? `nobody took over within ${Math.round(limitMs / 1000)} s`
            : 'the new master is not heard any more',
        interrupted: 'no',
      };
    await pause(20);
  }
};

/** Until the expected master is heard alone; `quiet` waits for its second burst too. */
const watchFailback = async (
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

const observerNow = (recordings: Recordings): Instant => ({
  clock: 'observer',
  ns: recordings.stopwatch.nowNs(),
});

interface Course {
  readonly injected: Extract<Injected, { kind: 'injected' }>;
  readonly healed?: { readonly fromNs: bigint; readonly toNs: bigint };
  readonly settledAt: Instant;
  readonly endedAt: Instant;
  readonly target?: TrialRecord['target'];
  readonly abortedBecause?: string;
}

const recordOf = (
  plan: TrialPlan,
  course: Course,
  recordings: Recordings,
  rest: { readonly recorded: Recorded; readonly transitions: TrialRecord['transitions'] },
): TrialRecord => {
  const { deed, arena, index } = plan;
  const at = (ns: bigint): Instant => ({ clock: deed.node, ns });
  const { injected, healed, target, abortedBecause } = course;
  const master = arena.master;
  return {
    index,
    fault: {
      name: deed.fault,
      node: deed.node,
      classAsked: deed.expectedClass,
      ...(master === undefined || deed.expectedClass !== 'service'
        ? {}
        : { loss: lossOf(deed.expectedClass, master) }),
    },
    oldMaster: master?.node ?? '',
    injected: { from: at(injected.fromNs), to: at(injected.toNs) },
    ...(healed === undefined ? {} : { healed: { from: at(healed.fromNs), to: at(healed.toNs) } }),
    settledAt: course.settledAt,
    endedAt: course.endedAt,
    frames: recordings.stopwatch.frames(),
    droppedByKernel: rest.recorded.droppedByKernel,
    stamps: { method: recordings.stopwatch.stamping(), plusMinusNs: 100_000 },
    probes: rest.recorded.probes,
    witnesses: rest.recorded.witnesses,
    clockReadings: rest.recorded.clockReadings,
    transitions: rest.transitions,
    ...(target === undefined ? {} : { target }),
    ...(abortedBecause === undefined ? {} : { abortedBecause }),
  };
};

const askTransitions = async (bench: Bench, sinceMs: number): Promise<TrialRecord['transitions']> => {
  const told = await Promise.all(
    [...bench.hands].map(async ([node, hand]) => {
      const said = await hand.run(transitionsCommand(sinceMs), 5000);
      return said.kind === 'said' ? readTransitions(node, said.text) : [];
    }),
  );
  return told.flat();
};

interface Begun {
  readonly injected: Injected;
  readonly injectedMs: number;
  readonly step: LedgerStep;
}

const inject = async (
  bench: Bench,
  plan: TrialPlan,
  recordings: Recordings,
  armed: LedgerStep,
): Promise<Begun> => {
  const skewNs = plan.phase === 'any' ? 0n : await clockSkew(bench, plan.deed.node);
  const step = await bench.book.note(armed, 'injecting');
  const moment = momentOf(plan, recordings, skewNs);
  const injectedMs = performance.now();
  const hand = bench.hands.get(plan.deed.node);
  const limitMs = plan.deed.controlPath === 'cut' ? CUT_ANSWER_MS : INJECT_LIMIT_MS;
  const said = await hand?.run(injectCommand(plan.id, plan.deed, moment), limitMs);
  const injected = readInjected(said?.text ?? '');
  return { injected, injectedMs, step };
};

/** From arming on; always ends with healing, whatever was interrupted. */
const runArmed = async (
  bench: Bench,
  plan: TrialPlan,
  recordings: Recordings,
  armed: LedgerStep,
): Promise<TrialOutcome> => {
  const { deed, prediction } = plan;
  const startedMs = Date.now();
  const { injected, injectedMs, step } = await inject(bench, plan, recordings, armed);
  const watching: Watching =
    injected.kind === 'failed'
      ? { cutShort: injected.why, interrupted: bench.signal.aborted ? 'yes' : 'no' }
      : await watchFault(bench, plan, recordings, injectedMs);
  const settledAt = observerNow(recordings);
  if (watching.cutShort !== undefined) bench.say(`healing at once: ${watching.cutShort}`);
  const hand = bench.hands.get(deed.node);
  const looked =
    watching.cutShort === undefined && deed.controlPath === 'untouched'
      ? await hand?.run(targetCommand(plan.site), 3000)
      : undefined;
  if (deed.controlPath === 'cut')
    bench.say(
      `${deed.node} cannot be reached now; its own timer heals it in ${Math.max(0, Math.round((step.firesAtMs - Date.now()) / 1000))} s`,
    );
  const healedMs = performance.now();
  const healing = await healNow(hand, step);
  const target = looked?.kind === 'said' ? readTarget(plan.site, looked.text) : undefined;
  if (healing.kind === 'not-proven')
    return {
      rescue: 'still-armed',
      ended: watching.interrupted === 'yes' ? 'interrupted' : 'stopped',
      why: `${deed.node} could not be proven healed: ${healing.why}`,
      healed: 'no',
    };
  const marked = await bench.book.note(step, 'healed');
  const back = await watchFailback(plan, recordings, healedMs, 'first-advert');
  if (back === 'not-in-time') bench.say(`${prediction.masterAfter.node} is not master again yet`);
  const gone = await disarm(bench, marked);
  if (watching.cutShort === undefined && back === 'as-expected' && !bench.signal.aborted)
    await watchFailback(plan, recordings, healedMs, 'quiet');
  const endedAt = observerNow(recordings);
  const [transitions, recorded] = await Promise.all([askTransitions(bench, startedMs), recordings.stop()]);
  const record =
    injected.kind === 'failed'
      ? undefined
      : recordOf(
          plan,
          {
            injected,
            healed: healing,
            settledAt,
            endedAt,
            ...(target === undefined ? {} : { target }),
            ...(watching.cutShort === undefined ? {} : { abortedBecause: watching.cutShort }),
          },
          recordings,
          { recorded, transitions },
        );
  return {
    ...(record === undefined ? {} : { record }),
    rescue:
      gone.kind === 'not-proven' ? 'still-armed' : gone.rescue === 'had-fired' ? 'had-fired' : 'disarmed',
    ended:
      watching.interrupted === 'yes'
        ? 'interrupted'
        : watching.cutShort === undefined
          ? 'complete'
          : 'stopped',
    ...(gone.kind === 'not-proven'
      ? { why: `the rescue on ${deed.node} could not be taken away: ${gone.why}` }
      : watching.cutShort === undefined
        ? {}
        : { why: watching.cutShort }),
    healed: 'yes',
  };
};

export const runTrial = async (bench: Bench, plan: TrialPlan): Promise<TrialOutcome> => {
  const notBegun = (why: string): TrialOutcome => ({
    rescue: 'not-armed',
    ended: 'not-begun',
    why,
    healed: 'yes',
  });
  const opened = await openRecordings({
    arena: plan.arena,
    post: bench.post,
    hands: bench.hands,
    witnesses: bench.witnesses,
    probes: bench.probes,
    redact: bench.redact,
    limitSeconds: Math.ceil(bench.rescueAfterMs / 1000) + 300,
  });
  if ('failed' in opened) return notBegun(opened.failed);
  try {
    const unsteady = await waitSteady(plan, opened);
    if (unsteady !== undefined) return notBegun(unsteady);
    if (bench.signal.aborted) return { ...notBegun('interrupted'), ended: 'interrupted' };
    const arming = await armRescue(bench, plan.deed, { id: plan.id, systemd: plan.site.systemd });
    if (arming.kind === 'refused') return notBegun(arming.why);
    if (bench.signal.aborted) {
      const gone = await disarm(bench, arming.step);
      return {
        rescue: gone.kind === 'disarmed' ? 'disarmed' : 'still-armed',
        ended: 'interrupted',
        why: 'interrupted',
        healed: 'yes',
      };
    }
    try {
      return await runArmed(bench, plan, opened, arming.step);
    } catch (error) {
      // Whatever failed on our side, the node is not left hurt for it.
      await healNow(bench.hands.get(plan.deed.node), arming.step);
      await disarm(bench, arming.step);
      throw error;
    }
  } finally {
    await opened.stop();
  }
};
