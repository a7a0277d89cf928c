// How things look: tones and glyphs. Only the 16 named colours of the terminal's own palette, none that vanishes on a
// light or a dark ground; every tone has words or a glyph beside it, so that nothing is said by colour alone.
import { type Charset, escapeCommand, escapeLine } from '../report/escape.ts';
import type { Severity, Verdict } from '../report/report.ts';
import type { TerminalDoor } from './door.ts';

export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'accent';

/** What Ink's Text takes for a tone. */
export interface Look {
  readonly color?: 'red' | 'green' | 'yellow' | 'cyan';
  readonly bold?: true;
  readonly dimColor?: true;
}

export interface Glyphs {
  readonly verdict: Readonly<Record<Verdict, string>>;
  readonly severity: Readonly<Record<Severity, string>>;
  readonly rung: { readonly reached: string; readonly missed: string; readonly unknown: string };
  readonly none: string;
  readonly dot: string;
  readonly arrow: string;
  readonly ellipsis: string;
  /** Stands before what is selected. */
  readonly pointer: string;
  readonly folded: string;
  readonly rule: string;
  readonly bar: { readonly full: string; readonly empty: string };
  readonly more: { readonly above: string; readonly below: string };
  readonly done: string;
  readonly busy: string;
  readonly failed: string;
  readonly cursor: string;
}

const utf8: Glyphs = {
  verdict: { critical: '✖', degraded: '▲', healthy: '✔', unknown: '?' },
  severity: { critical: '✖', high: '▲', medium: '■', low: '○' },
  rung: { reached: '●', missed: '○', unknown: '?' },
  none: '·',
  dot: '·',
  arrow: '→',
  ellipsis: '…',
  pointer: '▸',
  folded: '└',
  rule: '─',
  bar: { full: '━', empty: '─' },
  more: { above: '↑', below: '↓' },
  done: '✔',
  busy: '●',
  failed: '✖',
  cursor: '▏',
};

const ascii: Glyphs = {
  verdict: { critical: 'X', degraded: '!', healthy: '+', unknown: '?' },
  severity: { critical: 'X', high: '!', medium: '=', low: 'o' },
  rung: { reached: '#', missed: '-', unknown: '?' },
  none: '.',
  dot: '-',
  arrow: '->',
  ellipsis: '...',
  pointer: '>',
  folded: '`-',
  rule: '-',
  bar: { full: '=', empty: '-' },
  more: { above: '^', below: 'v' },
  done: '+',
  busy: '*',
  failed: 'X',
  cursor: '_',
};

const colored: Readonly<Record<Tone, Look>> = {
  plain: {},
  strong: { bold: true },
  quiet: { dimColor: true },
  good: { color: 'green', bold: true },
  warn: { color: 'yellow', bold: true },
  bad: { color: 'red', bold: true },
  accent: { color: 'cyan' },
};

const colorless: Readonly<Record<Tone, Look>> = {
  plain: {},
  strong: {},
  quiet: {},
  good: {},
  warn: {},
  bad: {},
  accent: {},
};

export interface Theme {
  readonly charset: Charset;
  readonly glyphs: Glyphs;
  readonly looks: Readonly<Record<Tone, Look>>;
  /** Any text from outside, made printable. */
  readonly safe: (text: string) => string;
  /** The same for what will be copied. */
  readonly safeCommand: (text: string) => string;
}

export const themeFor = ({ charset, color }: Pick<TerminalDoor, 'charset' | 'color'>): Theme => ({
  charset,
  glyphs: charset === 'utf8' ? utf8 : ascii,
  looks: color === 'none' ? colorless : colored,
  safe: (text) => escapeLine(text, charset),
  safeCommand: (text) => escapeCommand(text, charset),
});

export const verdictTone: Readonly<Record<Verdict, Tone>> = {
  critical: 'bad',
  degraded: 'warn',
  healthy: 'good',
  unknown: 'warn',
};

export const severityTone: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'plain',
};
