// One VRID, opened: its members, who holds what, who hears what, and its history with the lines it was read from.
// Nothing is left out: what does not fit is a matter of scrolling.
import type { WatchEvent, WatchRouter, WatchSummary } from '../../report/watch.ts';
import {
  clockText,
  isTroubled,
  jitterText,
  masterText,
  originMark,
  rateText,
  sinceText,
} from '../../report/watch-text.ts';
import { emptyLine, hang, type Line, line, span, tabulate, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Tone } from '../theme.ts';
import { entryLines } from './history-pane.ts';

const labelColumns = 10;

const section = (label: string, lines: readonly Line[]): readonly Line[] =>
  lines.length === 0 ? [] : hang(line(' ', span(label, 'strong')), lines, labelColumns);

/** Cells with their tones. */
type Row = readonly (readonly [string, Tone])[];

/** A table, or a sentence for each row where it does not fit. */
const rowsOrSentences = (rows: readonly Row[], columns: number): readonly Line[] => {
  const laid = tabulate(
    rows.map((row) => row.map(([text, tone]) => [span(text, tone)])),
    columns,
  );
  return laid === 'too-wide'
    ? rows.flatMap((row) => wrapped(row.map(([text]) => text).join(', '), columns))
    : laid;
};

const memberTone: Readonly<Record<WatchRouter['members'][number]['state'], Tone>> = {
  MASTER: 'good',
  BACKUP: 'plain',
  FAULT: 'bad',
  STOPPED: 'bad',
  FROZEN: 'bad',
  UNKNOWN: 'warn',
};

const sinceWords = (router: WatchRouter, nowAt: string): string => {
  if (router.since === null) return '';
  const how = {
    seen: 'seen taking over',
    logged: 'by the log of its node',
    'at-least': 'it was master when the watch began',
  };
  return ` for ${sinceText(router, nowAt)} (${router.sinceIs === null ? 'not known' : how[router.sinceIs]})`;
};

/** Who hears whose adverts, and how well; the present master's first. */
const earRows = (router: WatchRouter, { glyphs, safe }: Surroundings['theme']): readonly Row[] =>
  router.ears.length === 0
    ? []
    : [
        ['at', 'sender', 'adverts', 'rate', 'jitter', 'missed'].map((title) => [title, 'quiet'] as const),
        ...router.ears.map(
          (ear): Row => [
            [safe(ear.heardAt), 'plain'],
            [safe(`${ear.sender} ${glyphs.arrow} ${ear.dst}`), 'plain'],
            [String(ear.adverts), 'plain'],
            [rateText(ear), 'plain'],
            [jitterText(ear), 'plain'],
            [String(ear.missed), ear.missed > 0 ? 'warn' : 'plain'],
          ],
        ),
      ];

const concerns = (router: WatchRouter, event: WatchEvent): boolean => {
  if ('router' in event) return event.router === router.id && event.kind !== 'router';
  if (event.kind === 'vip') return router.vips.some((vip) => vip.replace(/\/\d+$/, '') === event.vip);
  return (
    'node' in event && event.node !== 'observer' && router.members.some((one) => one.node === event.node)
  );
};

const historyLines = (
  router: WatchRouter,
  history: readonly WatchEvent[],
  {
    columns,
    today,
    theme,
  }: { readonly columns: number; readonly today: string; readonly theme: Surroundings['theme'] },
): readonly Line[] =>
  [...history]
    .reverse()
    .filter((event) => concerns(router, event))
    .flatMap((event) => [
      ...entryLines(event, { columns, today, theme }),
      ...(event.kind !== 'transition'
        ? []
        : event.because
            .filter((clue) => clue.quote !== undefined)
            .flatMap((clue) =>
              wrapped(
                theme.safe(`${clue.node}: ${clue.quote ?? ''}`),
                Math.max(8, columns - 17),
                'quiet',
              ).map((one) => [span(' '.repeat(16)), ...one]),
            )),
    ]);

export const routerPane = (
  router: WatchRouter,
  {
    summary,
    history,
    today,
  }: { readonly summary: WatchSummary; readonly history: readonly WatchEvent[]; readonly today: string },
  { size, theme }: Surroundings,
): readonly Line[] => {
  const { safe, glyphs } = theme;
  const room = Math.max(8, size.columns - labelColumns - 1);
  const about = [
    `VRID ${router.vrid}`,
    router.family === 'ipv4' ? 'IPv4' : 'IPv6',
    `VRRPv${router.version}`,
    router.mode,
    ...(router.advertIntervalMs === null ? [] : [`an advert every ${router.advertIntervalMs} ms`]),
    originMark(router),
  ].filter((text) => text !== '');
  const master = `${masterText(router)}${sinceWords(router, summary.at)}${
    router.priority === null ? '' : `, priority ${router.priority}`
  }`;
  return [
    ...wrapped(safe(about.join(` ${glyphs.dot} `)), size.columns - 2, 'strong').map((one) => [
      span(' '),
      ...one,
    ]),
    emptyLine,
    ...section('master', wrapped(safe(master), room, isTroubled(router) ? 'bad' : 'plain')),
    ...section(
      'members',
      rowsOrSentences(
        router.members.map((member) => [
          [safe(member.node), 'plain'],
          [member.state, memberTone[member.state]],
          [`priority ${member.priority ?? '?'}`, 'plain'],
          [safe(`${member.instance} on ${member.interface}`), 'quiet'],
        ]),
        room,
      ),
    ),
    ...section(
      'holders',
      rowsOrSentences(
        router.holders.map(({ vip, nodes }) => [
          [safe(vip), 'plain'],
          [
            nodes.length === 0 ? 'nobody that could be asked' : safe(nodes.join(' and ')),
            nodes.length > 1 ? 'bad' : nodes.length === 0 ? 'warn' : 'plain',
          ],
        ]),
        room,
      ),
    ),
    ...section('heard', rowsOrSentences(earRows(router, theme), room)),
    ...section('changes', [
      line(
        `${router.transitions} since ${clockText(summary.startedAt, 'seconds')}, ${router.flapsLastHour} in the last hour`,
      ),
    ]),
    emptyLine,
    line(' ', span('history', 'strong'), span('  newest first', 'quiet')),
    ...historyLines(router, history, { columns: size.columns, today, theme }),
  ];
};
