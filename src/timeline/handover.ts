// One handover of the VIP measured: from the old master's last advert to the new one's first, and all that others saw
// of it. The same for the failover and for the failback. It reads sightings and answers; faults are no matter here.
import type { Questions } from './answers.ts';
import type { Clocks } from './clocks.ts';
import { type Election, findElection } from './election.ts';
import { monitorErrorNs, nodeMoments } from './host-events.ts';
import type { ConvergenceMeasured, Figure, MeasuredHandover, Moment } from './measured.ts';
import { drawLane, measureOutage, type OutageWindow } from './outage.ts';
import {
  convergeByAnswers,
  convergeByTable,
  countFlips,
  measureTwoHolders,
  type OwnershipWindow,
  type Sides,
  sideOf,
} from './ownership.ts';
import { measurePhases } from './phases.ts';
import { observerClock } from './ping-pongs.ts';
import { type ElectionSeen, judgeResidual, predict, predictFromEvent } from './prediction.ts';
import { type AdvertSighting, canonicalAddress, type Sightings, virtualMac } from './sightings.ts';
import { fromEvent, strikeOf } from './strike.ts';
import type { Subject, TrialRecord } from './trial.ts';

export interface EventTime {
  readonly fromNs: number;
  readonly toNs: number;
  readonly plusMinusNs: number;
  /** `bounds`: it happened in between, and nobody stamped when. */
  readonly told: 'stamps' | 'bounds';
}

export interface HandoverInput {
  readonly subject: Subject;
  readonly trial: TrialRecord;
  readonly sightings: Sightings;
  /** Where the adverts were read from, if not from the observer's capture, and the error that adds. */
  readonly adverts: {
    readonly list: readonly AdvertSighting[];
    readonly where: string;
    readonly plusMinusNs: number;
  };
  readonly questions: readonly Questions[];
  readonly clocks: Clocks;
  readonly nsOf: (atNs: bigint) => number;
  readonly oldMaster: string;
  /** Only this one may take over; anybody but the old master where it is left out. */
  readonly heir?: string;
  /** The injection or the healing on the observer's clock; undefined when no common clock places it. */
  readonly event: EventTime | undefined;
  readonly toNs: number;
  /** The fault concerns what others hear, not what the master sends. */
  readonly receiver: 'unharmed' | 'deaf';
}

const ms = (ns: number): number => ns / 1e6;

/** So long after the first advert traffic may still be on the move, ns. */
const criticalNs = 1_000_000_000;

const sidesOf = (subject: Subject, oldMaster: string, newMaster: string | undefined): Sides => {
  const macsOf = (node: string | undefined): readonly string[] =>
    subject.members.find((member) => member.node === node)?.macs.map((mac) => mac.toLowerCase()) ?? [];
  return { old: new Set(macsOf(oldMaster)), new: new Set(macsOf(newMaster)) };
};

/** With use_vmac both masters answer from one MAC: then the new one is told by nothing but time. */
const sharesVirtualMac = (input: HandoverInput): boolean => {
  const shared = virtualMac(input.subject);
  return (
    input.sightings.echoes.some((echo) => echo.mac === shared) ||
    input.sightings.answers.some((answer) => answer.mac === shared)
  );
};

/** Pauses of the probes beyond their period while the handover ran, ms. */
const stallOf = (questions: readonly Questions[], fromNs: number, toNs: number): number => {
  let worst = 0;
  for (const { asked, run } of questions)
    for (const [at, one] of asked.entries()) {
      const before = asked[at - 1];
      if (before === undefined || one.sentNs < fromNs || before.sentNs > toNs) continue;
      worst = Math.max(worst, ms(one.sentNs - before.sentNs) - run.periodMs);
    }
  return worst;
};

const whereOf = ({ subject }: HandoverInput): string => subject.observer.where;

const unseen = (input: HandoverInput, reason: string): MeasuredHandover => {
  const { oldMaster, event, questions, sightings } = input;
  const absent: Figure = { kind: 'not-measured', reason };
  const originNs = event?.fromNs ?? sightings.firstNs ?? 0;
  const window = outageWindow(input, originNs, originNs);
  return {
    oldMaster,
    newMaster: undefined,
    takeover: absent,
    predicted: undefined,
    residual: undefined,
    fromEvent: absent,
    predictedFromEvent: undefined,
    outages: questions.map((one) => measureOutage(one, window)),
    convergence: [],
    dualOwnership: absent,
    macFlips: undefined,
    phases: [],
    moments: [],
    lanes: questions.map((one) => drawLane(one, window, () => 'other')),
    notes: [],
  };
};

const outageWindow = (input: HandoverInput, fromNs: number, originNs: number): OutageWindow => ({
  fromNs,
  toNs: input.toNs,
  criticalToNs: input.toNs,
  originNs,
  observer: whereOf(input),
  stampErrorNs: input.trial.stamps.plusMinusNs,
});

const untold = (observer: string, reason: string): ConvergenceMeasured => ({
  observer,
  how: 'neighbour-table',
  converged: { kind: 'not-measured', reason },
  oldMac: undefined,
  newMac: undefined,
});

const converge = (
  input: HandoverInput,
  sides: Sides,
  window: OwnershipWindow,
  newMaster: string,
): readonly ConvergenceMeasured[] => {
  const { questions, trial, subject, clocks, nsOf, oldMaster } = input;
  const icmp = questions.filter(({ run }) => run.kind === 'icmp');
  // A fresh question is answered by whoever is there: it stands in for traffic only where there is none.
  const asked =
    icmp.length > 0 ? icmp : questions.filter(({ run }) => run.kind === 'arp' || run.kind === 'nd');
  const vip = canonicalAddress(subject.vip);
  const tables = trial.witnesses.flatMap(({ host, events }) => {
    if (host === oldMaster || host === newMaster || (host === whereOf(input) && asked.length > 0)) return [];
    const about = events.filter(
      (event) => event.kind === 'neighbour-changed' && canonicalAddress(event.address) === vip,
    );
    const [any] = about;
    if (any === undefined)
      return subject.members.some((member) => member.node === host) || host === observerClock
        ? []
        : [untold(host, 'it had no neighbour entry of the VIP: it did not talk to it')];
    const entries = about.flatMap((event) => {
      const at = clocks.toObserver(event.at);
      return at === undefined ? [] : [{ atNs: nsOf(at.ns), event }];
    });
    const tableErrorNs = (clocks.toObserver(any.at)?.plusMinusNs ?? 0) + monitorErrorNs;
    return entries.length === 0
      ? [untold(host, 'nothing joins its clock to that of the observer')]
      : [convergeByTable(host, entries, sides, { ...window, tableErrorNs })];
  });
  return [
    ...asked.slice(0, 1).map((one) => convergeByAnswers(one, sides, window, whereOf(input))),
    ...tables,
  ];
};

const wireMoments = (input: HandoverInput, election: Election, sides: Sides): readonly Moment[] => {
  const { origin, first, oldAdverts } = election;
  const error = ms(input.trial.stamps.plusMinusNs);
  const advertError = error + ms(input.adverts.plusMinusNs);
  const at = (ns: number): number => ms(ns - origin.atNs);
  const announced = input.sightings.announcements.find(
    (one) => sides.new.has(one.mac) && one.atNs > origin.atNs && one.atNs <= input.toNs,
  );
  const zero = oldAdverts.findLast((advert) => advert.priority === 0 && advert === origin);
  const { event } = input;
  return [
    ...(event === undefined
      ? []
      : [
          {
            name: 'injected',
            where: '',
            atMs: at(event.fromNs),
            plusMinusMs: ms(event.plusMinusNs) + error,
          } as const,
        ]),
    {
      name: zero === undefined ? 'last-advert' : 'priority-zero',
      where: input.oldMaster,
      atMs: 0,
      plusMinusMs: advertError,
    },
    { name: 'first-advert', where: election.firstMaster, atMs: at(first.atNs), plusMinusMs: advertError },
    ...(announced === undefined
      ? []
      : [
          {
            name: 'first-announcement',
            where: election.newMaster,
            atMs: at(announced.atNs),
            plusMinusMs: error,
          } as const,
        ]),
  ];
};

export const measureHandover = (input: HandoverInput): MeasuredHandover => {
  const election = findElection(input);
  if ('none' in election) return unseen(input, election.none);
  const { subject, trial, questions, oldMaster, adverts } = input;
  const { newMaster, origin, first } = election;
  const struck = strikeOf(input, election);
  const sides = sidesOf(subject, oldMaster, newMaster);
  const stampErrorNs = trial.stamps.plusMinusNs;
  const takeoverMs = ms(first.atNs - origin.atNs);
  const seen: ElectionSeen = {
    subject,
    oldMaster,
    firstMaster: election.firstMaster,
    oldAdverts: election.oldAdverts,
    takeoverMs,
    ...(trial.fault.loss?.kind === 'script-fault' || trial.fault.loss?.kind === 'script-weight'
      ? { scriptLoss: trial.fault.loss }
      : {}),
    ...(input.receiver === 'deaf' && input.event !== undefined ? { deafSinceNs: input.event.fromNs } : {}),
  };
  const predicted = predict(seen);
  const eventFromNs = input.event === undefined ? origin.atNs : input.event.fromNs - input.event.plusMinusNs;
  const outage = {
    ...outageWindow(input, Math.min(eventFromNs, origin.atNs), origin.atNs),
    criticalToNs: first.atNs + criticalNs,
  };
  const ownership: OwnershipWindow = {
    originNs: origin.atNs,
    originErrorNs: adverts.plusMinusNs,
    toNs: input.toNs,
    stampErrorNs,
  };
  const vmac = sharesVirtualMac(input);
  const convergence: readonly ConvergenceMeasured[] = vmac
    ? []
    : converge(input, sides, ownership, newMaster);
  const outages = questions.map((one) => measureOutage(one, outage));
  const client = questions.find(({ run }) => run.kind === 'icmp');
  const moments = [
    ...wireMoments(input, election, sides),
    ...nodeMoments(input, { originNs: origin.atNs, newMaster, newMacs: sides.new }),
  ];
  const announced = moments.some((moment) => moment.name === 'first-announcement');
  return {
    oldMaster,
    newMaster,
    takeover: {
      kind: 'measured',
      valueMs: takeoverMs,
      // Both stamps come from one capture: the way to the observer's clock drops out.
      plusMinusMs: ms(2 * stampErrorNs),
    },
    predicted,
    residual:
      predicted?.forThisPhaseMs === undefined
        ? undefined
        : judgeResidual(seen, predicted.forThisPhaseMs, {
            observerStallMs: stallOf(questions, origin.atNs, first.atNs + 50e6),
            framesDropped: trial.droppedByKernel,
          }),
    fromEvent: fromEvent(input, election, struck),
    predictedFromEvent:
      struck === undefined || input.heir !== undefined ? undefined : predictFromEvent(seen, struck.ns),
    outages,
    convergence,
    dualOwnership: vmac
      ? { kind: 'not-measured', reason: 'both masters answer from the virtual MAC' }
      : measureTwoHolders({
          sides,
          window: ownership,
          questions,
          announcements: input.sightings.announcements,
          firstAdvertNs: first.atNs,
          fromNs: Math.min(eventFromNs, origin.atNs),
        }),
    macFlips: client === undefined || vmac ? undefined : countFlips(client, ownership),
    phases: measurePhases({
      moments,
      convergence,
      questions,
      sides,
      originNs: origin.atNs,
      toNs: input.toNs,
      takeoverMs,
    }),
    moments,
    lanes: questions.map((one) => drawLane(one, outage, sideOf(sides))),
    notes: [
      ...election.notes,
      ...(announced || vmac
        ? []
        : [
            `no announcement of the VIP by ${newMaster} was seen: others learn of the move only when they doubt their neighbour entry`,
          ]),
      ...(vmac ? ['the VIP answers from the virtual MAC of its group: the move shows in no ARP table'] : []),
      ...(adverts.where === whereOf(input)
        ? []
        : [`the observer sees no adverts of the group: takeover is from the capture of ${adverts.where}`]),
    ],
  };
};
