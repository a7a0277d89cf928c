// A failover test as an operator reads it: the numbers with their errors and predictions, the course on one axis, the
// trials, the way back, what was restored, and how it was measured. It lays out words that are chosen elsewhere.
// Colour never says what words do not.
import type { FailoverReport, ReportHandover, ReportTrial } from './failover.ts';
import { drawHandover, drawSpread } from './failover-axis.ts';
import { msWords, phaseLabel } from './failover-story.ts';
import {
  budgetWords,
  countedTrials,
  factsWords,
  failbackWords,
  methodWords,
  numberRows,
  openWords,
  outcomeOf,
  rescueWords,
  restoredWords,
  spreadHeadings,
  spreadRows,
  spreadSentence,
  trialNumber,
  trialWords,
  typicalTrial,
  voidedWords,
} from './failover-words.ts';
import type { Verdict } from './report.ts';
import { type Desk, deskFor, section, sentences } from './text-desk.ts';
import { columnsOf, type Paint, pad, paint, type TerminalStyle, table, wrap } from './typeset.ts';

const verdictPaint: Record<Verdict, Paint> = {
  critical: 'red',
  degraded: 'yellow',
  healthy: 'green',
  unknown: 'yellow',
};

const head = (desk: Desk, report: FailoverReport): readonly string[] => {
  const { style, glyphs } = desk;
  const { words, verdict } = outcomeOf(report);
  const label = `${glyphs.verdict[verdict]} ${words}`;
  const hang = columnsOf(label) + 2;
  const facts = factsWords(report).join(` ${glyphs.dot} `);
  const lines = wrap(desk.safe(report.headline), style.width - hang);
  return [
    ...lines.map((line, at) =>
      at === 0
        ? `${paint(style, label, verdictPaint[verdict], 'bold')}  ${paint(style, line, 'bold')}`
        : `${' '.repeat(hang)}${paint(style, line, 'bold')}`,
    ),
    ...wrap(desk.safe(facts), style.width - hang).map(
      (line) => `${' '.repeat(hang)}${paint(style, line, 'dim')}`,
    ),
  ];
};

/** Columns at most, of the first two; a third narrower than the last of these is not read with pleasure. */
const layout = { what: 18, measured: 20, leastBeside: 24 } as const;

const numberLines = (desk: Desk, handover: ReportHandover): readonly string[] => {
  const rows = numberRows(handover).map(({ what, measured, beside }) =>
    [what, measured, beside].map(desk.safe),
  );
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

/** All takeovers on one line, where they are of one fault. */
const spreadStrip = (desk: Desk, { summary }: FailoverReport): readonly string[] => {
  const { takeoverMs, byFault } = summary;
  if (takeoverMs === null || byFault.length > 1) return [];
  const [least, most] = [msWords(takeoverMs.min), msWords(takeoverMs.max)];
  const width = Math.min(48, desk.room - columnsOf(least) - columnsOf(most) - 4);
  if (width < 8) return [];
  const { unicode } = desk.style;
  return [`${least}  ${drawSpread(takeoverMs.values, { width, unicode })}  ${most}`];
};

const summaryLines = (desk: Desk, report: FailoverReport): readonly string[] => {
  const rows = spreadRows(report);
  const cells = rows.map(({ what, n, min, median, max, interval }) =>
    [what, n, min, median, max, interval].map(desk.safe),
  );
  const set = table([spreadHeadings, ...cells], desk.room);
  const lines =
    set === 'too-wide'
      ? rows.flatMap((row) => wrap(desk.safe(spreadSentence(row)), desk.room))
      : set.map((line, at) => (at === 0 ? paint(desk.style, line, 'dim') : line));
  const voided = voidedWords(report);
  return [...lines, ...spreadStrip(desk, report), ...(voided === undefined ? [] : wrap(voided, desk.room))];
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
  const { words, handover } = failbackWords(trial);
  return [...sentences(desk, words), ...(handover === undefined ? [] : numberLines(desk, handover))];
};

const afterLines = (desk: Desk, report: FailoverReport): readonly string[] => [
  ...sentences(desk, restoredWords(report)).map((line) =>
    report.restored ? line : paint(desk.style, line, 'red'),
  ),
  ...report.restoration.differences.flatMap((difference) => sentences(desk, difference)),
  ...sentences(desk, rescueWords(report)),
];

const block = (desk: Desk, label: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', ...section(desk, label, lines)];

export const renderFailoverText = (report: FailoverReport, style: TerminalStyle): string => {
  const desk = deskFor({ ...style, width: Math.max(20, style.width) });
  const all = (words: readonly string[]): readonly string[] => words.flatMap((one) => sentences(desk, one));
  const drawn = typicalTrial(report);
  const several = countedTrials(report).length > 1;
  const lines = [
    ...head(desk, report),
    ...(several ? block(desk, 'summary', summaryLines(desk, report)) : []),
    ...(drawn === undefined
      ? []
      : block(desk, several ? `#${trialNumber(report, drawn)}` : 'numbers', numberLines(desk, drawn))),
    ...(drawn === undefined ? [] : block(desk, 'course', courseLines(desk, drawn))),
    ...(report.trials.length > 1 || drawn === undefined
      ? block(desk, 'trials', all(report.trials.map((trial) => trialWords(report, trial))))
      : []),
    ...(drawn === undefined ? [] : block(desk, 'return', failbackLines(desk, drawn))),
    ...block(desk, 'budgets', all(report.budgets.map(budgetWords))),
    ...block(desk, 'after', afterLines(desk, report)),
    ...block(
      desk,
      'method',
      all(methodWords(report)).map((line) => paint(desk.style, line, 'dim')),
    ),
    ...block(desk, 'open', all(openWords(report))),
  ];
  return `${lines.join('\n')}\n`;
};
