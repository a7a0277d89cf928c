// A failover test as an operator reads it: the numbers with their errors and predictions, the course on one axis, the
// trials, the way back, what was restored, and how it was measured. Colour never says what words do not.
import type { FailoverReport, ReportHandover, ReportSpread, ReportTrial } from './failover.ts';
import { drawHandover, drawSpread } from './failover-axis.ts';
import { figureWords, msWords, phaseLabel } from './failover-story.ts';
import { countWords, secondsWords } from './story.ts';
import { type Desk, deskFor, section, sentences } from './text-desk.ts';
import { columnsOf, type Paint, pad, paint, type TerminalStyle, table, wrap } from './typeset.ts';

const counted = (report: FailoverReport): readonly ReportTrial[] =>
  report.trials.filter((trial) => trial.void === null);

const signed = (ms: number): string => `${ms < 0 ? '-' : '+'}${msWords(Math.abs(ms))}`;

/** The unit once. */
const rangeWords = (min: number, max: number): string => {
  const [low, high] = [msWords(min), msWords(max)];
  return low.endsWith(' ms') && high.endsWith(' ms') ? `${low.slice(0, -3)} to ${high}` : `${low} to ${high}`;
};

const outcome = (
  report: FailoverReport,
): {
  readonly words: string;
  readonly mark: 'critical' | 'degraded' | 'healthy' | 'unknown';
  readonly paint: Paint;
} => {
  if (!report.restored) return { words: 'NOT RESTORED', mark: 'critical', paint: 'red' };
  const trials = counted(report);
  if (trials.length === 0) return { words: 'VOID', mark: 'unknown', paint: 'yellow' };
  if (trials.some((trial) => trial.newMaster === null))
    return { words: 'NO TAKEOVER', mark: 'critical', paint: 'red' };
  if (report.budgets.some((budget) => !budget.kept))
    return { words: 'OVER BUDGET', mark: 'degraded', paint: 'yellow' };
  return { words: 'MEASURED', mark: 'healthy', paint: 'green' };
};

const faultWords = (report: FailoverReport): string => {
  const seen = new Map<string, number>();
  for (const { fault } of report.trials) {
    const words = `${fault.name} on ${fault.node}, seen as ${fault.classObserved}`;
    seen.set(words, (seen.get(words) ?? 0) + 1);
  }
  return [...seen].map(([words, n]) => (n === 1 ? words : `${words} (${n} times)`)).join('; ');
};

const head = (desk: Desk, report: FailoverReport): readonly string[] => {
  const { style, glyphs } = desk;
  const { words, mark, paint: colour } = outcome(report);
  const label = `${glyphs.verdict[mark]} ${words}`;
  const hang = columnsOf(label) + 2;
  const { version, advertIntervalMs, downTimerAdverts } = report.configuration;
  const meta = [
    faultWords(report),
    `VRRPv${version}, advert every ${msWords(advertIntervalMs)}, ${downTimerAdverts} adverts to wait`,
    `${secondsWords(report.durationMs)} in all`,
  ]
    .filter((part) => part !== '')
    .join(` ${glyphs.dot} `);
  const lines = wrap(desk.safe(report.headline), style.width - hang);
  return [
    ...lines.map((line, at) =>
      at === 0
        ? `${paint(style, label, colour, 'bold')}  ${paint(style, line, 'bold')}`
        : `${' '.repeat(hang)}${paint(style, line, 'bold')}`,
    ),
    ...wrap(desk.safe(meta), style.width - hang).map(
      (line) => `${' '.repeat(hang)}${paint(style, line, 'dim')}`,
    ),
  ];
};

const predictedWords = (
  predicted: ReportHandover['takeoverMs']['predicted'],
  residual: number | null,
): string => {
  if (predicted === null) return 'nothing to predict from';
  const { min, max, forThisPhase } = predicted;
  if (forThisPhase === null) return `predicted ${rangeWords(min, max)}`;
  const off = residual === null ? '' : `, off by ${signed(residual)}`;
  return `predicted ${msWords(forThisPhase)}${off}; allowed ${rangeWords(min, max)}`;
};

type Row = readonly [what: string, measured: string, beside: string];

const howWords = {
  'icmp-replies': '',
  'arp-answers': 'by answers to ARP, ',
  'nd-answers': 'by answers to neighbour solicitations, ',
  'neighbour-table': 'by its table, ',
} as const;

const because = ({ reason }: { readonly reason?: string }, otherwise: string): string => reason ?? otherwise;

const numberRows = (handover: ReportHandover): readonly Row[] => {
  const { takeoverMs, fromEventMs, outageMs, arpConvergenceMs, dualOwnership, macFlips } = handover;
  const flips =
    macFlips === null ? '' : macFlips === 1 ? 'MAC changed once' : `MAC changed ${macFlips} times`;
  return [
    [
      'takeover',
      figureWords(takeoverMs),
      because(takeoverMs, predictedWords(takeoverMs.predicted, takeoverMs.residual)),
    ],
    ...(fromEventMs.value === null || fromEventMs.predicted === null
      ? []
      : [['from fault', figureWords(fromEventMs), predictedWords(fromEventMs.predicted, null)] as const]),
    ...outageMs.map((one): Row => {
      const lost = `${one.lost} of ${one.sent} lost${one.gaps.length > 1 ? ` in ${one.gaps.length} gaps` : ''}`;
      return [`outage ${one.probe}`, figureWords(one), because(one, lost)];
    }),
    ...arpConvergenceMs.map((one): Row => {
      const now = one.newMac === null ? 'not settled' : `now ${one.newMac}`;
      return [`MAC ${one.observer}`, figureWords(one), because(one, `${howWords[one.how]}${now}`)];
    }),
    [
      'two holders',
      dualOwnership.value === 0 ? 'none seen' : figureWords(dualOwnership),
      [dualOwnership.reason ?? '', flips].filter((part) => part !== '').join('; '),
    ],
  ];
};

/** Columns at most, of the first two; a third narrower than the last of these is not read with pleasure. */
const layout = { what: 18, measured: 20, leastBeside: 24 } as const;

const numberLines = (desk: Desk, handover: ReportHandover): readonly string[] => {
  const rows = numberRows(handover).map((row) => row.map(desk.safe));
  const widest = (at: number, most: number): number =>
    Math.min(most, Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))));
  const columns = [widest(0, layout.what), widest(1, layout.measured)] as const;
  const beside = desk.room - columns[0] - columns[1] - 4;
  const lines = rows.flatMap(([what = '', measured = '', more = '']) => {
    const fits = columnsOf(what) <= columns[0] && columnsOf(measured) <= columns[1];
    if (beside < layout.leastBeside || !fits)
      return [
        ...wrap(`${what}: ${measured}`, desk.room),
        ...wrap(more, desk.room - 2).map((line) => paint(desk.style, `  ${line}`, 'dim')),
      ];
    const wrapped = wrap(more, beside);
    const first = `${pad(what, columns[0])}  ${paint(desk.style, pad(measured, columns[1]), 'bold')}  ${wrapped[0] ?? ''}`;
    return [
      wrapped.length === 0 ? first.trimEnd() : first,
      ...wrapped.slice(1).map((line) => `${' '.repeat(columns[0] + columns[1] + 4)}${line}`),
    ];
  });
  const { residualReason } = handover.takeoverMs;
  return residualReason === undefined ? lines : [...lines, ...sentences(desk, residualReason)];
};

const spreadRow = (name: string, spread: ReportSpread | null): readonly (readonly string[])[] => {
  if (spread === null) return [];
  const { interval } = spread;
  return [
    [
      name,
      String(spread.n),
      msWords(spread.min),
      msWords(spread.median),
      msWords(spread.max),
      `${rangeWords(interval.low, interval.high)}, ${(interval.confidence * 100).toFixed(1)} %`,
    ],
  ];
};

const summaryLines = (desk: Desk, report: FailoverReport): readonly string[] => {
  const { takeoverMs, byFault, voided } = report.summary;
  // Different faults are different distributions: one row of each for each.
  const rows = byFault.flatMap((one) => {
    const what = (name: string): string => (byFault.length === 1 ? name : `${desk.safe(one.fault)} ${name}`);
    return [
      ...spreadRow(what('takeover'), one.takeoverMs),
      ...spreadRow(what('outage'), one.outageMs),
      ...spreadRow(what('MAC'), one.arpConvergenceMs),
    ];
  });
  const headings = ['', 'n', 'min', 'median', 'max', 'the median lies in'];
  const set = table([headings, ...rows], desk.room);
  const lines =
    set === 'too-wide'
      ? rows.flatMap(([name, n, min, median, max, interval]) =>
          wrap(
            `${name}, ${n} trials: min ${min}, median ${median}, max ${max}; the median lies in ${interval}`,
            desk.room,
          ),
        )
      : set.map((line, at) => (at === 0 ? paint(desk.style, line, 'dim') : line));
  const [least, most] = [takeoverMs?.min, takeoverMs?.max];
  const strip =
    takeoverMs === null || least === undefined || most === undefined || byFault.length > 1
      ? []
      : (() => {
          const ends = [msWords(least), msWords(most)] as const;
          const width = Math.min(48, desk.room - columnsOf(ends[0]) - columnsOf(ends[1]) - 4);
          return width < 8
            ? []
            : [
                `${ends[0]}  ${drawSpread(takeoverMs.values, { width, unicode: desk.style.unicode })}  ${ends[1]}`,
              ];
        })();
  return [
    ...lines,
    ...strip,
    ...(voided === 0 ? [] : wrap(`${countWords(voided, 'trial')} void and not counted`, desk.room)),
  ];
};

const trialLines = (desk: Desk, report: FailoverReport): readonly string[] =>
  report.trials.flatMap((trial) => {
    const number = `#${trial.index + 1}`;
    if (trial.void !== null) return sentences(desk, `${number} void: ${trial.void}`);
    const { takeoverMs, newMaster, outageMs } = trial;
    const lost = outageMs.map((one) => `${one.probe} ${figureWords(one)}`).join(', ');
    const residual =
      takeoverMs.residual === null ? '' : ` (${signed(takeoverMs.residual)} to the prediction)`;
    return sentences(
      desk,
      `${number} ${newMaster ?? 'nobody'}: takeover ${figureWords(takeoverMs)}${residual}; out ${lost}`,
    );
  });

/** The trial in the middle of the counted ones: what is drawn. */
const typical = (report: FailoverReport): ReportTrial | undefined => {
  const sorted = counted(report).toSorted((a, b) => (a.takeoverMs.value ?? 0) - (b.takeoverMs.value ?? 0));
  return sorted[Math.floor((sorted.length - 1) / 2)];
};

const courseLines = (desk: Desk, trial: ReportTrial): readonly string[] => {
  const picture = drawHandover(trial, { width: desk.room, unicode: desk.style.unicode });
  if (picture !== 'too-narrow') return picture.map(desk.safe);
  return trial.phaseSpans.flatMap(({ name, fromMs, toMs }) =>
    fromMs === null || toMs === null
      ? []
      : sentences(desk, `${phaseLabel(name)}: ${msWords(toMs - fromMs)}, up to ${msWords(toMs)}`),
  );
};

const failbackLines = (desk: Desk, trial: ReportTrial): readonly string[] => {
  const { failback, oldMaster, newMaster } = trial;
  if (!failback.preempt)
    return sentences(desk, `${oldMaster} does not preempt: ${newMaster ?? 'the new master'} keeps the VIP`);
  if ('reason' in failback) return sentences(desk, `not measured: ${failback.reason}`);
  return [
    ...sentences(desk, `${failback.newMaster ?? '?'} took it back from ${failback.oldMaster}`),
    ...numberLines(desk, failback),
  ];
};

const rescueWords = ({ rescue }: FailoverReport): string => {
  const end = rescue.fired
    ? 'it fired on the node'
    : rescue.disarmed
      ? 'not needed, disarmed and gone'
      : 'still armed on the node';
  return `rescue on ${rescue.armedOn} after ${secondsWords(rescue.deadlineSeconds * 1000)}, ${
    rescue.readBack ? 'read back' : 'not read back'
  }: ${end}`;
};

const afterLines = (desk: Desk, report: FailoverReport): readonly string[] => {
  const { compared, differences } = report.restoration;
  const state = report.restored
    ? `everything is as it was before${compared.length === 0 ? '' : `: ${compared.join(', ')}`}`
    : 'not as it was before:';
  return [
    ...sentences(desk, state).map((line) => (report.restored ? line : paint(desk.style, line, 'red'))),
    ...differences.flatMap((difference) => sentences(desk, difference)),
    ...sentences(desk, rescueWords(report)),
  ];
};

const methodLines = (desk: Desk, report: FailoverReport): readonly string[] => {
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
    ...sentences(
      desk,
      `observer ${observer.where}, ${observer.interface}: ${observer.clock}; ${frames} frames, ${lost}`,
    ),
    ...sentences(desk, `probes: ${probes === '' ? 'none' : probes}; an answer counts within 500 ms`),
    ...(joined === '' ? [] : sentences(desk, `clocks: ${joined}`)),
  ].map((line) => paint(desk.style, line, 'dim'));
};

const budgetLines = (desk: Desk, report: FailoverReport): readonly string[] =>
  report.budgets.flatMap(({ name, limitMs, worstMs, kept, phase, reason }) =>
    sentences(
      desk,
      `${name}: at most ${msWords(limitMs)}, ${worstMs === null ? 'not measured' : `worst ${msWords(worstMs)}`}: ${
        kept ? 'kept' : `broken${phase === null ? '' : `, mostly by ${phaseLabel(phase)}`}`
      }${reason === undefined ? '' : ` (${reason})`}`,
    ),
  );

const openLines = (desk: Desk, report: FailoverReport): readonly string[] => {
  const said = [
    ...report.gaps,
    ...report.trials.flatMap(({ warnings, notes, index }) =>
      [...warnings, ...notes].map((words) =>
        report.trials.length === 1 ? words : `#${index + 1}: ${words}`,
      ),
    ),
  ];
  return [...new Set(said)].flatMap((words) => sentences(desk, words));
};

const block = (desk: Desk, label: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', ...section(desk, label, lines)];

export const renderFailoverText = (report: FailoverReport, style: TerminalStyle): string => {
  const desk = deskFor({ ...style, width: Math.max(20, style.width) });
  const drawn = typical(report);
  const several = counted(report).length > 1;
  const lines = [
    ...head(desk, report),
    ...(several ? block(desk, 'summary', summaryLines(desk, report)) : []),
    ...(drawn === undefined
      ? []
      : block(desk, several ? `#${drawn.index + 1}` : 'numbers', numberLines(desk, drawn))),
    ...(drawn === undefined ? [] : block(desk, 'course', courseLines(desk, drawn))),
    ...(report.trials.length > 1 || drawn === undefined
      ? block(desk, 'trials', trialLines(desk, report))
      : []),
    ...(drawn === undefined ? [] : block(desk, 'return', failbackLines(desk, drawn))),
    ...block(desk, 'budgets', budgetLines(desk, report)),
    ...block(desk, 'after', afterLines(desk, report)),
    ...block(desk, 'method', methodLines(desk, report)),
    ...block(desk, 'open', openLines(desk, report)),
  ];
  return `${lines.join('\n')}\n`;
};
