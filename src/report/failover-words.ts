// A failover document in words: what came of it, the numbers beside their predictions, the trials, what was restored and
// how it was measured. Every format and the screen lay out these same words, so none can say more than another.
import type {
  FailoverReport,
  ReportBudget,
  ReportHandover,
  ReportPrediction,
  ReportSpread,
  ReportTrial,
} from './failover.ts';
import { figureWords, msWords, phaseLabel } from './failover-story.ts';
import type { Verdict } from './report.ts';
import { countWords, secondsWords } from './story.ts';

export const countedTrials = (report: FailoverReport): readonly ReportTrial[] =>
  report.trials.filter((trial) => trial.void === null);

export const signedMs = (ms: number): string => `${ms < 0 ? '-' : '+'}${msWords(Math.abs(ms))}`;

/** The unit once. */
export const rangeWords = (min: number, max: number): string => {
  const [low, high] = [msWords(min), msWords(max)];
  return low.endsWith(' ms') && high.endsWith(' ms') ? `${low.slice(0, -3)} to ${high}` : `${low} to ${high}`;
};

export interface Outcome {
  readonly words: string;
  /** How bad it is, on the scale of a check. */
  readonly verdict: Verdict;
}

export const outcomeOf = (report: FailoverReport): Outcome => {
  if (!report.restored) return { words: 'NOT RESTORED', verdict: 'critical' };
  const trials = countedTrials(report);
  if (trials.length === 0) return { words: 'VOID', verdict: 'unknown' };
  if (trials.some((trial) => trial.newMaster === null)) return { words: 'NO TAKEOVER', verdict: 'critical' };
  if (report.budgets.some((budget) => !budget.kept)) return { words: 'OVER BUDGET', verdict: 'degraded' };
  return { words: 'MEASURED', verdict: 'healthy' };
};

const faultWords = (report: FailoverReport): string => {
  const seen = new Map<string, number>();
  for (const { fault } of report.trials) {
    const words = `${fault.name} on ${fault.node}, seen as ${fault.classObserved}`;
    seen.set(words, (seen.get(words) ?? 0) + 1);
  }
  return [...seen].map(([words, n]) => (n === 1 ? words : `${words} (${n} times)`)).join('; ');
};

/** What stands below the headline. */
export const factsWords = (report: FailoverReport): readonly string[] => {
  const { version, advertIntervalMs, downTimerAdverts } = report.configuration;
  return [
    faultWords(report),
    `VRRPv${version}, advert every ${msWords(advertIntervalMs)}, ${downTimerAdverts} adverts to wait`,
    `${secondsWords(report.durationMs)} in all`,
  ].filter((part) => part !== '');
};

const predictedWords = (predicted: ReportPrediction | null, residual: number | null): string => {
  if (predicted === null) return 'nothing to predict from';
  const { min, max, forThisPhase } = predicted;
  if (forThisPhase === null) return `predicted ${rangeWords(min, max)}`;
  const off = residual === null ? '' : `, off by ${signedMs(residual)}`;
  return `predicted ${msWords(forThisPhase)}${off}; allowed ${rangeWords(min, max)}`;
};

export interface NumberRow {
  readonly what: string;
  readonly measured: string;
  /** Prediction, losses, MACs: what stands beside the number. */
  readonly beside: string;
}

const howWords = {
  'icmp-replies': '',
  'arp-answers': 'by answers to ARP, ',
  'nd-answers': 'by answers to neighbour solicitations, ',
  'neighbour-table': 'by its table, ',
} as const;

const because = ({ reason }: { readonly reason?: string }, otherwise: string): string => reason ?? otherwise;

export const numberRows = (handover: ReportHandover): readonly NumberRow[] => {
  const { takeoverMs, fromEventMs, outageMs, arpConvergenceMs, dualOwnership, macFlips } = handover;
  const flips =
    macFlips === null ? '' : macFlips === 1 ? 'MAC changed once' : `MAC changed ${macFlips} times`;
  return [
    {
      what: 'takeover',
      measured: figureWords(takeoverMs),
      beside: because(takeoverMs, predictedWords(takeoverMs.predicted, takeoverMs.residual)),
    },
    ...(fromEventMs.value === null || fromEventMs.predicted === null
      ? []
      : [
          {
            what: 'from fault',
            measured: figureWords(fromEventMs),
            beside: predictedWords(fromEventMs.predicted, null),
          },
        ]),
    ...outageMs.map((one): NumberRow => {
      const lost = `${one.lost} of ${one.sent} lost${one.gaps.length > 1 ? ` in ${one.gaps.length} gaps` : ''}`;
      return { what: `outage ${one.probe}`, measured: figureWords(one), beside: because(one, lost) };
    }),
    ...arpConvergenceMs.map((one): NumberRow => {
      const now = one.newMac === null ? 'not settled' : `now ${one.newMac}`;
      return {
        what: `MAC ${one.observer}`,
        measured: figureWords(one),
        beside: because(one, `${howWords[one.how]}${now}`),
      };
    }),
    {
      what: 'two holders',
      measured: dualOwnership.value === 0 ? 'none seen' : figureWords(dualOwnership),
      beside: [dualOwnership.reason ?? '', flips].filter((part) => part !== '').join('; '),
    },
  ];
};

export interface SpreadRow {
  readonly what: string;
  readonly spread: ReportSpread;
  readonly n: string;
  readonly min: string;
  readonly median: string;
  readonly max: string;
  /** Where the median of all such failovers lies, with the confidence. */
  readonly interval: string;
}

/** A row as a sentence, where a table has no room. */
export const spreadSentence = ({ what, n, min, median, max, interval, spread }: SpreadRow): string =>
  spread.n === 1
    ? `${what}, one trial: ${median}`
    : `${what}, ${n} trials: min ${min}, median ${median}, max ${max}; the median lies in ${interval}`;

export const spreadHeadings = ['', 'n', 'min', 'median', 'max', 'the median lies in'] as const;

const spreadRow = (what: string, spread: ReportSpread | null): readonly SpreadRow[] =>
  spread === null
    ? []
    : [
        {
          what,
          spread,
          n: String(spread.n),
          min: msWords(spread.min),
          median: msWords(spread.median),
          max: msWords(spread.max),
          interval:
            spread.n === 1
              ? 'not known from one trial'
              : `${rangeWords(spread.interval.low, spread.interval.high)}, ${(spread.interval.confidence * 100).toFixed(1)} %`,
        },
      ];

/** Different faults are different distributions: one row of each for each. */
export const spreadRows = ({ summary: { byFault } }: FailoverReport): readonly SpreadRow[] =>
  byFault.flatMap((one) => {
    const what = (name: string): string => (byFault.length === 1 ? name : `${one.fault} ${name}`);
    return [
      ...spreadRow(what('takeover'), one.takeoverMs),
      ...spreadRow(what('outage'), one.outageMs),
      ...spreadRow(what('MAC'), one.arpConvergenceMs),
    ];
  });

export const voidedWords = ({ summary: { voided } }: FailoverReport): string | undefined =>
  voided === 0 ? undefined : `${countWords(voided, 'trial')} void and not counted`;

/** As people number trials: from 1, in the order they were run. */
export const trialNumber = (report: FailoverReport, trial: ReportTrial): number =>
  report.trials.indexOf(trial) + 1;

export const trialWords = (report: FailoverReport, trial: ReportTrial): string => {
  const number = `#${trialNumber(report, trial)}`;
  if (trial.void !== null) return `${number} void: ${trial.void}`;
  const { takeoverMs, newMaster, outageMs } = trial;
  const lost = outageMs.map((one) => `${one.probe} ${figureWords(one)}`).join(', ');
  const residual =
    takeoverMs.residual === null ? '' : ` (${signedMs(takeoverMs.residual)} to the prediction)`;
  return `${number} ${newMaster ?? 'nobody'}: takeover ${figureWords(takeoverMs)}${residual}; out ${lost}`;
};

/** The trial in the middle of the counted ones: what is drawn. */
export const typicalTrial = (report: FailoverReport): ReportTrial | undefined => {
  const sorted = countedTrials(report).toSorted(
    (a, b) => (a.takeoverMs.value ?? 0) - (b.takeoverMs.value ?? 0),
  );
  return sorted[Math.floor((sorted.length - 1) / 2)];
};

/** Who has the VIP at the end, and where a way back was measured, that handover. */
export const failbackWords = ({
  failback,
  oldMaster,
  newMaster,
}: ReportTrial): { readonly words: string; readonly handover?: ReportHandover } => {
  if (!failback.preempt)
    return { words: `${oldMaster} does not preempt: ${newMaster ?? 'the new master'} keeps the VIP` };
  if ('reason' in failback) return { words: `not measured: ${failback.reason}` };
  return {
    words: `${failback.newMaster ?? '?'} took it back from ${failback.oldMaster}`,
    handover: failback,
  };
};

export const rescueWords = ({ rescue }: FailoverReport): string => {
  const end = rescue.fired
    ? 'it fired on the node'
    : rescue.disarmed
      ? 'not needed, disarmed and gone'
      : 'still armed on the node';
  return `rescue on ${rescue.armedOn} after ${secondsWords(rescue.deadlineSeconds * 1000)}, ${
    rescue.readBack ? 'read back' : 'not read back'
  }: ${end}`;
};

export const restoredWords = ({ restored, restoration: { compared } }: FailoverReport): string =>
  restored
    ? `everything is as it was before${compared.length === 0 ? '' : `: ${compared.join(', ')}`}`
    : 'not as it was before:';

export const methodWords = (report: FailoverReport): readonly string[] => {
  const { observer, trials } = report;
  const probes = observer.probes.map(({ name, periodMs }) => `${name} every ${msWords(periodMs)}`).join(', ');
  const frames = trials.reduce((sum, trial) => sum + trial.capture.frames, 0);
  const drops = trials.map((trial) => trial.capture.dropped);
  const lost = drops.includes(null)
    ? 'drops not known'
    : `${drops.reduce<number>((sum, one) => sum + (one ?? 0), 0)} dropped`;
  const clocks = trials.at(-1)?.clocks ?? [];
  const joined = clocks
    .map(({ clock, plusMinus, method, samples }) =>
      method === 'shared-frames'
        ? `${clock} ± ${plusMinus.toFixed(2)} ms by ${samples} common frames`
        : `${clock} ± ${plusMinus.toFixed(2)} ms by ping-pong`,
    )
    .join(', ');
  return [
    `observer ${observer.where}, ${observer.interface}: ${observer.clock}; ${frames} frames, ${lost}`,
    `probes: ${probes === '' ? 'none' : probes}; an answer counts within 500 ms`,
    ...(joined === '' ? [] : [`clocks: ${joined}`]),
  ];
};

export const budgetWords = ({ name, limitMs, worstMs, kept, phase, reason }: ReportBudget): string =>
  `${name}: at most ${msWords(limitMs)}, ${worstMs === null ? 'not measured' : `worst ${msWords(worstMs)}`}: ${
    kept ? 'kept' : `broken${phase === null ? '' : `, mostly by ${phaseLabel(phase)}`}`
  }${reason === undefined ? '' : ` (${reason})`}`;

/** What could not be measured, warnings and notes: each once. */
export const openWords = (report: FailoverReport): readonly string[] => [
  ...new Set([
    ...report.gaps,
    ...report.trials.flatMap((trial) =>
      [...trial.warnings, ...trial.notes].map((words) =>
        report.trials.length === 1 ? words : `#${trialNumber(report, trial)}: ${words}`,
      ),
    ),
  ]),
];
