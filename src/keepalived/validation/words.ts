/**
 * A line as the keyword handlers get it, and how keepalived reads numbers, times and switches from its words
 * (lib/parser.c: read_int, read_unsigned, read_decimal_unsigned, check_true_false). Knows what C's strtol lets
 * pass: leading blanks, a sign, an empty word.
 */
import type { Place, SourceLine, Token } from '../source-line.ts';

export interface ConfigLine extends Place {
  /** The keyword, then its words. */
  readonly words: readonly Token[];
  readonly source: SourceLine;
  /** `secret`: the line holds or may hold part of a password; nothing of it is quoted. */
  readonly privacy: 'open' | 'secret';
}

export function wordAt(line: ConfigLine, index: number): string | undefined {
  return line.words[index]?.value;
}

/** Where the word stands, or the line when there is no such word. */
export function placeOfWord(line: ConfigLine, index: number): Place {
  const { file, line: number, column } = line.words[index] ?? line;
  return { file, line: number, column };
}

/** A word for a message: never one that may be a secret, and never endless. */
export function quoteWord(line: ConfigLine, word: string | undefined): string {
  if (word === undefined) return 'nothing';
  if (line.privacy === 'secret') return 'what is written';
  return `'${word.length > 60 ? `${word.slice(0, 57)}...` : word}'`;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export type NumberFault = 'malformed' | 'negative' | 'out-of-range' | 'too-precise';

export type NumberReading = { readonly value: number } | { readonly fault: NumberFault };

export const anyUnsigned: Bounds = { least: 0, most: 4_294_967_295 };
export const anySigned: Bounds = { least: -2_147_483_648, most: 2_147_483_647 };
/** Seconds that still fit keepalived's microsecond timers. */
export const anySeconds: Bounds = { least: 0, most: 4294 };

const wholeNumber = /^[ \t\f\n\r\v]*([+-]?\d+)?$/;

export function readSigned(word: string, bounds: Bounds): NumberReading {
  const match = wholeNumber.exec(word);
  if (match === null || (match[1] === undefined && word !== '')) return { fault: 'malformed' };
  const value = Number(match[1] ?? '0');
  return value < bounds.least || value > bounds.most ? { fault: 'out-of-range' } : { value };
}

export function readUnsigned(word: string, bounds: Bounds): NumberReading {
  return /^\s*-/.test(word) ? { fault: 'negative' } : readSigned(word, bounds);
}

/** A decimal number with at most `digits` behind the point; the result in units of the last digit. */
export function readDecimal(word: string, bounds: Bounds, digits: number): NumberReading {
  if (word.startsWith('-')) return { fault: 'negative' };
  const point = word.indexOf('.');
  const fraction = point < 0 ? '' : word.slice(point + 1);
  if (fraction.length > digits) return { fault: 'too-precise' };
  const whole = (point < 0 ? word : word.slice(0, point)) + fraction.padEnd(digits, '0');
  return readSigned(whole, bounds);
}

export type Truth = 'on' | 'off';

export function readTruth(word: string): Truth | undefined {
  if (word === 'true' || word === 'on' || word === 'yes') return 'on';
  return word === 'false' || word === 'off' || word === 'no' ? 'off' : undefined;
}

/** The leading whole number of a word as strtoul reads it, with what follows it. */
export function leadingNumber(
  word: string,
  base: 10 | 16 = 10,
): { readonly value: number; readonly rest: string } | undefined {
  const match = (base === 16 ? /^\s*\+?(?:0x)?([0-9a-f]+)/i : /^\s*\+?(\d+)/).exec(word);
  if (match?.[1] === undefined) return undefined;
  return { value: Number.parseInt(match[1], base), rest: word.slice(match[0].length) };
}

/** What find_entry of rttables.c takes as a number: decimal, octal or hexadecimal. */
export function readAnyBase(word: string): number | undefined {
  if (/^\s*\+?0x[0-9a-f]+$/i.test(word)) return Number.parseInt(word.replace('+', ''), 16);
  if (/^\s*\+?0[0-7]+$/.test(word)) return Number.parseInt(word.replace('+', ''), 8);
  return /^\s*\+?\d+$/.test(word) ? Number(word) : undefined;
}
