// The result: the course of one trial on one axis, its numbers beside their predictions, all trials together, the way
// back, budgets, what was restored and how it was measured. The same words as in every format.
import type { FailoverReport, ReportHandover, ReportTrial } from '../../report/failover.ts';
import { drawHandover, drawSpread } from '../../report/failover-axis.ts';
import { msWords, phaseLabel } from '../../report/failover-story.ts';
import {
  budgetWords,
  countedTrials,
  factsWords,
  failbackWords,
  methodWords,
  numberRows,
  openWords,
  rescueWords,
  restoredWords,
  spreadHeadings,
  spreadRows,
  spreadSentence,
  trialWords,
  voidedWords,
} from '../../report/failover-words.ts';
import { columnsOf, wrap } from '../../report/typeset.ts';
import { emptyLine, hang, type Line, line, span, tabulate, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme, Tone } from '../theme.ts';
import { type FailoverState, shownPlace } from './state.ts';

const labelColumns = 10;

interface Place {
  readonly columns: number;
  readonly room: number;
  readonly theme: Theme;
}

const section = (label: string, lines: readonly Line[], { columns }: Place): readonly Line[] =>
  lines.length === 0
    ? []
    : columns < 50
      ? [line(' ', span(label, 'strong')), ...lines.map((one) => [span('   '), ...one]), emptyLine]
      : [...hang(line(' ', span(label, 'strong')), lines, labelColumns), emptyLine];

const sentences = (texts: readonly string[], { room, theme }: Place, tone: Tone = 'plain'): readonly Line[] =>
  texts.flatMap((text) => wrapped(theme.safe(text), room, tone));

const numberLines = (handover: ReportHandover, place: Place): readonly Line[] => {
  const { room, theme } = place;
  const rows = numberRows(handover);
  const width = (texts: readonly string[]): number =>
    Math.max(...texts.map((text) => columnsOf(theme.safe(text))));
  const what = width(rows.map((row) => row.what));
  const measured = width(rows.map((row) => row.measured));
  const beside = room - what - measured - 4;
  const { residualReason } = handover.takeoverMs;
  return [
    ...rows.flatMap((row): readonly Line[] => {
      if (beside < 20)
        return [
          ...wrap(theme.safe(`${row.what}: ${row.measured}`), room).map((text) => line(span(text, 'strong'))),
          ...wrap(theme.safe(row.beside), room - 2).map((text) => line('  ', span(text, 'quiet'))),
        ];
      const words = wrap(theme.safe(row.beside), beside);
      const head = line(
        theme.safe(row.what).padEnd(what),
        '  ',
        span(theme.safe(row.measured).padEnd(measured), 'strong'),
        '  ',
      );
      return words.length === 0
        ? [head]
        : hang(
            head,
            words.map((text) => line(span(text, 'quiet'))),
            what + measured + 4,
          );
    }),
    ...(residualReason === undefined ? [] : sentences([residualReason], place, 'warn')),
  ];
};

const courseLines = (handover: ReportHandover, place: Place): readonly Line[] => {
  const { room, theme } = place;
  const picture = drawHandover(handover, { width: room, unicode: theme.charset });
  if (picture === 'too-narrow')
    return handover.phaseSpans.flatMap(({ name, fromMs, toMs }) =>
      fromMs === null || toMs === null
        ? []
        : sentences([`${phaseLabel(name)}: ${msWords(toMs - fromMs)}, up to ${msWords(toMs)}`], place),
    );
  return picture.map((text, at) => line(span(theme.safe(text), at === 0 ? 'quiet' : 'plain')));
};

const summaryLines = (report: FailoverReport, place: Place): readonly Line[] => {
  const { room, theme } = place;
  const { takeoverMs, byFault } = report.summary;
  const cells = spreadRows(report).map(({ what, n, min, median, max, interval }) =>
    [what, n, min, median, max, interval].map((text, at) =>
      line(span(theme.safe(text), at === 3 ? 'strong' : 'plain')),
    ),
  );
  const head = spreadHeadings.map((text) => line(span(text, 'quiet')));
  const table = tabulate([head, ...cells], room);
  const rows = table === 'too-wide' ? sentences(spreadRows(report).map(spreadSentence), place) : table;
  const voided = voidedWords(report);
  const ends = takeoverMs === null ? 0 : columnsOf(`${msWords(takeoverMs.min)}${msWords(takeoverMs.max)}`);
  const width = Math.min(48, room - ends - 4);
  const strip =
    takeoverMs === null || byFault.length > 1 || width < 8
      ? []
      : [
          line(
            span(msWords(takeoverMs.min), 'quiet'),
            '  ',
            span(drawSpread(takeoverMs.values, { width, unicode: theme.charset }), 'accent'),
            '  ',
            span(msWords(takeoverMs.max), 'quiet'),
          ),
        ];
  return [...rows, ...strip, ...(voided === undefined ? [] : sentences([voided], place, 'warn'))];
};

const trialLines = (report: FailoverReport, at: number, place: Place): readonly Line[] =>
  report.trials.flatMap((trial, index) => {
    const pointer = index === at ? span(`${place.theme.glyphs.pointer} `, 'accent') : span('  ');
    const tone: Tone = trial.void !== null ? 'warn' : index === at ? 'strong' : 'plain';
    return hang(
      [pointer],
      wrapped(place.theme.safe(trialWords(report, trial)), Math.max(8, place.room - 2), tone),
      2,
    );
  });

/** Which of the trials is shown below. */
const whichLines = ({ report, shown }: FailoverState, at: number, place: Place): readonly Line[] => {
  const count = report?.trials.length ?? 0;
  const why = shown === undefined ? ', the one in the middle' : '';
  const keys = place.theme.charset === 'utf8' ? '← →' : 'Left and Right';
  return [line(span(`#${at + 1} of ${count}${why}`, 'strong'), span(`   ${keys} shows another`, 'quiet'))];
};

const backLines = (trial: ReportTrial, place: Place): readonly Line[] => {
  const { words, handover } = failbackWords(trial);
  return [...sentences([words], place), ...(handover === undefined ? [] : numberLines(handover, place))];
};

export const resultPane = (state: FailoverState, { size, theme }: Surroundings): readonly Line[] => {
  const { report, ending } = state;
  const { columns } = size;
  const room = Math.max(8, columns - (columns < 50 ? 3 : labelColumns) - 1);
  const place = { columns, room, theme };
  const said = ending === undefined ? [] : ending.details.slice(report === undefined ? 1 : 0);
  const words = section('end', sentences(said, place, ending?.mark ?? 'plain'), place);
  if (report === undefined) return words;
  const at = shownPlace(state);
  const trial = report.trials[at];
  const several = report.trials.length > 1;
  return [
    ...words,
    ...(countedTrials(report).length > 1 ? section('all', summaryLines(report, place), place) : []),
    ...(trial === undefined
      ? []
      : [
          ...(several ? section('trial', whichLines(state, at, place), place) : []),
          ...(trial.void === null ? [] : section('void', sentences([trial.void], place, 'warn'), place)),
          ...section('course', courseLines(trial, place), place),
          ...section('numbers', numberLines(trial, place), place),
        ]),
    ...(several ? section('trials', trialLines(report, at, place), place) : []),
    ...(trial === undefined ? [] : section('return', backLines(trial, place), place)),
    ...section('budgets', sentences(report.budgets.map(budgetWords), place), place),
    ...section(
      'after',
      [
        ...sentences([restoredWords(report)], place, report.restored ? 'good' : 'bad'),
        ...sentences(report.restoration.differences, place, 'bad'),
        ...sentences([rescueWords(report)], place),
      ],
      place,
    ),
    ...section('test', sentences([factsWords(report).join(` ${theme.glyphs.dot} `)], place, 'quiet'), place),
    ...section('method', sentences(methodWords(report), place, 'quiet'), place),
    ...section('open', sentences(openWords(report), place), place),
  ];
};
