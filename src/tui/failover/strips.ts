// The live timeline of a trial: probes by who answered, adverts by sender, the VIP by holder, gratuitous ARPs, the fault
// and its healing, all on one axis that doubles its reach whenever the trial outgrows it. Who is who stands in words
// beside each lane; tones only repeat it.
import type { LaneState } from '../../report/failover.ts';
import { axisGlyphs, niceStep } from '../../report/failover-axis.ts';
import { columnsOf } from '../../report/typeset.ts';
import { type Line, line, padTo, type Span, span } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';
import { heirNow, type LiveTrial, type Slice, trialNow } from './state.ts';

interface Axis {
  readonly fromMs: number;
  readonly msPerColumn: number;
  readonly columns: number;
}

/** Share of the axis before the fault. */
const LEAD = 0.15;

export const axisFor = (live: LiveTrial, nowMs: number, columns: number): Axis => {
  const [first] = live.slices;
  const sliceMs = first === undefined ? 25 : first.toMs - first.fromMs;
  const { injectedMs } = live;
  if (injectedMs === undefined) {
    const last = Math.floor(nowMs / sliceMs) + 1;
    return { fromMs: (last - columns) * sliceMs, msPerColumn: sliceMs, columns };
  }
  let msPerColumn = sliceMs;
  const leadColumns = Math.max(2, Math.floor(columns * LEAD));
  // Before the first frame there was nothing to see.
  const startMs = (): number => Math.floor(Math.max(0, injectedMs / msPerColumn - leadColumns)) * msPerColumn;
  while (startMs() + columns * msPerColumn < nowMs) msPerColumn *= 2;
  return { fromMs: startMs(), msPerColumn, columns };
};

const columnAt = ({ fromMs, msPerColumn }: Axis, ms: number): number =>
  Math.floor((ms - fromMs) / msPerColumn);

/** Slices by the column they begin in. */
const byColumn = (axis: Axis, slices: readonly Slice[]): readonly (readonly Slice[])[] => {
  const columns: Slice[][] = Array.from({ length: axis.columns }, () => []);
  for (const slice of slices) columns[columnAt(axis, slice.fromMs)]?.push(slice);
  return columns;
};

interface Cell {
  readonly glyph: string;
  readonly tone: Tone;
}

const blank: Cell = { glyph: ' ', tone: 'plain' };

const cellsLine = (cells: readonly Cell[]): Line => {
  const spans: Span[] = [];
  for (const { glyph, tone } of cells) {
    const last = spans.at(-1);
    if (last !== undefined && last.tone === tone) spans[spans.length - 1] = span(last.text + glyph, tone);
    else spans.push(span(glyph, tone));
  }
  return spans;
};

const laneTone: Readonly<Record<LaneState, Tone>> = {
  old: 'quiet',
  new: 'good',
  both: 'warn',
  other: 'warn',
  someone: 'good',
  none: 'bad',
};

/** The rarest thing that happened in a column stands for it. */
const rarest: readonly LaneState[] = ['none', 'both', 'other', 'new', 'old'];

const heirOf = (live: LiveTrial): string => heirNow(live)?.node ?? live.winner;

const roleOf = (live: LiveTrial, node: string | undefined): LaneState =>
  node === live.oldMaster ? 'old' : node === heirOf(live) ? 'new' : 'other';

const answersIn = (live: LiveTrial, slice: Slice, probe: string): LaneState | undefined => {
  const seen = slice.probes.find((one) => one.probe === probe);
  if (seen === undefined) return undefined;
  const roles = new Set(seen.answered.map(({ node }) => roleOf(live, node)));
  if (roles.size > 1) return 'both';
  const [only] = roles;
  return only ?? (seen.asked > 1 ? 'none' : undefined);
};

export interface Lane {
  readonly label: string;
  readonly drawing: Line;
  /** What it shows now, in words. */
  readonly now: string;
}

/** A slice that just ended may still have answers on their way. */
const settled = (slices: readonly Slice[]): readonly Slice[] => slices.slice(0, -1);

const probeLanes = (live: LiveTrial, axis: Axis, theme: Theme): readonly Lane[] => {
  const { lane: glyphs } = axisGlyphs[theme.charset];
  const slices = settled(live.slices);
  const probes = [...new Set(slices.flatMap((slice) => slice.probes.map(({ probe }) => probe)))].sort();
  const columns = byColumn(axis, slices);
  const words: Readonly<Record<LaneState, string>> = {
    old: `${live.oldMaster} answers`,
    new: `${heirOf(live)} answers`,
    both: 'both answer',
    other: 'another answers',
    someone: 'answered',
    none: 'no answer',
  };
  return probes.toReversed().map((probe) => {
    const cells = columns.map((here): Cell => {
      const states = here.flatMap((slice) => answersIn(live, slice, probe) ?? []);
      const state = rarest.find((one) => states.includes(one));
      return state === undefined ? blank : { glyph: glyphs[state], tone: laneTone[state] };
    });
    const last = slices.findLast((slice) => answersIn(live, slice, probe) !== undefined);
    const now = last === undefined ? undefined : answersIn(live, last, probe);
    return { label: probe, drawing: cellsLine(cells), now: now === undefined ? '' : words[now] };
  });
};

const advertLanes = (live: LiveTrial, axis: Axis, theme: Theme, nowMs: number): readonly Lane[] => {
  const columns = byColumn(axis, live.slices);
  const seen = live.slices.flatMap((slice) => slice.adverts.map((advert) => advert.node ?? advert.source));
  const senders = [...new Set([live.oldMaster, heirOf(live), ...seen])];
  const stroke = theme.charset === 'utf8' ? '╷' : '|';
  return senders.map((sender) => {
    const cells = columns.map((here): Cell => {
      const adverts = here.flatMap(({ adverts: all }) =>
        all.filter((advert) => (advert.node ?? advert.source) === sender),
      );
      if (adverts.length === 0) return blank;
      return adverts.some((advert) => advert.priority === 0)
        ? { glyph: '0', tone: 'warn' }
        : { glyph: stroke, tone: sender === live.oldMaster ? 'plain' : 'good' };
    });
    const last = live.slices.findLast(({ adverts }) =>
      adverts.some((advert) => (advert.node ?? advert.source) === sender),
    );
    const ago = last === undefined ? undefined : Math.max(0, nowMs - last.toMs);
    const now =
      ago === undefined
        ? 'none yet'
        : ago <= 1.5 * live.advertIntervalMs + 150
          ? 'advertises'
          : `silent ${(ago / 1000).toFixed(1)} s`;
    return { label: `adv ${sender}`, drawing: cellsLine(cells), now };
  });
};

/** Who held the VIP at that moment, as the nodes told; the old master did when the trial began. */
export const holdersAt = (live: LiveTrial, ms: number): readonly string[] => {
  const holders = new Set([live.oldMaster]);
  for (const move of live.vipMoves) {
    if (move.atMs > ms) break;
    if (move.now === 'held') holders.add(move.node);
    else holders.delete(move.node);
  }
  return [...holders];
};

const vipLane = (live: LiveTrial, axis: Axis, theme: Theme, nowMs: number): Lane => {
  const { lane: glyphs } = axisGlyphs[theme.charset];
  const cells = Array.from({ length: axis.columns }, (_, at): Cell => {
    const fromMs = axis.fromMs + at * axis.msPerColumn;
    if (fromMs > nowMs || fromMs < 0) return blank;
    const holders = holdersAt(live, fromMs + axis.msPerColumn);
    const state: LaneState =
      holders.length === 0 ? 'none' : holders.length > 1 ? 'both' : roleOf(live, holders[0]);
    return { glyph: glyphs[state], tone: laneTone[state] };
  });
  const holders = holdersAt(live, nowMs);
  return {
    label: 'VIP',
    drawing: cellsLine(cells),
    now: holders.length === 0 ? 'on no node' : `on ${holders.join(' and ')}`,
  };
};

const announcementLane = (live: LiveTrial, axis: Axis, theme: Theme): Lane => {
  const [ours, others] = theme.charset === 'utf8' ? ['▾', '▿'] : ['v', 'w'];
  const cells = byColumn(axis, live.slices).map((here): Cell => {
    const macs = here.flatMap(({ announcements }) => announcements);
    if (macs.length === 0) return blank;
    return macs.some(({ node }) => node !== live.oldMaster)
      ? { glyph: ours, tone: 'good' }
      : { glyph: others, tone: 'quiet' };
  });
  const last = live.slices.findLast(({ announcements }) => announcements.length > 0)?.announcements.at(-1);
  return {
    label: 'GARP',
    drawing: cellsLine(cells),
    now: last === undefined ? 'none yet' : `by ${last.node ?? last.mac}`,
  };
};

const markLane = (live: LiveTrial, axis: Axis, theme: Theme): Line => {
  const cells: Cell[] = Array.from({ length: axis.columns }, () => blank);
  const healMs = live.healedMs ?? live.healingMs;
  const [up, down] = theme.charset === 'utf8' ? ['▲', '▼'] : ['^', 'v'];
  const write = (from: number, text: string, tone: Tone): void => {
    for (const [index, character] of [...text].entries())
      if (cells[from + index] !== undefined) cells[from + index] = { glyph: character, tone };
  };
  if (live.injectedMs !== undefined) {
    const at = columnAt(axis, live.injectedMs);
    // Words only where nothing comes right after them.
    const next = healMs === undefined ? axis.columns : columnAt(axis, healMs);
    write(at, next - at > ' fault '.length ? `${up} fault` : up, 'bad');
  }
  if (healMs !== undefined) {
    const at = columnAt(axis, healMs);
    const words = live.healedMs === undefined ? 'healing' : 'healed';
    if (at + words.length + 2 <= axis.columns) write(at, `${down} ${words}`, 'good');
    else write(at - words.length - 1, `${words} ${down}`, 'good');
  }
  return cellsLine(cells);
};

const axisLine = (live: LiveTrial, axis: Axis): Line => {
  const zero = live.injectedMs;
  if (zero === undefined) return [];
  const lengthMs = axis.columns * axis.msPerColumn;
  const step = niceStep(lengthMs, Math.floor(axis.columns / 9));
  const cells: string[] = Array.from({ length: axis.columns }, () => ' ');
  let free = 0;
  for (
    let at = Math.ceil((axis.fromMs - zero) / step) * step;
    at <= axis.fromMs - zero + lengthMs;
    at += step
  ) {
    const label = at === 0 ? '0' : step >= 1000 ? `${at / 1000} s` : `${Math.round(at)} ms`;
    const column = columnAt(axis, zero + at);
    if (column < free || column + label.length > axis.columns) continue;
    for (const [index, character] of [...label].entries()) cells[column + index] = character;
    free = column + label.length + 1;
  }
  return line(span(cells.join(''), 'quiet'));
};

const legend = (live: LiveTrial, theme: Theme): Line => {
  const { lane } = axisGlyphs[theme.charset];
  const announced = theme.charset === 'utf8' ? '▾' : 'v';
  return line(
    span(lane.old, laneTone.old),
    span(` ${live.oldMaster}  `, 'quiet'),
    span(lane.new, laneTone.new),
    span(` ${heirOf(live)}  `, 'quiet'),
    span(lane.both, laneTone.both),
    span(' both  ', 'quiet'),
    span(lane.none, laneTone.none),
    span(` nobody  ${announced} gratuitous ARP`, 'quiet'),
  );
};

const labelColumns = 10;
const nowColumns = 17;

export const stripLines = (live: LiveTrial, atMs: number, columns: number, theme: Theme): readonly Line[] => {
  const nowMs = trialNow(live, atMs);
  const wide = columns >= 62;
  const drawn = columns - labelColumns - 1 - (wide ? nowColumns : 0);
  if (drawn < 12 || live.slices.length === 0) return [];
  const axis = axisFor(live, nowMs, drawn);
  const row = (label: string, drawing: Line, now = ''): Line => {
    const name = columnsOf(label) < labelColumns ? label : label.slice(0, labelColumns - 1);
    return [
      span(' '),
      ...padTo(line(span(theme.safe(name), 'strong')), labelColumns, theme),
      ...(wide ? [...padTo(drawing, drawn, theme), span('  '), span(theme.safe(now), 'quiet')] : drawing),
    ];
  };
  const lanes = [
    ...probeLanes(live, axis, theme),
    ...advertLanes(live, axis, theme, nowMs),
    vipLane(live, axis, theme, nowMs),
    announcementLane(live, axis, theme),
  ];
  return [
    row('', axisLine(live, axis)),
    row('', markLane(live, axis, theme)),
    ...lanes.map(({ label, drawing, now }) => row(label, drawing, now)),
    row('', legend(live, theme)),
  ];
};
