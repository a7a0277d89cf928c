// The ladder: sender × receiver, and the rung where adverts die. The wider the terminal, the more a cell says; where
// many receivers do not fit beside each other they stand below each other, for senders are few. What was lost is always
// said in words as well.
import type { CheckReport, ReportReach } from '../../report/report.ts';
import { fateOf, type Ladder, laddersOf, lossWords, rungsOf, stateOf } from '../../report/story.ts';
import { type Line, line, span, tabulate, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme, Tone } from '../theme.ts';

interface Form {
  readonly cells: 'words' | 'rungs';
  readonly rows: 'senders' | 'receivers';
}

const forms: readonly Form[] = [
  { cells: 'words', rows: 'senders' },
  { cells: 'rungs', rows: 'senders' },
  { cells: 'words', rows: 'receivers' },
  { cells: 'rungs', rows: 'receivers' },
];

const toneOf = (reach: ReportReach): Tone => {
  if (reach.lostAt !== null) return 'bad';
  return reach.accepted === 'yes' ? 'good' : 'plain';
};

const cellLine = (reach: ReportReach | undefined, cells: Form['cells'], theme: Theme): Line => {
  const { glyphs } = theme;
  if (reach === undefined) return line(span(glyphs.none, 'quiet'));
  const marks = span(
    rungsOf(reach)
      .map((rung) => glyphs.rung[rung])
      .join(''),
    toneOf(reach),
  );
  if (cells === 'rungs') return [marks];
  return [marks, span(` ${fateOf(reach).short}`, reach.lostAt === null ? 'quiet' : 'bad')];
};

const matrix = (
  report: CheckReport,
  ladder: Ladder,
  form: Form,
  { theme, columns }: { readonly theme: Theme; readonly columns: number },
): readonly Line[] | 'too-wide' => {
  const { glyphs, safe } = theme;
  const { senders, receivers, cells, vrid } = ladder;
  const head = line(span(`VRID ${vrid}`, 'strong'));
  const senderLine = (name: string): Line =>
    line(safe(name), span(` ${stateOf(report.clusters, vrid, name) ?? ''}`.trimEnd(), 'quiet'));
  const receiverLine = (name: string): Line => line(span(`${glyphs.arrow} ${safe(name)}`, 'quiet'));
  const cellOf = (from: string, to: string): Line =>
    cellLine(
      cells.find((cell) => cell.from === from && cell.to === to),
      form.cells,
      theme,
    );
  const rows =
    form.rows === 'senders'
      ? [
          [head, ...receivers.map(receiverLine)],
          ...senders.map((from) => [senderLine(from), ...receivers.map((to) => cellOf(from, to))]),
        ]
      : [
          [head, ...senders.map(senderLine)],
          ...receivers.map((to) => [receiverLine(to), ...senders.map((from) => cellOf(from, to))]),
        ];
  return tabulate(rows, columns);
};

const sentenceLines = (ladder: Ladder, columns: number, theme: Theme): readonly Line[] =>
  ladder.cells.flatMap((cell) =>
    wrapped(
      `VRID ${ladder.vrid}: ${theme.safe(cell.from)} ${theme.glyphs.arrow} ${theme.safe(cell.to)}: ${fateOf(cell).long}`,
      columns,
      cell.lostAt === null ? 'plain' : 'bad',
    ),
  );

const legend = ({ glyphs: { rung } }: Theme): string =>
  `sent, arrived, delivered, accepted: ${rung.reached} yes  ${rung.missed} no  ${rung.unknown} not known`;

/** Empty when nobody sends and nobody should. */
export const ladderPane = (
  report: CheckReport,
  columns: number,
  { theme }: Pick<Surroundings, 'theme'>,
): readonly Line[] => {
  const ladders = laddersOf(report);
  if (ladders.length === 0) return [];
  const lines = ladders.flatMap((ladder) => {
    const table = forms
      .map((form) => matrix(report, ladder, form, { theme, columns }))
      .find((drawn) => drawn !== 'too-wide');
    return [
      ...(table === undefined ? sentenceLines(ladder, columns, theme) : table),
      ...ladder.lost.flatMap((reach) =>
        wrapped(theme.safe(`${reach.from} ${theme.glyphs.arrow} ${reach.to} ${lossWords(reach)}`), columns),
      ),
    ];
  });
  return [...lines, ...wrapped(legend(theme), columns, 'quiet')];
};
