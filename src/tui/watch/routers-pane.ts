// The table of VRIDs: a line each, and one more below where something about it wants to be said in words. On a narrow
// terminal the columns an operator can best do without go first.

import { columnsOf, pad } from '../../report/typeset.ts';
import type { WatchRouter } from '../../report/watch.ts';
import {
  holdersText,
  isTroubled,
  jitterText,
  masterText,
  originMark,
  rateText,
  sinceText,
} from '../../report/watch-text.ts';
import { clip, type Line, line, type Span, span } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme, Tone } from '../theme.ts';

interface Column {
  readonly title: string;
  readonly cell: (router: WatchRouter, nowAt: string) => string;
  readonly tone?: (router: WatchRouter) => Tone;
  /** The higher, the sooner it gives way. */
  readonly spare: number;
}

const masterTone = (router: WatchRouter): Tone =>
  router.hearing === 'unheard' ? 'warn' : router.masters.length === 1 ? 'strong' : 'bad';

const allColumns: readonly Column[] = [
  {
    title: 'VRID',
    cell: (router) => `${router.vrid}${router.family === 'ipv6' ? ' v6' : ''}`,
    spare: 0,
  },
  { title: 'master', cell: masterText, tone: masterTone, spare: 0 },
  { title: 'since', cell: sinceText, spare: 1 },
  { title: 'rate', cell: rateText, spare: 5 },
  { title: 'jitter', cell: jitterText, spare: 6 },
  {
    title: 'missed',
    cell: (router) => String(router.missed),
    tone: (router) => (router.missedLastHour > 0 ? 'warn' : 'plain'),
    spare: 3,
  },
  {
    title: 'holders',
    cell: holdersText,
    tone: (router) => (router.holders.some(({ nodes }) => nodes.length > 1) ? 'bad' : 'plain'),
    spare: 4,
  },
  {
    title: 'flaps/h',
    cell: (router) => String(router.flapsLastHour),
    tone: (router) => (router.flapsLastHour > 0 ? 'warn' : 'plain'),
    spare: 2,
  },
];

/** Pointer and state before each row. */
const leadColumns = 5;
const gap = 2;
/** Holders may be a long list; in the table they do not push the others out. */
const widestCell = 24;

const stateGlyph = (router: WatchRouter, { glyphs }: Theme): Span =>
  router.hearing === 'unheard' || router.origin === 'unidentified'
    ? span('?', 'warn')
    : isTroubled(router)
      ? span(glyphs.failed, 'bad')
      : span(glyphs.done, 'good');

interface Laid {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
}

const layOut = (routers: readonly WatchRouter[], nowAt: string, columns: number, theme: Theme): Laid => {
  const widthOf = (column: Column): number =>
    Math.min(
      widestCell,
      Math.max(
        columnsOf(column.title),
        ...routers.map((router) => columnsOf(theme.safe(column.cell(router, nowAt)))),
      ),
    );
  let kept = allColumns;
  for (;;) {
    const widths = kept.map(widthOf);
    const total = leadColumns + widths.reduce((sum, width) => sum + width + gap, -gap);
    const most = Math.max(...kept.map((column) => column.spare));
    if (total <= columns || most === 0) return { columns: kept, widths };
    kept = kept.filter((column) => column.spare !== most);
  }
};

/** What a row cannot show: which VIP is held where it should not be, who the stranger is. */
const remarkOf = (router: WatchRouter): string =>
  [
    router.masters.length > 1 ? `two masters: ${router.masters.join(' and ')}` : '',
    originMark(router),
    router.holders.some(({ nodes }) => nodes.length > 1) ? `held twice: ${holdersText(router)}` : '',
    router.hearing === 'unheard' ? 'nobody listens where it could be heard' : '',
  ]
    .filter((text) => text !== '')
    .join('; ');

export interface RouterRows {
  readonly head: Line;
  /** Lines of each VRID. */
  readonly rows: readonly (readonly Line[])[];
}

export const routerRows = (
  routers: readonly WatchRouter[],
  { nowAt, selected }: { readonly nowAt: string; readonly selected: string | undefined },
  { size, theme }: Surroundings,
): RouterRows => {
  const { columns, widths } = layOut(routers, nowAt, size.columns, theme);
  const head = line(
    span(
      `${' '.repeat(leadColumns)}${columns.map((column, at) => pad(column.title, widths[at] ?? 0)).join('  ')}`,
      'quiet',
    ),
  );
  const rows = routers.map((router) => {
    const isSelected = router.id === selected;
    const cells = columns.flatMap((column, at): readonly Span[] => {
      const width = widths[at] ?? 0;
      const [text] = [clip(line(theme.safe(column.cell(router, nowAt))), width, theme)];
      const shown = text.map((part) => part.text).join('');
      return [
        span(at === columns.length - 1 ? shown : pad(shown, width), column.tone?.(router) ?? 'plain'),
        span(at === columns.length - 1 ? '' : ' '.repeat(gap)),
      ];
    });
    const first = line(
      isSelected ? span(` ${theme.glyphs.pointer} `, 'accent') : '   ',
      stateGlyph(router, theme),
      ' ',
      ...cells,
    );
    const remark = remarkOf(router);
    return remark === ''
      ? [first]
      : [first, line(' '.repeat(leadColumns), span(`${theme.glyphs.folded} ${theme.safe(remark)}`, 'warn'))];
  });
  return { head: clip(head, size.columns, theme), rows };
};
