// A window onto more lines than fit: which of them are seen, and how the window moves. Pure numbers.
import { type Line, line, span } from './line.ts';
import type { Theme } from './theme.ts';

export interface Extent {
  /** Lines there are. */
  readonly length: number;
  /** Lines that fit. */
  readonly height: number;
}

export const lastTop = ({ length, height }: Extent): number => Math.max(0, length - Math.max(1, height));

export const clampTop = (top: number, extent: Extent): number =>
  Math.min(Math.max(0, Math.floor(top)), lastTop(extent));

/** The window that shows lines `from`–`to` (inclusive), moved as little as possible; the first line counts most. */
export const reveal = (top: number, extent: Extent, from: number, to: number = from): number => {
  const now = clampTop(top, extent);
  const lowest = to - extent.height + 1;
  return clampTop(from < now ? from : lowest > now ? Math.min(lowest, from) : now, extent);
};

export const page = (top: number, extent: Extent, direction: 1 | -1): number =>
  clampTop(clampTop(top, extent) + direction * Math.max(1, extent.height - 1), extent);

export const windowOf = <T>(lines: readonly T[], top: number, height: number): readonly T[] => {
  const from = clampTop(top, { length: lines.length, height });
  return lines.slice(from, from + Math.max(0, height));
};

/** `↑3 ↓12` lines more; empty when all is seen. */
export const moreLine = (top: number, extent: Extent, { glyphs }: Pick<Theme, 'glyphs'>): Line => {
  const above = clampTop(top, extent);
  const below = Math.max(0, extent.length - above - extent.height);
  const words = [
    ...(above > 0 ? [`${glyphs.more.above}${above}`] : []),
    ...(below > 0 ? [`${glyphs.more.below}${below}`] : []),
  ].join(' ');
  return words === '' ? [] : line(span(words, 'quiet'));
};

/** The selected place in a list of `length` things; -1 when there is none. */
export const clampSelection = (selected: number, length: number): number =>
  length === 0 ? -1 : Math.min(Math.max(0, selected), length - 1);
