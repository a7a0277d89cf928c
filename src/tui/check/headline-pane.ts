// The verdict and the headline, or what is being done: the first thing that is read. It shortens itself on a low
// terminal; the whole headline then stands in the body as well.
import type { CheckReport } from '../../report/report.ts';
import { countWords, secondsWords } from '../../report/story.ts';
import { columnsOf, wrap } from '../../report/typeset.ts';
import { clip, columnsOfLine, emptyLine, hang, type Line, line, span, spread } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { verdictTone } from '../theme.ts';
import type { CheckState } from './state.ts';

const metaOf = (report: CheckReport, dot: string): string => {
  const reached = report.nodes.filter((node) => node.reachable).length;
  const vrids = [...new Set(report.clusters.map((cluster) => cluster.vrid))];
  return [
    ...(vrids.length === 0
      ? []
      : [`VRID ${vrids.slice(0, 4).join(', ')}${vrids.length > 4 ? ' and more' : ''}`]),
    reached === report.nodes.length
      ? countWords(reached, 'node')
      : `${reached} of ${countWords(report.nodes.length, 'node')} reached`,
    `listened ${secondsWords(report.listening.ms)}`,
    `${secondsWords(report.durationMs)} in all`,
  ].join(` ${dot} `);
};

/** Rows the head of the frame may take. */
export const headRows = (rows: number): number =>
  rows >= 20 ? 6 : rows >= 14 ? 4 : Math.max(1, Math.floor(rows / 3));

interface Head {
  readonly lines: readonly Line[];
  /** Whether it could not say all of the headline. */
  readonly cut: boolean;
}

const reportHead = (report: CheckReport, { size, theme }: Surroundings): Head => {
  const { glyphs, safe } = theme;
  const verdict = span(
    `${glyphs.verdict[report.verdict]} ${report.verdict.toUpperCase()}`,
    verdictTone[report.verdict],
  );
  const narrow = size.columns < 60;
  const indent = narrow ? 1 : columnsOf(verdict.text) + 3;
  const room = size.columns - indent - 1;
  const words = wrap(safe(report.headline), room).map((text) => line(span(text, 'strong')));
  const told = narrow
    ? [line(' ', verdict), ...words.map((text) => [span(' '), ...text])]
    : hang(line(' ', verdict, '  '), words);
  const most = headRows(size.rows);
  if (told.length > most) {
    const opening = clip(
      line(' ', verdict, '  ', span(safe(report.headline), 'strong')),
      size.columns,
      theme,
    );
    return { lines: [opening], cut: true };
  }
  const meta = metaOf(report, glyphs.dot);
  const beside = told.length === 1 && columnsOfLine(told[0] ?? []) + columnsOf(meta) + 4 <= size.columns;
  if (beside)
    return {
      lines: [spread(told[0] ?? [], line(span(meta, 'quiet'), ' '), size.columns, theme)],
      cut: false,
    };
  const below = wrap(meta, room).map((text) => line(' '.repeat(indent), span(text, 'quiet')));
  return { lines: told.length + below.length > most ? told : [...told, ...below], cut: false };
};

const runningHead = (state: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  const { run } = state;
  const word = run.phase === 'ending' ? 'STOPPING' : run.number > 1 ? 'CHECKING AGAIN' : 'CHECKING';
  const what = run.phase === 'ending' ? 'ending what runs on the nodes' : theme.safe(state.subject);
  return [
    spread(
      line(' ', span(`${theme.glyphs.busy} ${word}`, run.phase === 'ending' ? 'warn' : 'strong'), '  ', what),
      line(span(secondsWords(Math.max(0, run.nowMs - run.startedAtMs)), 'quiet'), ' '),
      size.columns,
      theme,
    ),
  ];
};

export const headlinePane = (state: CheckState, surroundings: Surroundings): readonly Line[] => {
  const { report, run } = state;
  const lines =
    run.phase === 'reported' && report !== undefined
      ? reportHead(report, surroundings).lines
      : runningHead(state, surroundings);
  return surroundings.size.rows >= 14 ? [...lines, emptyLine] : lines;
};

export const headIsCut = (report: CheckReport, surroundings: Surroundings): boolean =>
  reportHead(report, surroundings).cut;
