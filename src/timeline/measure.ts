// One trial measured, live or from a recording: everything said here follows from the record alone. This is the table
// of contents; each number has a file of its own.
import { matchAnswers } from './answers.ts';
import { alignClocks, type Clocks } from './clocks.ts';
import { type EventTime, type HandoverInput, measureHandover } from './handover.ts';
import type { Failback, MeasuredHandover, MeasuredTrial } from './measured.ts';
import { type FaultFacts, observeClass, whyVoid } from './observed-class.ts';
import { observerClock } from './ping-pongs.ts';
import { type AdvertSighting, readSightings, type Sightings } from './sightings.ts';
import type { Instant, Interval, Subject, TrialRecord } from './trial.ts';

type NsOf = (atNs: bigint) => number;

/** One host that did it stamps both ends; ends on different clocks are bounds only. */
const eventTime = (clocks: Clocks, nsOf: NsOf, interval: Interval): EventTime | undefined => {
  const from = clocks.toObserver(interval.from);
  const to = clocks.toObserver(interval.to);
  if (from === undefined || to === undefined) return undefined;
  const told = interval.from.clock === interval.to.clock ? 'stamps' : 'bounds';
  return { fromNs: nsOf(from.ns), toNs: nsOf(to.ns), plusMinusNs: from.plusMinusNs, told };
};

/**
 * The observer's capture, unless no advert of the group gets there (unicast peers behind a switch): then the capture
 * of a member that is not the target, which received the old master's and sent or received the new one's.
 */
const chooseAdverts = (
  subject: Subject,
  trial: TrialRecord,
  own: Sightings,
  clocks: Clocks,
  nsOf: NsOf,
): HandoverInput['adverts'] => {
  const here = { list: own.adverts, where: subject.observer.where, plusMinusNs: 0 };
  if (own.adverts.some((advert) => advert.node === trial.oldMaster)) return here;
  const elsewhere = trial.witnesses
    .filter((witness) => witness.host !== trial.fault.node && witness.frames.length > 0)
    .flatMap((witness) => {
      const shift = clocks.toObserver({ clock: witness.host, ns: 0n });
      if (shift === undefined) return [];
      const { adverts } = readSightings(subject, witness.frames, (atNs) => nsOf(atNs + shift.ns));
      const heard = new Set(adverts.map((advert: AdvertSighting) => advert.node));
      return heard.has(trial.oldMaster)
        ? [{ list: adverts, where: witness.host, plusMinusNs: shift.plusMinusNs, senders: heard.size }]
        : [];
    })
    .sort((a, b) => b.senders - a.senders);
  return elsewhere[0] ?? here;
};

const at = (clocks: Clocks, nsOf: NsOf, instant: Instant, otherwise: number): number => {
  const placed = clocks.toObserver(instant);
  return placed === undefined ? otherwise : nsOf(placed.ns);
};

const factsOf = (
  subject: Subject,
  trial: TrialRecord,
  input: HandoverInput,
  handover: MeasuredHandover,
): FaultFacts => {
  const { list } = input.adverts;
  const fromNs =
    input.event === undefined ? Number.NEGATIVE_INFINITY : input.event.fromNs - input.event.plusMinusNs;
  const olds = list.filter((advert) => advert.node === trial.oldMaster);
  const firstNs = list.find(
    (advert) => advert.node === handover.newMaster && advert.priority > 0 && advert.atNs > fromNs,
  )?.atNs;
  const until = handover.newMaster === undefined ? input.toNs : (firstNs ?? input.toNs);
  // Without a successor: an advert on its way when the fault struck is no sign of life.
  const goneNs =
    handover.newMaster === undefined
      ? (input.event?.toNs ?? input.toNs) + 2e6 * subject.advertIntervalMs
      : until;
  const during = olds.filter((advert) => advert.atNs > fromNs && advert.atNs <= until);
  const usual = olds.findLast((advert) => advert.atNs <= fromNs)?.priority;
  const oldMacs = new Set(
    subject.members.find((member) => member.node === trial.oldMaster)?.macs.map((mac) => mac.toLowerCase()),
  );
  const later = input.questions
    .flatMap(({ asked }) => asked)
    .filter((one) => one.sentNs > until && one.sentNs <= input.toNs);
  const replies = later.flatMap((one) => one.replies).filter((reply) => reply.mac !== undefined);
  // After the takeover ICMP goes to whom the observer believes; only a question to all tells that the old one is silent.
  const asksAll = input.questions.some(
    ({ run, asked }) =>
      (run.kind === 'arp' || run.kind === 'nd') && asked.some((one) => one.replies.length > 0),
  );
  return {
    asked: trial.fault.classAsked,
    priorityZero: during.some((advert) => advert.priority === 0) ? 'seen' : 'not-seen',
    priorityLowered:
      usual !== undefined && during.some((advert) => advert.priority > 0 && advert.priority < usual)
        ? 'seen'
        : 'not-seen',
    oldMacAnswers: replies.some((reply) => oldMacs.has(reply.mac ?? '')) ? 'yes' : asksAll ? 'no' : 'unknown',
    oldAdvertsAfter: olds.filter((advert) => advert.atNs > goneNs && advert.atNs <= input.toNs).length,
    takenOver: handover.newMaster === undefined ? 'no' : 'yes',
    target: trial.target ?? {},
  };
};

const measureFailback = (
  trial: TrialRecord,
  subject: Subject,
  base: Omit<HandoverInput, 'oldMaster' | 'event' | 'toNs' | 'receiver'>,
  window: { readonly event: EventTime | undefined; readonly toNs: number; readonly settledNs: number },
  tempMaster: string | undefined,
): Failback => {
  if (tempMaster === undefined) return { kind: 'not-measured', reason: 'nobody had taken over' };
  if (trial.healed === undefined) return { kind: 'not-measured', reason: 'it was not healed in this trial' };
  const home = subject.members.find((member) => member.node === trial.oldMaster);
  const { settledNs } = window;
  const untold: EventTime = { fromNs: settledNs, toNs: settledNs, plusMinusNs: 0, told: 'bounds' };
  const event = window.event ?? untold;
  const handover = measureHandover({
    ...base,
    oldMaster: tempMaster,
    heir: trial.oldMaster,
    event,
    toNs: window.toNs,
    receiver: 'unharmed',
  });
  if (handover.newMaster !== undefined) return { kind: 'measured', handover };
  return home?.preempt === 'off'
    ? { kind: 'no-preempt' }
    : {
        kind: 'not-measured',
        reason: `${trial.oldMaster} did not become master again while it was watched`,
      };
};

export const measureTrial = (subject: Subject, trial: TrialRecord): MeasuredTrial => {
  const clocks = alignClocks(subject, trial);
  const baseNs = trial.frames[0]?.atNs ?? clocks.toObserver(trial.injected.from)?.ns ?? 0n;
  const nsOf: NsOf = (atNs) => Number(atNs - baseNs);
  const sightings = readSightings(subject, trial.frames, nsOf);
  const questions = trial.probes.map((run) => matchAnswers(run, sightings, nsOf));
  const lastNs = sightings.lastNs ?? 0;
  const endNs = at(clocks, nsOf, trial.endedAt, lastNs);
  const settledNs = at(clocks, nsOf, trial.settledAt, endNs);
  const base = {
    subject,
    trial,
    sightings,
    adverts: chooseAdverts(subject, trial, sightings, clocks, nsOf),
    questions,
    clocks,
    nsOf,
  };
  const input: HandoverInput = {
    ...base,
    oldMaster: trial.oldMaster,
    event: eventTime(clocks, nsOf, trial.injected),
    toNs: settledNs,
    receiver: trial.fault.node === trial.oldMaster ? 'unharmed' : 'deaf',
  };
  const handover = measureHandover(input);
  const facts = factsOf(subject, trial, input, handover);
  const classObserved = observeClass(facts);
  const healed = trial.healed === undefined ? undefined : eventTime(clocks, nsOf, trial.healed);
  return {
    index: trial.index,
    fault: {
      name: trial.fault.name,
      node: trial.fault.node,
      classAsked: trial.fault.classAsked,
      classObserved: classObserved.observed,
      because: classObserved.because,
    },
    injected: trial.injected,
    void: trial.abortedBecause ?? whyVoid(facts, classObserved),
    handover,
    failback: measureFailback(
      trial,
      subject,
      base,
      { event: healed, toNs: endNs, settledNs },
      handover.newMaster,
    ),
    clocks: clocks.alignments.filter((one) => one.clock !== observerClock),
    capture: {
      frames: trial.frames.length,
      droppedByKernel: trial.droppedByKernel,
      stampErrorMs: trial.stamps.plusMinusNs / 1e6,
    },
    warnings: warningsOf(trial, clocks, input),
  };
};

const warningsOf = (trial: TrialRecord, clocks: Clocks, input: HandoverInput): readonly string[] => {
  const { droppedByKernel, stamps } = trial;
  return [
    ...clocks.stepped,
    ...(typeof droppedByKernel === 'number' && droppedByKernel > 0
      ? [`the capture lost ${droppedByKernel} frames: a gap may be one of its own`]
      : []),
    ...(stamps.method === 'arrival'
      ? [`frames were stamped on arrival, not by the kernel: ± ${stamps.plusMinusNs / 1e6} ms each`]
      : []),
    ...(clocks.toObserver(trial.settledAt) === undefined
      ? [
          `nothing joins the clock of ${trial.settledAt.clock} to that of the observer: failover and failback cannot be told apart by time`,
        ]
      : []),
    ...(input.event === undefined
      ? [
          `nothing joins the clock of ${trial.injected.from.clock} to that of the observer: the injection has no place on its axis`,
        ]
      : []),
  ];
};
