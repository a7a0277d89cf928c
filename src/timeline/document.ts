// Measured trials as the document that scripts and renderers rely on: the same values, rounded to µs. What the run did
// to the cluster, and what became of it, is told by whoever ran it.
import type {
  FailoverReport,
  ReportFailback,
  ReportFigure,
  ReportHandover,
  ReportPhaseName,
  ReportPrediction,
  ReportTrial,
} from '../report/failover.ts';
import { failoverHeadline } from '../report/failover-story.ts';
import { type BudgetLimits, judgeBudgets } from './budgets.ts';
import type { Figure, MeasuredHandover, MeasuredTrial, Predicted } from './measured.ts';
import { spreadOf } from './summary.ts';
import type { ProbeRun, Subject, TrialRecord } from './trial.ts';

export interface RunFacts
  extends Pick<
    FailoverReport,
    'tool' | 'startedAt' | 'durationMs' | 'cluster' | 'restored' | 'restoration' | 'rescue' | 'gaps'
  > {
  readonly budgets: BudgetLimits;
  readonly probes: readonly Pick<ProbeRun, 'name' | 'periodMs'>[];
  readonly stamps: TrialRecord['stamps'];
}

/** µs: finer than any of the clocks is right. */
const round = (value: number): number => Math.round(value * 1000) / 1000;

const figure = (measured: Figure): ReportFigure =>
  measured.kind === 'not-measured'
    ? { value: null, plusMinus: null, bound: 'exact', reason: measured.reason }
    : {
        value: round(measured.valueMs),
        plusMinus: round(measured.plusMinusMs),
        bound: measured.kind === 'measured' ? 'exact' : 'at-least',
        ...(measured.kind === 'at-least' ? { reason: measured.reason } : {}),
      };

const prediction = (predicted: Predicted | undefined): ReportPrediction | null =>
  predicted === undefined
    ? null
    : {
        min: round(predicted.minMs),
        max: round(predicted.maxMs),
        forThisPhase: predicted.forThisPhaseMs === undefined ? null : round(predicted.forThisPhaseMs),
      };

const durations = (handover: MeasuredHandover): Record<ReportPhaseName, number | null> => {
  const took = (name: ReportPhaseName): number | null => {
    const span = handover.phases.find((phase) => phase.name === name)?.span;
    return span === undefined ? null : round(span.toMs - span.fromMs);
  };
  return {
    detection: took('detection'),
    addressConfigured: took('addressConfigured'),
    announcement: took('announcement'),
    neighbour: took('neighbour'),
    firstService: took('firstService'),
  };
};

const handoverOf = (handover: MeasuredHandover): ReportHandover => {
  const { residual } = handover;
  const dualOwnership = figure(handover.dualOwnership);
  return {
    oldMaster: handover.oldMaster,
    newMaster: handover.newMaster ?? null,
    takeoverMs: {
      ...figure(handover.takeover),
      predicted: prediction(handover.predicted),
      residual: residual === undefined ? null : round(residual.ms),
      ...(residual?.reason === undefined ? {} : { residualReason: residual.reason }),
    },
    fromEventMs: { ...figure(handover.fromEvent), predicted: prediction(handover.predictedFromEvent) },
    outageMs: handover.outages.map(({ probe, observer, outage, sent, lost, gaps }) => ({
      probe,
      observer,
      ...figure(outage),
      sent,
      lost,
      gaps: gaps.map((gap) => ({ fromMs: round(gap.fromMs), toMs: round(gap.toMs), lost: gap.lost })),
    })),
    arpConvergenceMs: handover.convergence.map(({ observer, how, converged, oldMac, newMac }) => ({
      observer,
      how,
      ...figure(converged),
      oldMac: oldMac ?? null,
      newMac: newMac ?? null,
    })),
    phases: durations(handover),
    phaseSpans: handover.phases.map(({ name, span, note }) => ({
      name,
      fromMs: span === undefined ? null : round(span.fromMs),
      toMs: span === undefined ? null : round(span.toMs),
      plusMinus: span === undefined ? null : round(span.plusMinusMs),
      note,
    })),
    dualOwnershipMs: dualOwnership.value,
    dualOwnership,
    macFlips: handover.macFlips ?? null,
    moments: handover.moments.map(({ name, where, atMs, plusMinusMs }) => ({
      name,
      where,
      atMs: round(atMs),
      plusMinus: round(plusMinusMs),
    })),
    lanes: handover.lanes.map(({ probe, spans }) => ({
      probe,
      spans: spans.map(({ fromMs, toMs, by }) => ({ fromMs: round(fromMs), toMs: round(toMs), by })),
    })),
    notes: handover.notes,
  };
};

const failbackOf = ({ failback }: MeasuredTrial): ReportFailback => {
  if (failback.kind === 'no-preempt') return { preempt: false };
  if (failback.kind === 'not-measured') return { preempt: true, reason: failback.reason };
  return { ...handoverOf(failback.handover), preempt: true };
};

export const trialOf = (trial: MeasuredTrial): ReportTrial => ({
  index: trial.index,
  fault: {
    name: trial.fault.name,
    node: trial.fault.node,
    injectedFromNs: Number(trial.injected.from.ns),
    injectedToNs: Number(trial.injected.to.ns),
    clock: trial.injected.from.clock,
    classAsked: trial.fault.classAsked,
    classObserved: trial.fault.classObserved,
    because: trial.fault.because,
  },
  void: trial.void ?? null,
  ...handoverOf(trial.handover),
  failback: failbackOf(trial),
  clocks: trial.clocks.map(({ clock, offsetNs, plusMinusNs, method, samples }) => ({
    clock,
    offsetNs: Number(offsetNs),
    plusMinus: round(plusMinusNs / 1e6),
    method,
    samples,
  })),
  capture: {
    frames: trial.capture.frames,
    dropped: trial.capture.droppedByKernel === 'unknown' ? null : trial.capture.droppedByKernel,
  },
  warnings: trial.warnings,
});

type Value = { readonly value: number; readonly bound: ReportFigure['bound'] };

const valuesOf = ({ value, bound }: ReportFigure): readonly Value[] =>
  value === null ? [] : [{ value, bound }];

const worst = (figures: readonly ReportFigure[]): readonly Value[] => {
  const sorted = figures.flatMap(valuesOf).sort((a, b) => b.value - a.value);
  return sorted.slice(0, 1);
};

/** What a client feels: ARP questions only stand in where no traffic was sent. */
export const trafficOutages = (handover: Pick<ReportHandover, 'outageMs'>): readonly ReportFigure[] => {
  const traffic = handover.outageMs.filter(({ probe }) => probe !== 'arp' && probe !== 'nd');
  return traffic.length > 0 ? traffic : handover.outageMs;
};

const isMeasured = (failback: ReportFailback): failback is ReportHandover & { readonly preempt: true } =>
  'takeoverMs' in failback;

const spreads = (handovers: readonly ReportHandover[]) => {
  const rounded = (values: readonly Value[]) => {
    const spread = spreadOf(values);
    if (spread === undefined) return null;
    const { interval } = spread;
    return {
      ...spread,
      median: round(spread.median),
      interval: { ...interval, confidence: round(interval.confidence) },
    };
  };
  return {
    takeoverMs: rounded(handovers.flatMap(({ takeoverMs }) => valuesOf(takeoverMs))),
    outageMs: rounded(handovers.flatMap((handover) => worst(trafficOutages(handover)))),
    arpConvergenceMs: rounded(handovers.flatMap(({ arpConvergenceMs }) => worst(arpConvergenceMs))),
  };
};

const stampWords = ({ method, plusMinusNs }: TrialRecord['stamps']): string =>
  `${method === 'kernel' ? 'frames stamped by the kernel' : 'frames stamped on arrival'}, ± ${round(plusMinusNs / 1e6)} ms`;

/** `trials` in the order they were run; void ones stay in the document and out of the summary. */
export const composeFailover = (
  subject: Subject,
  trials: readonly MeasuredTrial[],
  run: RunFacts,
): FailoverReport => {
  const written = trials.map(trialOf);
  const counted = written.filter((trial) => trial.void === null);
  const report: FailoverReport = {
    schemaVersion: 1,
    kind: 'failover',
    tool: run.tool,
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    headline: '',
    cluster: run.cluster,
    configuration: {
      vip: subject.vip,
      version: subject.version,
      advertIntervalMs: subject.advertIntervalMs,
      downTimerAdverts: subject.downTimerAdverts,
      members: subject.members.map(({ node, effectivePriority, preempt, preemptDelayMs }) => ({
        node,
        effectivePriority,
        preempt: preempt === 'on',
        preemptDelayMs,
      })),
    },
    observer: {
      where: subject.observer.where,
      interface: subject.observer.interface,
      clock: stampWords(run.stamps),
      stampErrorMs: round(run.stamps.plusMinusNs / 1e6),
      probes: run.probes.map(({ name, periodMs }) => ({ name, periodMs })),
    },
    restored: run.restored,
    restoration: run.restoration,
    rescue: run.rescue,
    trials: written,
    summary: {
      ...spreads(counted),
      failback: spreads(counted.map((trial) => trial.failback).filter(isMeasured)),
      byFault: [...new Set(counted.map((trial) => trial.fault.name))].map((fault) => ({
        fault,
        ...spreads(counted.filter((trial) => trial.fault.name === fault)),
      })),
      voided: written.length - counted.length,
    },
    budgets: judgeBudgets(counted, run.budgets),
    gaps: run.gaps,
  };
  return { ...report, headline: failoverHeadline(report) };
};
