// A failover drawn as SVG: phases as bars and probes as lanes on one axis of time, and several trials as dots on one
// line. Places are shares of the width, so it reads on a phone and on paper. Every mark has its words beside it.
import { escapeMarkup } from './escape.ts';
import type { LaneState, ReportHandover, ReportLane, ReportSpread } from './failover.ts';
import { extentOf } from './failover-axis.ts';
import { msWords, phaseLabel } from './failover-story.ts';
import { axisLines, percentOf, type TimeScale } from './page/time-axis.ts';

/** Rules for these drawings; colours are those of the page. */
export const drawingStyle = `
svg.course .old { fill: var(--a); } svg.course .new { fill: var(--b); } svg.course .both { fill: var(--e); } svg.course .other { fill: var(--d); }
svg.course .none { fill: none; stroke: var(--critical); stroke-width: 1.5; stroke-dasharray: 3 3; } svg.course .phase { fill: var(--f); }
svg.course .quiet { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg.course .name { fill: var(--card); font-size: 11px; font-weight: 600; } svg.course .predicted { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
svg.course .fault { stroke: var(--critical); stroke-width: 2; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: 0; margin: .4rem 0; font-size: .875rem; } .key li { margin: 0; }
.key svg { width: 22px; height: 12px; vertical-align: -1px; margin-right: .35rem; }
`;

const rowPx = 36;
const barPx = 14;
/** Below this share of the width no name fits into a bar, percent. */
const namedFromPercent = 9;

const span = (
  scale: TimeScale,
  fromMs: number,
  toMs: number,
): { readonly x: number; readonly width: number } => {
  const x = percentOf(scale, fromMs);
  return { x, width: Math.max(0.35, percentOf(scale, toMs) - x) };
};

const stateWords = (handover: ReportHandover, state: LaneState): string =>
  ({
    old: `${handover.oldMaster} answers`,
    new: `${handover.newMaster ?? 'the new master'} answers`,
    both: 'both answer',
    other: 'another host answers',
    someone: 'it is answered',
    none: 'no answer',
  })[state];

/** Who answers, for inside a bar. */
const stateName = (handover: ReportHandover, state: LaneState): string =>
  ({
    old: handover.oldMaster,
    new: handover.newMaster ?? '',
    both: 'both',
    other: 'another',
    someone: 'answered',
    none: '',
  })[state];

const stateClass = (state: LaneState): string => (state === 'someone' ? 'new' : state);

const laneMarks = (
  handover: ReportHandover,
  lane: ReportLane,
  { scale, y }: { readonly scale: TimeScale; readonly y: number },
): readonly string[] =>
  lane.spans
    .filter(({ fromMs, toMs }) => toMs >= scale.lowMs && fromMs <= scale.highMs)
    .flatMap(({ fromMs, toMs, by }) => {
      const { x, width } = span(scale, fromMs, toMs);
      const words = `${lane.probe}: ${stateWords(handover, by)}, ${msWords(fromMs)} to ${msWords(toMs)}`;
      const name = width >= namedFromPercent ? stateName(handover, by) : '';
      const tall = by === 'both' ? 3 : 0;
      return [
        `<rect class="${stateClass(by)}" x="${x}%" y="${y - tall}" width="${width.toFixed(3)}%" height="${barPx + 2 * tall}" rx="2"><title>${escapeMarkup(words)}</title></rect>`,
        ...(name === ''
          ? []
          : [
              `<text class="name" x="${(x + width / 2).toFixed(3)}%" y="${y + 11}" text-anchor="middle">${escapeMarkup(name)}</text>`,
            ]),
      ];
    });

const legend = (handover: ReportHandover): readonly string[] => {
  const states = (['old', 'new', 'both', 'other', 'someone', 'none'] as const).filter((state) =>
    handover.lanes.some(({ spans }) => spans.some(({ by }) => by === state)),
  );
  return [
    '<ul class="key">',
    ...states.map(
      (state) =>
        `<li><svg class="course" aria-hidden="true"><rect class="${stateClass(state)}" x="1" y="1" width="20" height="10" rx="2"/></svg>${escapeMarkup(stateWords(handover, state))}</li>`,
    ),
    '</ul>',
  ];
};

/** Empty where no takeover was measured: there is nothing to set on an axis. */
export const courseLines = (handover: ReportHandover, title: string): readonly string[] => {
  if (handover.takeoverMs.value === null) return [];
  const scale = extentOf(handover);
  const { predicted } = handover.takeoverMs;
  const phases = handover.phaseSpans.flatMap(({ name, fromMs, toMs }) =>
    fromMs === null || toMs === null ? [] : [{ name, fromMs, toMs }],
  );
  const topPx = 26;
  const bottomPx = topPx + (phases.length + handover.lanes.length) * rowPx;
  const label = (words: string, value: string, y: number): string =>
    `<text class="quiet" x="0" y="${y - 5}">${escapeMarkup(words)}</text><text class="quiet" x="100%" y="${y - 5}" text-anchor="end">${escapeMarkup(value)}</text>`;
  const injected = handover.moments.find((moment) => moment.name === 'injected');
  const upright = (className: string, atMs: number, words: string): string => {
    const x = percentOf(scale, atMs);
    return `<line class="${className}" x1="${x}%" x2="${x}%" y1="14" y2="${bottomPx}"><title>${escapeMarkup(words)}</title></line><text class="quiet" x="${x}%" y="10" text-anchor="${x < 12 ? 'start' : x > 88 ? 'end' : 'middle'}">${escapeMarkup(words)}</text>`;
  };
  const expectedMs = predicted?.forThisPhase ?? undefined;
  return [
    `<svg class="drawing course" role="img" height="${bottomPx + 24}" aria-label="${escapeMarkup(title)}">`,
    ...axisLines(scale, { topPx: 14, bottomPx }),
    ...(injected === undefined || injected.atMs < scale.lowMs
      ? []
      : [upright('fault', injected.atMs, 'fault')]),
    ...(expectedMs === undefined ? [] : [upright('predicted', expectedMs, 'predicted')]),
    ...phases.flatMap(({ name, fromMs, toMs }, at) => {
      const y = topPx + at * rowPx + 16;
      const { x, width } = span(scale, fromMs, toMs);
      return [
        label(phaseLabel(name), msWords(toMs - fromMs), y),
        `<rect class="phase" x="${x}%" y="${y}" width="${width.toFixed(3)}%" height="${barPx}" rx="2"><title>${escapeMarkup(`${phaseLabel(name)}: ${msWords(fromMs)} to ${msWords(toMs)}`)}</title></rect>`,
      ];
    }),
    ...handover.lanes.flatMap((lane, at) => {
      const y = topPx + (phases.length + at) * rowPx + 16;
      const met = handover.outageMs.find(({ probe }) => probe === lane.probe);
      const lost = met === undefined ? '' : `${met.lost} of ${met.sent} lost`;
      return [label(`answers to ${lane.probe}`, lost, y), ...laneMarks(handover, lane, { scale, y })];
    }),
    '</svg>',
    ...legend(handover),
  ];
};

/** Every trial a dot between least and most, the interval of the median as a bar below them. */
export const spreadLines = (spread: ReportSpread, title: string): readonly string[] => {
  const reach = Math.max(spread.max - spread.min, spread.max * 0.02, 0.1);
  const scale: TimeScale = { lowMs: spread.min - reach * 0.08, highMs: spread.max + reach * 0.08 };
  const { low, high } = spread.interval;
  const bar = span(scale, low, high);
  return [
    `<svg class="drawing course" role="img" height="70" aria-label="${escapeMarkup(title)}">`,
    ...axisLines(scale, { topPx: 4, bottomPx: 46 }),
    `<rect class="phase" x="${bar.x}%" y="34" width="${bar.width.toFixed(3)}%" height="6" rx="2"><title>${escapeMarkup(`the median lies in ${msWords(low)} to ${msWords(high)}`)}</title></rect>`,
    ...spread.values.map(
      (value) =>
        `<circle class="old" cx="${percentOf(scale, value)}%" cy="18" r="4.5" fill-opacity=".65"><title>${escapeMarkup(msWords(value))}</title></circle>`,
    ),
    '</svg>',
  ];
};
