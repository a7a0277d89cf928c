// Which lines the screen has and how they share the height: the head, the table, the nodes, and the history in what is
// left. Pure; it paints nothing.
import type { WatchEvent } from '../../report/watch.ts';
import { dateText, nodeText, observerText, spanText } from '../../report/watch-text.ts';
import { entryLine, passesFilter } from '../entry.ts';
import { footerLine, helpLines } from '../keys.ts';
import { clip, emptyLine, type Line, line, span, spread, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { type Extent, moreLine, reveal, windowOf } from '../scroll.ts';
import { entryLines, isHistoric } from './history-pane.ts';
import { bindingsOf, everyKey } from './keys.ts';
import { routerPane } from './router-pane.ts';
import { routerRows } from './routers-pane.ts';
import { routersOf, type WatchState } from './state.ts';

export interface WatchFrame {
  readonly header: readonly Line[];
  readonly body: readonly Line[];
  readonly footer: readonly Line[];
}

const headLine = (state: WatchState, { size, theme }: Surroundings): Line => {
  const { stand, flow, phase } = state;
  const paused = flow.kind === 'paused';
  const word = phase === 'ending' ? 'STOPPING' : paused ? 'PAUSED' : 'WATCHING';
  const what =
    phase === 'ending'
      ? 'ending what runs on the nodes'
      : stand === undefined
        ? `${state.subject}: connecting`
        : `${stand.summary.nodes.map((node) => node.name).join(', ')} for ${spanText(stand.summary.watchedMs)}`;
  const time = stand === undefined ? '' : new Date(stand.summary.at).toTimeString().slice(0, 8);
  return spread(
    line(
      ' ',
      span(`${theme.glyphs.busy} ${word}`, phase === 'ending' || paused ? 'warn' : 'strong'),
      '  ',
      theme.safe(what),
    ),
    line(span(time, 'quiet'), ' '),
    size.columns,
    theme,
  );
};

const footLines = (state: WatchState, { size, theme }: Surroundings): readonly Line[] => {
  if (state.filter.kind === 'typing') return [entryLine(' filter: ', state.filter.text, theme)];
  return [clip(line(' ', ...footerLine(bindingsOf(state), size.columns - 1, theme)), size.columns, theme)];
};

/** How the nodes are, in as few lines as it takes; what is wrong with them in words. */
const nodeLines = (state: WatchState, { size, theme }: Surroundings): readonly Line[] => {
  const { stand } = state;
  if (stand === undefined) return [];
  const { nodes } = stand.summary;
  const names = [...nodes.map(nodeText), observerText(stand.summary)].filter((text) => text !== '');
  const troubles = nodes.flatMap((node) =>
    node.connection === 'connected' || node.problem === undefined ? [] : [node.problem],
  );
  const room = Math.max(8, size.columns - 2);
  const most = size.rows >= 20 ? 4 : size.rows >= 12 ? 2 : 1;
  return [
    ...wrapped(theme.safe(names.join(` ${theme.glyphs.dot} `)), room, troubles.length > 0 ? 'warn' : 'plain'),
    ...troubles.flatMap((text) => wrapped(theme.safe(`${theme.glyphs.failed} ${text}`), room, 'bad')),
  ]
    .slice(0, most)
    .map((one) => [span(' '), ...one]);
};

const tableLines = (state: WatchState, height: number, surroundings: Surroundings): readonly Line[] => {
  const { stand } = state;
  const routers = routersOf(state, passesFilter);
  if (stand === undefined) return [];
  if (routers.length === 0)
    return [
      line(
        ' ',
        span(
          state.filter.kind === 'off' ? 'no VRID is configured or heard yet' : 'no VRID passes the filter',
          'quiet',
        ),
      ),
    ];
  const at = Math.max(
    0,
    routers.findIndex((router) => router.id === state.selected),
  );
  const { head, rows } = routerRows(
    routers,
    { nowAt: stand.summary.at, selected: routers[at]?.id },
    surroundings,
  );
  const lines = rows.flat();
  const room = Math.max(1, height - 1);
  if (lines.length <= room) return [head, ...lines];
  const from = rows.slice(0, at).flat().length;
  const extent: Extent = { length: lines.length, height: Math.max(1, room - 1) };
  const top = reveal(0, extent, from, from + (rows[at]?.length ?? 1) - 1);
  return [
    head,
    ...windowOf(lines, top, extent.height),
    [span(' '), ...moreLine(top, extent, surroundings.theme)],
  ];
};

/** Newest first. */
export const historyEntries = ({
  stand,
  filter,
}: Pick<WatchState, 'stand' | 'filter'>): readonly WatchEvent[] =>
  [...(stand?.history ?? [])]
    .reverse()
    .filter((event) => isHistoric(event) && passesFilter(filter, JSON.stringify(event)));

const todayOf = (state: WatchState): string =>
  state.stand === undefined ? '' : dateText(state.stand.summary.at);

const historyLines = (state: WatchState, height: number, { size, theme }: Surroundings): readonly Line[] => {
  if (height < 2 || state.stand === undefined) return [];
  const entries = historyEntries(state);
  const lines: Line[] = [];
  let shown = 0;
  for (const event of entries.slice(state.back)) {
    if (lines.length >= height - 1) break;
    lines.push(...entryLines(event, { columns: size.columns, today: todayOf(state), theme }));
    shown += 1;
  }
  const rest = entries.length - state.back - shown;
  const where = [
    ...(state.back > 0 ? [`${theme.glyphs.more.above} ${state.back} newer`] : []),
    ...(rest > 0 ? [`${theme.glyphs.more.below} ${rest} older`] : []),
  ].join('  ');
  const title = line(
    ' ',
    span('history', 'strong'),
    span(entries.length === 0 ? '  nothing has happened yet' : '', 'quiet'),
  );
  return [spread(title, line(span(where, 'quiet'), ' '), size.columns, theme), ...lines].slice(0, height);
};

interface Shares {
  readonly header: readonly Line[];
  readonly footer: readonly Line[];
  readonly table: readonly Line[];
  readonly nodes: readonly Line[];
  /** Rows left for the history. */
  readonly history: number;
}

const share = (state: WatchState, surroundings: Surroundings): Shares => {
  const { rows } = surroundings.size;
  const spacious = rows >= 16;
  const header = [headLine(state, surroundings), ...(spacious ? [emptyLine] : [])];
  const footer = footLines(state, surroundings);
  const room = Math.max(0, rows - header.length - footer.length);
  const nodes = nodeLines(state, surroundings);
  // The table first; the history keeps a third of what is left where there is much of both.
  const most = Math.max(2, room - nodes.length - Math.max(3, Math.floor(room / 3)));
  const table = tableLines(state, Math.min(room, most), surroundings);
  const gaps = spacious ? 2 : 0;
  return {
    header,
    footer,
    table,
    nodes,
    history: Math.max(0, room - table.length - nodes.length - gaps),
  };
};

export const historyRows = (state: WatchState, surroundings: Surroundings): number =>
  share(state, surroundings).history;

/** Lines of what is opened. */
const openedLines = (state: WatchState, surroundings: Surroundings): readonly Line[] => {
  const { size, theme } = surroundings;
  if (state.view === 'help')
    return [
      line(' ', span('keys', 'strong')),
      ...helpLines(everyKey, size.columns - 1, theme).map((one) => [span(' '), ...one]),
    ];
  const router = state.stand?.summary.routers.find((one) => one.id === state.selected);
  return router === undefined || state.stand === undefined
    ? [line(' ', span('this VRID is not there any more', 'quiet'))]
    : routerPane(router, { ...state.stand, today: todayOf(state) }, surroundings);
};

const openedHeight = ({ size }: Surroundings): number => Math.max(1, size.rows - 3);

export const extentOf = (state: WatchState, surroundings: Surroundings): Extent => ({
  length: openedLines(state, surroundings).length,
  height: openedHeight(surroundings),
});

export const layFrame = (state: WatchState, surroundings: Surroundings): WatchFrame => {
  const { header, footer, table, nodes, history } = share(state, surroundings);
  if (state.view !== 'overview') {
    const lines = openedLines(state, surroundings);
    const extent = { length: lines.length, height: openedHeight(surroundings) };
    return {
      header: header.slice(0, 1),
      body: [
        ...windowOf(lines, state.top, extent.height),
        [span(' '), ...moreLine(state.top, extent, surroundings.theme)],
      ],
      footer,
    };
  }
  const spacious = surroundings.size.rows >= 16;
  const blank = spacious ? [emptyLine] : [];
  return {
    header,
    body: [...table, ...blank, ...nodes, ...blank, ...historyLines(state, history, surroundings)],
    footer,
  };
};
