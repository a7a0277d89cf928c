// Lines of a frame as data: spans of text with a tone, clipped, wrapped and padded by columns. A pane makes lines; what
// a tone looks like and how lines reach the terminal is not known here. Texts are expected to be safe already.
import { columnsOf, wrap } from '../report/typeset.ts';
import type { Theme, Tone } from './theme.ts';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export const emptyLine: Line = [];

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

export const line = (...parts: readonly (Span | string)[]): Line =>
  parts.map((part) => (typeof part === 'string' ? span(part) : part)).filter((part) => part.text !== '');

export const columnsOfLine = (spans: Line): number =>
  spans.reduce((total, part) => total + columnsOf(part.text), 0);

export const plainText = (spans: Line): string => spans.map((part) => part.text).join('');

const clipText = (text: string, columns: number): string => {
  let clipped = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    clipped += character;
  }
  return clipped;
};

/** At most so many columns; what was cut is shown to have been cut. */
export const clip = (spans: Line, columns: number, { glyphs }: Pick<Theme, 'glyphs'>): Line => {
  if (columnsOfLine(spans) <= columns) return spans;
  const mark = columnsOf(glyphs.ellipsis) < columns ? glyphs.ellipsis : '';
  let left = columns - columnsOf(mark);
  const kept: Span[] = [];
  for (const part of spans) {
    const text = clipText(part.text, left);
    if (text !== '') kept.push({ ...part, text });
    left -= columnsOf(text);
    if (text !== part.text) break;
  }
  const tone = kept.at(-1)?.tone ?? 'plain';
  return mark === '' ? kept : [...kept, { text: mark, tone }];
};

/** Exactly so many columns. */
export const padTo = (spans: Line, columns: number, theme: Pick<Theme, 'glyphs'>): Line => {
  const clipped = clip(spans, columns, theme);
  const missing = columns - columnsOfLine(clipped);
  return missing <= 0 ? clipped : [...clipped, span(' '.repeat(missing))];
};

/** A text in lines of one tone. */
export const wrapped = (text: string, columns: number, tone: Tone = 'plain'): readonly Line[] =>
  wrap(text, columns).map((piece) => [span(piece, tone)]);

/** A label beside the first line, the others indented under it. */
export const hang = (label: Line, lines: readonly Line[], columns = columnsOfLine(label)): readonly Line[] =>
  lines.map((one, at) =>
    at === 0
      ? [...label, span(' '.repeat(Math.max(0, columns - columnsOfLine(label)))), ...one]
      : one.length === 0
        ? one
        : [span(' '.repeat(columns)), ...one],
  );

/** Left and right ends of one line; the left one gives way. */
export const spread = (left: Line, right: Line, columns: number, theme: Pick<Theme, 'glyphs'>): Line => {
  const room = columns - columnsOfLine(right);
  return room < 2 ? clip(left, columns, theme) : [...padTo(left, room - 1, theme), span(' '), ...right];
};

/** Cells under each other, `gap` columns apart; `too-wide` when they do not fit, so that it is said another way. */
export const tabulate = (
  rows: readonly (readonly Line[])[],
  columns: number,
  gap = 2,
): readonly Line[] | 'too-wide' => {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, columnsOfLine(cell));
  if (widths.reduce((sum, width) => sum + width + gap, -gap) > columns) return 'too-wide';
  return rows.map((row) =>
    row.flatMap((cell, at) => {
      const missing = (widths[at] ?? 0) - columnsOfLine(cell) + gap;
      return at === row.length - 1 ? cell : [...cell, span(' '.repeat(missing))];
    }),
  );
};
