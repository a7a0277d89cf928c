// Where everything of the check screen stands: head, body and foot of the frame, which lines belong to which finding,
// and which of them are seen. Both the view and the reducer ask here, so that they never disagree.
import type { CheckReport } from '../../report/report.ts';
import { countWords } from '../../report/story.ts';
import { entryLine } from '../entry.ts';
import { bodyRows } from '../frame.tsx';
import { footerLine, helpLines } from '../keys.ts';
import { columnsOfLine, emptyLine, hang, type Line, line, padTo, span, spread, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { clampTop, type Extent, moreLine, windowOf } from '../scroll.ts';
import { findingPane } from './finding-pane.ts';
import { listOf } from './findings.ts';
import { itemLines } from './findings-pane.ts';
import { headIsCut, headlinePane } from './headline-pane.ts';
import { bindingsFor, everyKey } from './keys.ts';
import { ladderPane } from './ladder-pane.ts';
import { nodesPane } from './nodes-pane.ts';
import { progressPane } from './progress-pane.ts';
import { questionPane } from './question-pane.ts';
import { restParts } from './rest-pane.ts';
import type { CheckState } from './state.ts';

/** From here on the selected finding is shown beside the overview. */
const besideColumns = 150;
const labelColumns = 10;

export interface Place {
  readonly from: number;
  readonly to: number;
}

export interface Body {
  readonly lines: readonly Line[];
  /** Lines of each listed finding. */
  readonly items: readonly Place[];
  /** First lines of the parts one can jump to. */
  readonly sections: readonly number[];
}

export interface Layout {
  readonly header: readonly Line[];
  /** What is seen of the body. */
  readonly body: readonly Line[];
  readonly footer: readonly Line[];
  readonly whole: Body;
  readonly extent: Extent;
  readonly top: number;
}

const part = (label: string, lines: readonly Line[], columns: number): readonly Line[] =>
  columns < 60
    ? [line(' ', span(label, 'strong')), ...lines.map((one) => [span(' '), ...one])]
    : hang(line(' ', span(label, 'strong')), lines, labelColumns);

const roomOf = (columns: number): number => Math.max(8, columns - (columns < 60 ? 2 : labelColumns + 1));

const overviewBody = (
  state: CheckState,
  report: CheckReport,
  columns: number,
  surroundings: Surroundings,
): Body => {
  const { theme } = surroundings;
  const lines: Line[] = [];
  const items: Place[] = [];
  const sections: number[] = [0];
  if (headIsCut(report, surroundings)) {
    const words = wrapped(theme.safe(report.headline), columns - 2, 'strong');
    lines.push(...words.map((one) => [span(' '), ...one]), emptyLine);
  }
  const list = listOf(state);
  for (const [at, item] of list.items.entries()) {
    const from = lines.length;
    lines.push(...itemLines(item, at === list.at ? 'selected' : 'other', columns, surroundings));
    items.push({ from, to: lines.length - 1 });
  }
  if (list.items.length === 0 && state.filter.kind !== 'off')
    lines.push(line(' ', span('no finding has these words', 'quiet')));
  const room = roomOf(columns);
  const rest = restParts(report, room, surroundings);
  const parts: readonly (readonly Line[])[] = [
    part('ladder', ladderPane(report, room, surroundings), columns),
    part('nodes', nodesPane(report, room, surroundings), columns),
    rest.flatMap(({ label, lines: told }) => part(label, told, columns)),
  ];
  for (const told of parts) {
    if (told.length === 0) continue;
    if (lines.length > 0) lines.push(emptyLine);
    sections.push(lines.length);
    lines.push(...told);
  }
  return { lines, items, sections };
};

const findingBody = (state: CheckState, columns: number, surroundings: Surroundings): readonly Line[] => {
  const { items, at } = listOf(state);
  const finding = items[at]?.finding;
  if (state.report === undefined || finding === undefined) return [];
  const why = state.whys.get(finding.rule);
  return findingPane(
    { report: state.report, finding, at: at + 1, of: items.length, why },
    columns,
    surroundings,
  );
};

const helpBody = (state: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  const indented = (lines: readonly Line[]): readonly Line[] => lines.map((one) => [span(' '), ...one]);
  const room = size.columns - 2;
  if (state.run.phase !== 'reported')
    return [
      line(' ', span('Keys while the check runs', 'strong')),
      ...indented(helpLines(everyKey.running, room, theme)),
    ];
  return [
    line(' ', span('Keys', 'strong')),
    ...indented(helpLines(everyKey.overview, room, theme)),
    emptyLine,
    line(' ', span('Signs', 'strong')),
    ...indented([
      ...wrapped(
        `An advert climbs four rungs from the sender to the receiver: sent, arrived, delivered by the kernel, accepted by keepalived. ${theme.glyphs.rung.reached} reached, ${theme.glyphs.rung.missed} not reached, ${theme.glyphs.rung.unknown} not known.`,
        room,
      ),
      ...wrapped('Root causes come first; what they bring about is folded under them.', room),
      ...wrapped(
        'Copying uses OSC 52, which not every terminal allows; the command is always shown as well.',
        room,
      ),
    ]),
  ];
};

const footerOf = (state: CheckState, surroundings: Surroundings, more: Line): readonly Line[] => {
  const { size, theme } = surroundings;
  const { message, filter, entry } = state;
  const said =
    message === undefined
      ? []
      : [
          ...wrapped(theme.safe(message.text), size.columns - 2, message.tone).map((one) => [
            span(' '),
            ...one,
          ]),
          ...(message.command === undefined
            ? []
            : wrapped(theme.safeCommand(message.command.command), size.columns, 'accent')),
        ];
  if (entry !== undefined) return [...said, ...questionPane(entry, surroundings)];
  const list = listOf(state);
  const filtered =
    filter.kind === 'off'
      ? []
      : [
          spread(
            filter.kind === 'typing'
              ? line(' ', ...entryLine('/', filter.text, theme))
              : line(' ', span('/', 'strong'), ` ${theme.safe(filter.text)}`),
            line(span(`${countWords(list.items.length, 'finding')}`, 'quiet'), ' '),
            size.columns,
            theme,
          ),
        ];
  if (filter.kind === 'typing')
    return [...said, ...filtered, line(' ', span('Enter keeps the filter, Esc drops it', 'quiet'))];
  const reserved = columnsOfLine(more);
  const keys = footerLine(bindingsFor(state), size.columns - 2 - (reserved === 0 ? 0 : reserved + 2), theme);
  return [...said, ...filtered, spread(line(' ', ...keys), line(...more, ' '), size.columns, theme)];
};

export const layOut = (state: CheckState, surroundings: Surroundings): Layout => {
  const { size, theme } = surroundings;
  const low = size.rows < 14;
  const header = state.entry !== undefined && low ? [] : headlinePane(state, surroundings);
  const wide = size.columns >= besideColumns && state.run.phase === 'reported' && state.view === 'overview';
  const leftColumns = wide ? Math.floor(size.columns / 2) : size.columns;
  const plain = (lines: readonly Line[]): Body => ({ lines, items: [], sections: [0] });
  const { report } = state;
  const whole: Body =
    state.view === 'help'
      ? plain(helpBody(state, surroundings))
      : state.run.phase !== 'reported' || report === undefined
        ? plain(progressPane(state, surroundings))
        : state.view === 'finding'
          ? plain(findingBody(state, size.columns, surroundings))
          : overviewBody(state, report, leftColumns, surroundings);
  const wanted = state.view === 'overview' ? state.top : state.findingTop;
  const measure = (footer: readonly Line[]): Extent => ({
    length: whole.lines.length,
    height: bodyRows(size, header.length, footer.length),
  });
  const extent = measure(footerOf(state, surroundings, []));
  const top = clampTop(wanted, extent);
  const footer = footerOf(state, surroundings, moreLine(top, extent, theme));
  const seen = windowOf(whole.lines, top, extent.height);
  const separator = wide ? line(span(theme.charset === 'utf8' ? '│' : '|', 'quiet')) : [];
  const beside = wide ? findingBody(state, size.columns - leftColumns - 1, surroundings) : [];
  const body =
    beside.length === 0
      ? seen
      : Array.from({ length: Math.min(extent.height, Math.max(seen.length, beside.length)) }, (_, at) => [
          ...padTo(seen[at] ?? [], leftColumns, theme),
          ...separator,
          ...(beside[at] ?? []),
        ]);
  return { header, body, footer, whole, extent, top };
};
