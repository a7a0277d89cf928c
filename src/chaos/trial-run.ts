// One trial: recorders on, rescue armed and read back, fault in, watched, healed, proven, rescue off, failback, quiet.
// Whatever happens after arming ends in healing. It produces the raw record and interprets nothing.

import type { Instant, TrialRecord } from '../timeline/trial.ts';
import { armRescue, type Bench, disarm, healNow } from './bench.ts';
import type { RunPhase } from './events.ts';
import type { LedgerStep } from './ledger.ts';
import { openRecordings, type Recorded, type Recordings } from './recordings.ts';
import { type Injected, injectCommand, readInjected } from './rescue.ts';
import { lossOf } from './subject.ts';
import { readTarget, targetCommand } from './target-state.ts';
import { readTransitions, transitionsCommand } from './transitions.ts';
import {
  clockSkew,
  momentOf,
  type TrialPlan,
  type Watching,
  waitSteady,
  watchFailback,
  watchFault,
} from './trial-watch.ts';

export interface TrialOutcome {
  /** Absent when nothing was injected. */
  readonly record?: TrialRecord;
  readonly rescue: 'not-armed' | 'disarmed' | 'had-fired' | 'still-armed';
  readonly ended: 'complete' | 'stopped' | 'interrupted' | 'not-begun';
  /** Why it was not begun, cut short, or not healed. */
  readonly why?: string;
  readonly healed: 'yes' | 'no';
}

/** Stopping a service in order may take its time, ms. */
const INJECT_LIMIT_MS = 15_000;
/** A node that is cut off does not answer; what it said before is all there will be, ms. */
const CUT_ANSWER_MS = 2000;

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
    ...(healed === undefined
      ? {}
      : {
          healed: {
            // Nobody sees a node heal itself that cannot be reached: it may be any time since.
            from: deed.controlPath === 'cut' ? course.settledAt : at(healed.fromNs),
            to: at(healed.toNs),
          },
        }),
    settledAt: course.settledAt,
    endedAt: course.endedAt,
    frames: recordings.stopwatch.frames(),
    droppedByKernel: rest.recorded.droppedByKernel,
    stamps: { method: recordings.stopwatch.stamping(), plusMinusNs: 100_000 },
    probes: rest.recorded.probes,
    witnesses: rest.recorded.witnesses,
    clockReadings: rest.recorded.clockReadings,
    pingPongs: rest.recorded.pingPongs,
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

const secondsSince = (fromMs: number, toMs: number): string => `${((toMs - fromMs) / 1000).toFixed(1)} s`;

const inject = async (
  bench: Bench,
  plan: TrialPlan,
  recordings: Recordings,
  armed: LedgerStep,
): Promise<Begun> => {
  const begunMs = performance.now();
  const skewNs = plan.phase === 'any' ? 0n : await clockSkew(bench, plan.deed.node);
  const clockMs = performance.now();
  const step = await bench.book.note(armed, 'injecting');
  const moment = momentOf(plan, recordings, skewNs);
  const told = { trial: plan.index, node: plan.deed.node } as const;
  bench.tell({ kind: 'injecting', ...told, atTrialMs: recordings.trialMs() });
  const injectedMs = performance.now();
  const hand = bench.hands.get(plan.deed.node);
  const limitMs = plan.deed.controlPath === 'cut' ? CUT_ANSWER_MS : INJECT_LIMIT_MS;
  const said = await hand?.run(injectCommand(plan.id, plan.deed, moment), limitMs);
  const answer = readInjected(said?.text ?? '');
  const injected =
    answer.kind === 'injected'
      ? answer
      : {
          ...answer,
          why: `${answer.why}${said?.kind === 'silent' ? ` (${said.why})` : ''}; since it was armed: ${secondsSince(begunMs, clockMs)} for its clock, ${secondsSince(clockMs, injectedMs)} for the ledger, ${secondsSince(injectedMs, performance.now())} for its answer`,
        };
  if (injected.kind === 'failed') bench.tell({ kind: 'not-injected', ...told, why: injected.why });
  else bench.tell({ kind: 'injected', ...told, atTrialMs: recordings.trialMs() });
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
  const told = { trial: plan.index, node: deed.node } as const;
  const phase = (name: RunPhase): void =>
    bench.tell({ kind: 'phase', phase: name, step: 'begun', trial: plan.index });
  phase('inject');
  const { injected, injectedMs, step } = await inject(bench, plan, recordings, armed);
  phase('watch');
  const watching: Watching =
    injected.kind === 'failed'
      ? { cutShort: injected.why, interrupted: bench.signal.aborted ? 'yes' : 'no' }
      : await watchFault(bench, plan, recordings, injectedMs);
  // One ns before a return, so that the advert that tells of it is the first of the failback.
  const settledAt: Instant =
    watching.backAtNs === undefined
      ? observerNow(recordings)
      : { clock: 'observer', ns: watching.backAtNs - 1n };
  if (watching.cutShort !== undefined)
    bench.tell({
      kind: 'stop',
      trial: plan.index,
      why: watching.cutShort,
      atTrialMs: recordings.trialMs(),
    });
  const hand = bench.hands.get(deed.node);
  const looked =
    watching.cutShort === undefined && deed.controlPath === 'untouched'
      ? await hand?.run(targetCommand(plan.site), 3000)
      : undefined;
  if (deed.controlPath === 'cut')
    bench.tell({
      kind: 'cut-off',
      ...told,
      firesAtMs: step.firesAtMs,
      ...(deed.awayMs === undefined ? {} : { awayMs: deed.awayMs }),
    });
  phase('heal');
  bench.tell({ kind: 'healing', ...told, atTrialMs: recordings.trialMs() });
  const healedMs = performance.now();
  const healing = await healNow(hand, step, deed.awayMs);
  const target = looked?.kind === 'said' ? readTarget(plan.site, looked.text) : undefined;
  if (healing.kind === 'not-proven') {
    bench.tell({ kind: 'not-healed', ...told, why: healing.why });
    return {
      rescue: 'still-armed',
      ended: watching.interrupted === 'yes' ? 'interrupted' : 'stopped',
      why: `${deed.node} could not be proven healed: ${healing.why}`,
      healed: 'no',
    };
  }
  bench.tell({ kind: 'healed', ...told, atTrialMs: recordings.trialMs() });
  phase('failback');
  const marked = await bench.book.note(step, 'healed');
  if (deed.awayMs !== undefined) await bench.lockAgain(deed.node);
  const back = await watchFailback(plan, recordings, healedMs, 'first-advert');
  if (back === 'not-in-time')
    bench.tell({ kind: 'failback-late', trial: plan.index, expected: prediction.masterAfter.node });
  const gone = await disarm(bench, marked);
  if (watching.cutShort === undefined && back === 'as-expected' && !bench.signal.aborted) {
    phase('quiet');
    await watchFailback(plan, recordings, healedMs, 'quiet');
  }
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
      gone.kind === 'not-proven'
        ? 'still-armed'
        : gone.rescue === 'had-fired' && deed.awayMs === undefined
          ? 'had-fired'
          : 'disarmed',
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
  const phase = (name: RunPhase): void =>
    bench.tell({ kind: 'phase', phase: name, step: 'begun', trial: plan.index });
  phase('recorders');
  const opened = await openRecordings({
    arena: plan.arena,
    post: bench.post,
    hands: bench.hands,
    witnesses: bench.witnesses,
    probes: bench.probes,
    redact: bench.redact,
    limitSeconds: Math.ceil((bench.rescueAfterMs + (plan.deed.awayMs ?? 0)) / 1000) + 300,
    onSighting: (sighting) => bench.tell({ kind: 'sighting', trial: plan.index, sighting }),
  });
  if ('failed' in opened) return notBegun(opened.failed);
  try {
    phase('steady');
    const unsteady = await waitSteady(plan, opened);
    if (unsteady !== undefined) return notBegun(unsteady);
    if (bench.signal.aborted) return { ...notBegun('interrupted'), ended: 'interrupted' };
    phase('arm');
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
      await healNow(bench.hands.get(plan.deed.node), arming.step, plan.deed.awayMs);
      await disarm(bench, arming.step);
      throw error;
    }
  } finally {
    await opened.stop();
  }
};
