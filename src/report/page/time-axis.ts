// A time axis in an SVG whose places are percentages of its width, so that marks move apart on a wide screen while
// words keep their size on a narrow one. It knows milliseconds and columns, not what happened.

export interface TimeScale {
  readonly lowMs: number;
  /** Above `lowMs`. */
  readonly highMs: number;
}

/** Room left at both ends, in percent, so that a mark at the edge is whole. */
const MARGIN_PERCENT = 1.2;

/** Place of an instant, in percent of the width. */
export const percentOf = ({ lowMs, highMs }: TimeScale, ms: number): number => {
  const share = (Math.min(highMs, Math.max(lowMs, ms)) - lowMs) / (highMs - lowMs);
  return Math.round((MARGIN_PERCENT + share * (100 - 2 * MARGIN_PERCENT)) * 1000) / 1000;
};

/** A step of 1, 2 or 5 times a power of ten that gives at most `most` ticks. */
export const stepFor = ({ lowMs, highMs }: TimeScale, most: number): number => {
  const rough = (highMs - lowMs) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
};

export const ticksOf = (scale: TimeScale, most = 6): readonly number[] => {
  const step = stepFor(scale, most);
  const ticks: number[] = [];
  for (let at = Math.ceil(scale.lowMs / step); at * step <= scale.highMs; at++)
    ticks.push(Math.round(at * step * 1e6) / 1e6);
  return ticks;
};

const tickWords = (ms: number, unit: 'ms' | 's'): string =>
  unit === 'ms' ? String(ms) : String(Math.round(ms) / 1000);

/** Vertical lines from `topPx` to `bottomPx` with their times below; the last says the unit. */
export const axisLines = (
  scale: TimeScale,
  { topPx, bottomPx }: { readonly topPx: number; readonly bottomPx: number },
): readonly string[] => {
  const ticks = ticksOf(scale);
  const unit = scale.highMs - scale.lowMs > 2000 ? 's' : 'ms';
  return ticks.flatMap((ms, at) => {
    const x = percentOf(scale, ms);
    const anchor = x < 4 ? 'start' : x > 94 ? 'end' : 'middle';
    return [
      `<line class="grid" x1="${x}%" x2="${x}%" y1="${topPx}" y2="${bottomPx}"/>`,
      `<text class="quiet" x="${x}%" y="${bottomPx + 15}" text-anchor="${anchor}">${tickWords(ms, unit)}${at === ticks.length - 1 ? ` ${unit}` : ''}</text>`,
    ];
  });
};
