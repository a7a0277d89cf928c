// A handover drawn in characters on one axis of milliseconds: phases as bars, probes as lanes of who answered. It
// knows columns and spans; what the numbers mean is said by the text around it.
import type { LaneState, ReportHandover, ReportLane } from './failover.ts';
import { msWords, phaseLabel } from './failover-story.ts';
import { columnsOf, pad } from './typeset.ts';

interface AxisGlyphs {
  readonly bar: string;
  readonly mark: string;
  readonly tick: string;
  readonly before: string;
  /** What was predicted: the range that is allowed, and this phase. */
  readonly allowed: string;
  readonly expected: string;
  readonly lane: Record<LaneState, string>;
}

const utf8: AxisGlyphs = {
  bar: '█',
  mark: '▲',
  tick: '╵',
  before: '◀',
  allowed: '░',
  expected: '┃',
  lane: { old: '─', new: '═', both: '╪', other: '?', someone: '═', none: '·' },
};
const ascii: AxisGlyphs = {
  bar: '#',
  mark: '^',
  tick: "'",
  before: '<',
  allowed: '~',
  expected: '|',
  lane: { old: '-', new: '=', both: 'X', other: '?', someone: '=', none: '.' },
};

/** The same marks wherever a course is drawn. */
export const axisGlyphs: Readonly<Record<'utf8' | 'ascii', AxisGlyphs>> = { utf8, ascii };

export interface AxisStyle {
  readonly width: number;
  readonly unicode: 'utf8' | 'ascii';
}

interface Scale {
  readonly lowMs: number;
  readonly highMs: number;
  readonly columns: number;
}

const columnOf = ({ lowMs, highMs, columns }: Scale, ms: number): number =>
  Math.min(columns - 1, Math.max(0, Math.floor(((ms - lowMs) / (highMs - lowMs)) * columns)));

/** What must be on the picture: phases and the gaps of the probes. Later events of a long watch are left out. */
export const extentOf = (handover: ReportHandover): { readonly lowMs: number; readonly highMs: number } => {
  const ends = [
    handover.takeoverMs.value ?? 0,
    ...handover.phaseSpans.flatMap(({ toMs }) => (toMs === null ? [] : [toMs])),
    ...handover.arpConvergenceMs.flatMap(({ value }) => (value === null ? [] : [value])),
    ...handover.outageMs.flatMap(({ gaps }) => gaps.map((gap) => gap.toMs)),
  ];
  const seen = Math.max(1, ...ends);
  const allowed = handover.takeoverMs.predicted?.max ?? 0;
  // A prediction far beyond what happened would leave what happened no room.
  const end = allowed < 1.6 * seen ? Math.max(seen, allowed) : seen;
  const injected = handover.moments.find((moment) => moment.name === 'injected')?.atMs ?? 0;
  const lowMs = Math.min(0, Math.max(injected, -0.3 * end)) - 0.03 * end;
  return { lowMs, highMs: end * 1.12 };
};

const bar = (scale: Scale, fromMs: number, toMs: number, glyph: string): string => {
  const from = columnOf(scale, fromMs);
  const to = Math.max(from, columnOf(scale, toMs));
  return `${' '.repeat(from)}${glyph.repeat(to - from + 1)}`;
};

/** One column shows the rarest thing that happened in it: a gap before two holders before anything else. */
const laneText = (scale: Scale, lane: ReportLane, glyphs: AxisGlyphs): string => {
  const perColumn = (scale.highMs - scale.lowMs) / scale.columns;
  let text = '';
  for (let column = 0; column < scale.columns; column++) {
    const from = scale.lowMs + column * perColumn;
    const to = from + perColumn;
    const here = lane.spans.filter((span) => span.fromMs < to && (span.toMs > from || span.fromMs >= from));
    const rare = (['none', 'both', 'other'] as const).find((state) => here.some((span) => span.by === state));
    const usual = here.at(-1)?.by;
    text += rare !== undefined ? glyphs.lane[rare] : usual === undefined ? ' ' : glyphs.lane[usual];
  }
  return text;
};

export const niceStep = (spanMs: number, most: number): number => {
  const rough = spanMs / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
};

const axisText = (scale: Scale): string => {
  const step = niceStep(scale.highMs - scale.lowMs, Math.floor(scale.columns / 8));
  const cells: string[] = Array.from({ length: scale.columns }, () => ' ');
  for (let at = Math.ceil(scale.lowMs / step) * step; at <= scale.highMs; at += step) {
    const label = String(Math.round(at * 1000) / 1000).replace('-0', '-0');
    const column = columnOf(scale, at);
    if (column + label.length > scale.columns) break;
    for (const [index, character] of [...label].entries()) cells[column + index] = character;
  }
  return cells.join('').trimEnd();
};

/** When the new master's first advert was expected: the allowed range, and within it the moment for this phase. */
const predictedLines = (
  { takeoverMs: { predicted } }: ReportHandover,
  scale: Scale,
  glyphs: AxisGlyphs,
): readonly { readonly drawing: string; readonly value: string }[] => {
  if (predicted === null || predicted.min > scale.highMs) return [];
  const { min, max, forThisPhase } = predicted;
  const cells = [...bar(scale, min, max, glyphs.allowed)];
  if (forThisPhase !== null) cells[columnOf(scale, forThisPhase)] = glyphs.expected;
  return [{ drawing: cells.join(''), value: msWords(forThisPhase ?? max) }];
};

const labelColumns = 13;
const valueColumns = 10;
const leastColumns = 20;

/** Lines of at most `width` columns; `too-narrow` where nothing could be told from such a picture. */
export const drawHandover = (
  handover: ReportHandover,
  { width, unicode }: AxisStyle,
): readonly string[] | 'too-narrow' => {
  const columns = width - labelColumns - valueColumns;
  if (columns < leastColumns || handover.takeoverMs.value === null) return 'too-narrow';
  const glyphs = axisGlyphs[unicode];
  const scale = { ...extentOf(handover), columns };
  const line = (label: string, drawing: string, value = ''): string =>
    `${pad(label, labelColumns)}${value === '' ? drawing : pad(drawing, columns)}${value.padStart(valueColumns)}`.trimEnd();
  const injected = handover.moments.find((moment) => moment.name === 'injected');
  const states = new Set(handover.lanes.flatMap(({ spans }) => spans.map((span) => span.by)));
  const legend = (
    [
      ['old', handover.oldMaster],
      ['new', handover.newMaster ?? ''],
      ['both', 'both'],
      ['other', 'another'],
      ['none', 'no answer'],
    ] as const
  ).flatMap(([state, words]) => (states.has(state) ? [`${glyphs.lane[state]} ${words}`] : []));
  return [
    line('ms', axisText(scale)),
    ...(injected === undefined
      ? []
      : [
          line(
            'fault',
            injected.atMs < scale.lowMs
              ? glyphs.before
              : bar(scale, injected.atMs, injected.atMs, glyphs.mark),
            msWords(injected.atMs),
          ),
        ]),
    ...predictedLines(handover, scale, glyphs).map(({ drawing, value }) => line('predicted', drawing, value)),
    ...handover.phaseSpans.flatMap(({ name, fromMs, toMs }) =>
      fromMs === null || toMs === null
        ? []
        : [line(shortLabel(name), bar(scale, fromMs, toMs, glyphs.bar), msWords(toMs - fromMs))],
    ),
    ...handover.lanes.map((lane) =>
      line(
        columnsOf(lane.probe) < labelColumns ? lane.probe : `${lane.probe.slice(0, labelColumns - 2)}~`,
        laneText(scale, lane, glyphs),
      ),
    ),
    ...(legend.length === 0 ? [] : [line('', legend.join('   '))]),
  ];
};

const shortLabels: Partial<Record<Parameters<typeof phaseLabel>[0], string>> = {
  addressConfigured: 'address',
  announcement: 'announcing',
  neighbour: 'neighbour',
  firstService: 'first answer',
};
const shortLabel = (name: Parameters<typeof phaseLabel>[0]): string => shortLabels[name] ?? phaseLabel(name);

/** Values as a strip from least to most: where two fall into one column, their number stands there. */
export const drawSpread = (values: readonly number[], { width, unicode }: AxisStyle): string => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const columns = Math.max(1, width);
  const counts: number[] = Array.from({ length: columns }, () => 0);
  for (const value of values) {
    const at = high === low ? 0 : Math.round(((value - low) / (high - low)) * (columns - 1));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const dot = unicode === 'utf8' ? '●' : 'o';
  const rest = unicode === 'utf8' ? '·' : '.';
  return counts
    .map((count) => (count === 0 ? rest : count === 1 ? dot : count > 9 ? '+' : String(count)))
    .join('');
};
