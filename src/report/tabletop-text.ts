// `tabletop` as people read it: one table for each virtual router, then what the configuration is to be blamed for.
// Losses after which the same node stays master are counted, not listed, when they come in pairs.
import { severityRank } from './story.ts';
import { mastersWords, type TabletopReport, type TabletopSituation } from './tabletop.ts';
import { causeSection, otherSection } from './text-causes.ts';
import { type Desk, deskFor } from './text-desk.ts';
import { acceptedSection, sinceSection } from './text-settled.ts';
import { columnsOf, pad, paint, type TerminalStyle, wrap } from './typeset.ts';

export type Detail = 'telling' | 'all';

const isCalm = ({ takeoverMs, masters }: TabletopSituation): boolean =>
  masters.length === 1 && takeoverMs?.max === 0;

/** Hundredths matter below two seconds only. */
const durationWords = (ms: number): string => (ms < 2000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

const timeWords = ({ takeoverMs, masters }: TabletopSituation): string => {
  if (takeoverMs === null) return '';
  if (takeoverMs.max === 0) return masters.length === 1 ? 'stays' : '';
  const [min, max] = [durationWords(takeoverMs.min), durationWords(takeoverMs.max)];
  if (min === max) return `after ${max}`;
  // `2.6 to 3.6 s`: the unit once where it is the same.
  const [number = min, unit] = min.split(' ');
  return `after ${max.endsWith(` ${unit}`) ? number : min} to ${max}`;
};

const lostWords = (situation: TabletopSituation): string => situation.lost.join(' + ');

const endingWords = (situation: TabletopSituation): string =>
  [situation.masters, ...situation.otherwise].map(mastersWords).join(', or ');

/** Narrower than this the first column is no longer worth a column. */
const leastLostColumns = 18;

const rowsOf = (situations: readonly TabletopSituation[], desk: Desk): readonly string[] => {
  const { style } = desk;
  const rows = situations.map((one) => ({
    lost: desk.safe(lostWords(one)),
    master: desk.safe(endingWords(one)),
    when: timeWords(one),
    paints: one.masters.length === 1 ? ([] as const) : (['red'] as const),
  }));
  const head = { lost: 'lost', master: 'master', when: 'when', paints: ['dim'] as const };
  const widest = (pick: 'lost' | 'master' | 'when'): number =>
    Math.max(...[head, ...rows].map((row) => columnsOf(row[pick])));
  const room = style.width - 2;
  const [masterColumns, whenColumns] = [widest('master'), widest('when')];
  const lostColumns = Math.min(widest('lost'), room - masterColumns - whenColumns - 4);
  if (lostColumns < leastLostColumns)
    return rows.flatMap(({ lost, master, when, paints }) => [
      ...wrap(`${lost}:`, room).map((line) => `  ${line}`),
      ...wrap([master, when].filter((part) => part !== '').join(' '), style.width - 6).map((line) =>
        paint(style, `      ${line}`, ...paints),
      ),
    ]);
  return [head, ...rows].flatMap(({ lost, master, when, paints }) => {
    const [first = '', ...more] = wrap(lost, lostColumns);
    const line = `  ${pad(first, lostColumns)}  ${pad(master, masterColumns)}  ${when}`.trimEnd();
    return [line, ...more.map((rest) => `    ${rest}`)].map((one) => paint(style, one, ...paints));
  });
};

const routerLines = (
  router: TabletopReport['undisturbed'][number],
  situations: readonly TabletopSituation[],
  desk: Desk,
  detail: Detail,
): readonly string[] => {
  const vips = router.vips.map((vip) => vip.split('/')[0] ?? vip).join(', ');
  const listed = situations.filter(
    (one) => detail === 'all' || one.losses.length === 1 || !isCalm(one) || one.otherwise.length > 0,
  );
  const calm = situations.length - listed.length;
  const heading = `VRID ${router.vrid}  ${vips}  ${
    router.masters.length === 1 ? `${router.masters[0] ?? ''} is master` : mastersWords(router.masters)
  }`;
  return [
    '',
    ...wrap(desk.safe(heading), desk.style.width).map((line) => paint(desk.style, line, 'bold')),
    ...router.notes.flatMap((note) =>
      wrap(desk.safe(note), desk.style.width - 2).map((line) => paint(desk.style, `  ${line}`, 'dim')),
    ),
    ...rowsOf(listed, desk),
    ...(calm === 0
      ? []
      : [
          paint(
            desk.style,
            `  and ${calm} ${calm === 1 ? 'pair' : 'pairs'} of losses after which nothing changes hands`,
            'dim',
          ),
        ]),
  ];
};

const summaryOf = ({ situations }: TabletopReport): string => {
  const none = situations.filter(({ masters }) => masters.length === 0).length;
  const several = situations.filter(({ masters }) => masters.length > 1).length;
  const lost = (count: number): string => (count === 1 ? '1 leaves' : `${count} leave`);
  return [
    `${situations.length} losses tried`,
    none === 0 && several === 0
      ? 'each leaves exactly one master'
      : [
          ...(none === 0 ? [] : [`${lost(none)} no master`]),
          ...(several === 0 ? [] : [`${lost(several)} two masters or more`]),
        ].join(', '),
  ].join(': ');
};

export const renderTabletop = (report: TabletopReport, style: TerminalStyle, detail: Detail): string => {
  const desk = deskFor({ ...style, width: Math.max(20, style.width) });
  const roots = report.findings.filter(({ cause }) => cause === 'root');
  const grave = roots.filter(({ severity }) => severityRank(severity) >= severityRank('high'));
  const lines = [
    ...wrap(summaryOf(report), desk.style.width).map((line) => paint(desk.style, line, 'bold')),
    ...report.undisturbed.flatMap((router) =>
      routerLines(
        router,
        report.situations.filter(({ cluster }) => cluster === router.cluster),
        desk,
        detail,
      ),
    ),
    ...grave.flatMap((finding) =>
      causeSection(desk, {
        finding,
        consequences: report.findings.filter(({ causedBy }) => causedBy.includes(finding.id)),
      }),
    ),
    ...otherSection(
      desk,
      roots.filter((finding) => !grave.includes(finding)),
    ),
    ...sinceSection(desk, report.baseline),
    ...acceptedSection(desk, report.accepted),
  ];
  return `${lines.join('\n')}\n`;
};
