// What the sections of the text report share: style, glyphs, the label column, and one way to make a value safe. It
// knows nothing about reports.
import { escapeLine } from './escape.ts';
import type { Verdict } from './report.ts';
import { pad, paint, type TerminalStyle, wrap } from './typeset.ts';

interface Glyphs {
  readonly verdict: Record<Verdict, string>;
  readonly rung: { readonly reached: string; readonly missed: string; readonly unknown: string };
  readonly none: string;
  readonly arrow: string;
  readonly dot: string;
}

const utf8: Glyphs = {
  verdict: { critical: '✖', degraded: '▲', healthy: '✔', unknown: '?' },
  rung: { reached: '●', missed: '○', unknown: '?' },
  none: '·',
  arrow: '→',
  dot: '·',
};
const ascii: Glyphs = {
  verdict: { critical: 'X', degraded: '!', healthy: '+', unknown: '?' },
  rung: { reached: '#', missed: '-', unknown: '?' },
  none: '.',
  arrow: '->',
  dot: '-',
};

const indent = '  ';
const labelColumns = 8;
const bodyIndent = ' '.repeat(indent.length + labelColumns);
/** What the sections share: the style, the glyphs, and one way to make a value safe. */
export interface Desk {
  readonly style: TerminalStyle;
  readonly glyphs: Glyphs;
  readonly room: number;
  readonly safe: (text: string) => string;
}

export const deskFor = (style: TerminalStyle): Desk => ({
  style,
  glyphs: style.unicode === 'utf8' ? utf8 : ascii,
  room: Math.max(8, style.width - bodyIndent.length),
  safe: (text) => escapeLine(text, style.unicode),
});

/** Lines of a section: the label stands beside the first, the others are indented under it. */
export const section = (desk: Desk, label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, at) =>
    at === 0
      ? `${indent}${paint(desk.style, pad(label, labelColumns), 'bold')}${line}`
      : line === ''
        ? ''
        : `${bodyIndent}${line}`,
  );

export const sentences = (desk: Desk, text: string): readonly string[] => wrap(desk.safe(text), desk.room);
