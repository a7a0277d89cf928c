// The order of a safe run, once it was agreed to: lock every node, take snapshots, open the ledger, one trial after the
// other with the proof of restoration between them, and leave nothing. It decides when to go on and when to end.
import type { ProbeWish } from '../capture/injector.ts';
import type { RedactFrame } from '../capture/open-ear.ts';
import type { ReportTrial } from '../report/failover.ts';
import type { Subject, TrialRecord } from '../timeline/trial.ts';
import { type Bench, type Book, openBook } from './bench.ts';
import type { Tell } from './events.ts';
import type { FaultName, FaultWishes } from './faults/fault.ts';
import { faults } from './faults/index.ts';
import { type Ledger, type LedgerKeeper, openSteps } from './ledger.ts';
import { type NodeHand, pause } from './node-hand.ts';
import { dropStaleLock, lockLastsSeconds } from './node-lock.ts';
import { leftoversOf, type Preparation, surveyMember, targetOf } from './preparation.ts';
import { type Locked, lockNode, type Pulse } from './pulse.ts';
import {
  differenceWords,
  type Inspection,
  proveRestored,
  type Restoration,
  takeSnapshots,
} from './restoration.ts';
import { type Snapshot, snapshotCommand } from './snapshot.ts';
import { type Arena, predict, subjectOf } from './subject.ts';
import { runTrial, type TrialOutcome } from './trial-run.ts';
import { quietMs } from './watch.ts';

export interface ExperimentWishes {
  readonly preparation: Preparation;
  readonly faults: readonly FaultName[];
  readonly faultWishes: FaultWishes;
  readonly trialsEach: number;
  /** `any` injects when it comes; `sweep` spreads over the advert interval; `worst-case` right after an advert. */
  readonly timing: 'any' | 'sweep' | 'worst-case';
  readonly probes: readonly ProbeWish[];
  readonly witnesses: readonly NodeHand[];
  readonly rescueAfterMs: number;
  readonly maxOutageMs: number;
  readonly redact: RedactFrame;
  /** Names the run on the nodes: letters, digits and `-`. */
  readonly run: string;
  readonly ledger: Pick<Ledger, 'keeper' | 'access'>;
  readonly keeper: LedgerKeeper;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** What a trial gave, for telling while others still run; measuring is not known here. */
  readonly measure: (subject: Subject, trial: TrialRecord) => ReportTrial;
  /** Told once the ledger is open, for whoever must leave things to the nodes. */
  readonly onBook: (book: Book) => void;
}

export interface ExperimentResult {
  readonly subject: Subject;
  readonly trials: readonly TrialRecord[];
  readonly ended: 'complete' | 'stopped' | 'interrupted' | 'refused';
  /** Why it did not complete. */
  readonly why?: string;
  readonly restoration: Restoration;
  readonly masterAfter: string;
  /** Why it is not the one before. */
  readonly mastership?: string;
  readonly rescue: {
    readonly armedOn: readonly string[];
    readonly deadlineSeconds: number;
    readonly fired: boolean;
    readonly disarmed: boolean;
  };
  /** What is still on nodes that should not be. */
  readonly leftovers: readonly string[];
}

/** How long the nodes may take until all is as before, ms. */
const RESTORED_WITHIN_MS = 20_000;
/** keepalived may run long before the rest of a node has started, ms. */
const BOOTED_WITHIN_MS = 120_000;
/** A change of hands takes as long to reverse as the instance says. */
const restoreLimit = ({ planned }: Preparation, arena: Arena): number =>
  RESTORED_WITHIN_MS +
  Math.max(0, ...arena.members.map((member) => member.preemptDelayMs)) +
  (planned.some(({ deed }) => deed.awayMs !== undefined) ? BOOTED_WITHIN_MS : 0);

const nothingChanged: Restoration = { state: 'restored', differences: [], problems: [] };

/** A lock whose connection broke goes away by itself, a little later. */
const waitForNothing = async (hands: ReadonlyMap<string, NodeHand>): Promise<readonly string[]> => {
  const endMs = Date.now() + (lockLastsSeconds + 10) * 1000;
  await Promise.all([...hands.values()].map((hand) => hand.run(dropStaleLock)));
  for (;;) {
    const left = await leftoversOf(hands.values());
    if (left.length === 0 || Date.now() >= endMs) return left;
    await pause(500);
  }
};

type LockAll =
  | { readonly kind: 'locked'; readonly pulses: Map<string, Pulse> }
  | { readonly kind: 'refused'; readonly why: string };

const releaseAll = async (pulses: Iterable<Pulse>): Promise<void> => {
  await Promise.all([...pulses].map((pulse) => pulse.release()));
};

const lockOne = async ({ run, ledger }: ExperimentWishes, hand: NodeHand | undefined): Promise<Locked> => {
  const got = await hand?.open();
  return got?.kind === 'open'
    ? lockNode(got.transport, run, `${ledger.keeper.host} pid ${ledger.keeper.pid}`)
    : { kind: 'refused', why: got?.why ?? 'there is no connection' };
};

const lockAll = async (wishes: ExperimentWishes): Promise<LockAll> => {
  const tried = await Promise.all(
    [...wishes.preparation.hands].map(async ([node, hand]) => ({
      node,
      locked: await lockOne(wishes, hand),
    })),
  );
  const pulses = new Map(
    tried.flatMap(({ node, locked }) => (locked.kind === 'locked' ? [[node, locked.pulse] as const] : [])),
  );
  const refusals = tried.flatMap(({ node, locked }) =>
    locked.kind === 'refused' ? [`${node}: ${locked.why}`] : [],
  );
  if (refusals.length === 0) return { kind: 'locked', pulses };
  await releaseAll(pulses.values());
  return { kind: 'refused', why: refusals.join('; ') };
};

const inspectionOf = ({ arena, sites, model }: Preparation): Inspection => ({
  vips: [...new Set(model.groups.flatMap((group) => group.vips.map((vip) => vip.replace(/\/\d+$/, ''))))],
  commands: new Map(
    arena.members.map((member) => {
      const manager = sites.get(member.node)?.manager;
      return [
        member.node,
        snapshotCommand({
          manager: manager?.kind === 'known' ? manager.value : undefined,
          files: member.files,
        }),
      ] as const;
    }),
  ),
});

const phaseOf = (timing: ExperimentWishes['timing'], at: number, of: number): number | 'any' =>
  timing === 'any' ? 'any' : timing === 'worst-case' ? 0 : (at + 0.5) / of;

interface Progress {
  arena: Arena;
  readonly trials: TrialRecord[];
  readonly outcomes: TrialOutcome[];
  readonly armedOn: Set<string>;
  mastership: string | undefined;
}

interface Turn {
  readonly fault: FaultName;
  readonly index: number;
  readonly of: number;
  readonly phase: number | 'any';
}

/** One trial with a fresh look at its target; a text says why it could not be planned. */
const takeTurn = async (
  wishes: ExperimentWishes,
  bench: Bench,
  progress: Progress,
  { fault, index, of, phase }: Turn,
): Promise<TrialOutcome | string> => {
  const { arena } = progress;
  const prediction = predict(arena, faults[fault].expectedClass);
  const target = prediction === undefined ? undefined : targetOf(arena, fault, prediction);
  if (prediction === undefined || target === undefined) return 'there is no master and backup to try it with';
  const site = await surveyMember(target, wishes.preparation.hands.get(target.node));
  if (site === undefined) return `${target.node} did not answer`;
  const id = `${wishes.run}-${index}`;
  const plan = faults[fault].plan(site, wishes.faultWishes, id);
  if (plan.kind === 'refused') return plan.why;
  wishes.tell({
    kind: 'trial',
    trial: index,
    of,
    fault,
    node: target.node,
    classAsked: plan.deed.expectedClass,
    oldMaster: arena.master?.node ?? '',
    winner: prediction.winner.node,
    masterAfter: prediction.masterAfter.node,
    predictedMs: { min: prediction.takeoverMs.minMs, max: prediction.takeoverMs.maxMs },
    advertIntervalMs: arena.master?.timers.advertIntervalMs ?? arena.group.advertIntervalMs,
    quietMs: quietMs(prediction.winner.secondBurstMs),
    stop: { maxOutageMs: wishes.maxOutageMs, secondSender: plan.deed.secondSender },
  });
  const outcome = await runTrial(bench, { index, deed: plan.deed, site, arena, prediction, id, phase });
  if (outcome.rescue !== 'not-armed') progress.armedOn.add(target.node);
  if (outcome.record !== undefined) progress.trials.push(outcome.record);
  // Before the failback nothing has changed hands for good.
  if (outcome.record !== undefined && prediction.masterAfter !== arena.master) {
    progress.arena = { ...arena, master: prediction.masterAfter };
    progress.mastership = `${prediction.masterAfter.node} is master now: ${prediction.why}`;
  }
  return outcome;
};

const runTrials = async (
  wishes: ExperimentWishes,
  bench: Bench,
  progress: Progress,
  { subject, prove }: { readonly subject: Subject; readonly prove: () => Promise<Restoration> },
): Promise<Pick<ExperimentResult, 'ended' | 'why' | 'restoration'>> => {
  let restoration = nothingChanged;
  const turns = wishes.faults.flatMap((fault) =>
    Array.from({ length: wishes.trialsEach }, (_, at) => ({
      fault,
      phase: phaseOf(wishes.timing, at, wishes.trialsEach),
    })),
  );
  for (const [at, turn] of turns.entries()) {
    if (wishes.signal.aborted) return { ended: 'interrupted', why: 'interrupted', restoration };
    const outcome = await takeTurn(wishes, bench, progress, { ...turn, index: at + 1, of: turns.length });
    if (typeof outcome === 'string')
      return { ended: at === 0 ? 'refused' : 'stopped', why: outcome, restoration };
    progress.outcomes.push(outcome);
    const finish = (): void =>
      wishes.tell({
        kind: 'trial-finished',
        trial: at + 1,
        ended: outcome.ended,
        ...(outcome.why === undefined ? {} : { why: outcome.why }),
        result: outcome.record === undefined ? null : wishes.measure(subject, outcome.record),
      });
    if (outcome.rescue === 'not-armed') {
      finish();
      return {
        ended: outcome.ended === 'interrupted' ? 'interrupted' : at === 0 ? 'refused' : 'stopped',
        ...(outcome.why === undefined ? {} : { why: outcome.why }),
        restoration,
      };
    }
    wishes.tell({ kind: 'phase', phase: 'compare', step: 'begun', trial: at + 1 });
    restoration = await prove();
    wishes.tell({
      kind: 'restored-check',
      trial: at + 1,
      state: restoration.state,
      differences: differenceWords(restoration),
    });
    finish();
    if (outcome.ended === 'complete' && restoration.state === 'restored') continue;
    return {
      ended: outcome.ended === 'interrupted' ? 'interrupted' : 'stopped',
      why: outcome.why ?? 'the cluster is not as it was before',
      restoration,
    };
  }
  return { ended: 'complete', restoration };
};

const snapshotsIn = (before: ReadonlyMap<string, Snapshot>): Ledger['before'] =>
  [...before.values()].map(({ node, vipsHeld, sections }) => ({
    node,
    vipsHeld: [...vipsHeld],
    sections: [...sections].map(([name, lines]) => [name, [...lines]]),
  }));

export const runExperiment = async (wishes: ExperimentWishes): Promise<ExperimentResult> => {
  const { preparation, tell, run } = wishes;
  const { arena, hands, post } = preparation;
  const deadlineSeconds = Math.ceil(wishes.rescueAfterMs / 1000);
  const subject = subjectOf(arena, {
    where: post?.where ?? 'none',
    interface: post?.interface ?? '',
    linkType: 1,
  });
  const refuse = (why: string): ExperimentResult => ({
    subject,
    trials: [],
    ended: 'refused',
    why,
    restoration: nothingChanged,
    masterAfter: arena.master?.node ?? '',
    rescue: { armedOn: [], deadlineSeconds, fired: false, disarmed: true },
    leftovers: [],
  });
  if (post === undefined) return refuse('there is nowhere to observe from');
  tell({ kind: 'phase', phase: 'lock', step: 'begun' });
  const locked = await lockAll(wishes);
  if (locked.kind === 'refused') {
    tell({ kind: 'lock', state: 'refused', nodes: [...hands.keys()], why: locked.why });
    return refuse(locked.why);
  }
  tell({ kind: 'lock', state: 'held', nodes: [...hands.keys()] });
  try {
    const inspection = inspectionOf(preparation);
    tell({ kind: 'phase', phase: 'snapshots', step: 'begun' });
    const before = await takeSnapshots(hands, inspection);
    const unseen = arena.members.filter((member) => !before.has(member.node));
    if (unseen.length > 0)
      return refuse(`no snapshot of ${unseen.map((member) => member.node).join(', ')} could be taken`);
    tell({ kind: 'snapshot', nodes: [...before.keys()] });
    const book = await openBook(
      {
        schemaVersion: 1,
        kind: 'failover-ledger',
        run,
        startedAt: new Date().toISOString(),
        ...wishes.ledger,
        cluster: {
          vrid: arena.group.vrid,
          vip: arena.vip,
          vips: [...arena.vips],
          nodes: arena.members.map((member) => member.node),
        },
        before: snapshotsIn(before),
        snapshotCommands: [...inspection.commands].map(([node, command]) => [node, command]),
        steps: [],
        phase: 'open',
      },
      wishes.keeper,
      tell,
    );
    tell({ kind: 'ledger', state: 'opened', run });
    wishes.onBook(book);
    const { probes, witnesses, redact, rescueAfterMs, maxOutageMs, signal } = wishes;
    const bench: Bench = {
      ...{ run, hands, pulses: locked.pulses, post, witnesses, probes, redact },
      ...{ rescueAfterMs, maxOutageMs, book, signal, tell },
      lockAgain: async (node) => {
        const again = await lockOne(wishes, hands.get(node));
        if (again.kind === 'locked') locked.pulses.set(node, again.pulse);
        tell(
          again.kind === 'locked'
            ? { kind: 'lock', state: 'held', nodes: [node] }
            : { kind: 'lock', state: 'refused', nodes: [node], why: again.why },
        );
      },
    };
    const progress: Progress = { arena, trials: [], outcomes: [], armedOn: new Set(), mastership: undefined };
    const prove = (): Promise<Restoration> =>
      proveRestored(
        hands,
        inspection,
        { before, holding: { vips: arena.vips, by: progress.arena.master?.node } },
        restoreLimit(preparation, arena),
      );
    const course = await runTrials(wishes, bench, progress, { subject, prove });
    const clean = course.restoration.state === 'restored' && openSteps(book.ledger()).length === 0;
    tell({ kind: 'phase', phase: 'release', step: 'begun' });
    await releaseAll(locked.pulses.values());
    const leftovers = await waitForNothing(hands);
    tell({ kind: 'lock', state: 'released', nodes: [...hands.keys()] });
    const mayClose = clean && leftovers.length === 0;
    if (mayClose) await book.save((now) => ({ ...now, phase: 'closed' }));
    tell({ kind: 'ledger', state: mayClose ? 'closed' : 'left-open', run });
    tell({ kind: 'phase', phase: 'release', step: 'ended' });
    return {
      subject,
      trials: progress.trials,
      ...course,
      masterAfter: progress.arena.master?.node ?? '',
      ...(progress.mastership === undefined ? {} : { mastership: progress.mastership }),
      rescue: {
        armedOn: [...progress.armedOn],
        deadlineSeconds,
        fired: progress.outcomes.some((one) => one.rescue === 'had-fired'),
        disarmed: progress.outcomes.every((one) => one.rescue !== 'still-armed'),
      },
      leftovers,
    };
  } finally {
    await releaseAll(locked.pulses.values());
  }
};
