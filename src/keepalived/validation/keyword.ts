/**
 * How a keyword is described: what it takes, which block it opens, since when keepalived knows it; and builders
 * for the kinds that come again and again (numbers, switches, presence). Knows no keyword itself.
 */
import type { Place } from '../source-line.ts';
import type { Complain } from './complaint.ts';
import {
  type Bounds,
  type ConfigLine,
  type NumberFault,
  type NumberReading,
  placeOfWord,
  quoteWord,
  readDecimal,
  readSigned,
  readTruth,
  readUnsigned,
  type Truth,
  wordAt,
} from './words.ts';

/**
 * What a handler may ask for: `skip-block` leaves the block that follows, `leave-block` the rest of this one;
 * `missing-word`: the line lacks a word keepalived cannot do without, and it stops reading.
 */
export type Outcome = 'skip-block' | 'leave-block' | 'missing-word';

export type Take = (line: ConfigLine) => Outcome | undefined;

export interface Keyword {
  readonly name: string;
  /** First release that knows it in this block; absent: older than what is told apart here. */
  readonly since?: string;
  /** First release that no longer knows it. */
  readonly until?: string;
  /** Words it needs after itself; keepalived stops reading when they are missing. */
  readonly needs?: number;
  readonly take?: Take;
  /** Lines of a block that holds values, not keywords. */
  readonly lines?: Take;
  readonly block?: readonly Keyword[];
  readonly close?: () => void;
}

const faults: Readonly<Record<NumberFault, string>> = {
  malformed: 'is no number',
  negative: 'is negative',
  'out-of-range': 'is out of range',
  'too-precise': 'has too many decimal places',
};

export interface Expectation {
  readonly name: string;
  /** For people: `1 to 255`. */
  readonly range: string;
  /** What keepalived does instead. */
  readonly instead: string;
}

/** The number, or undefined after the complaint. */
export function expectNumber(
  complain: Complain,
  line: ConfigLine,
  index: number,
  reading: NumberReading,
  expectation: Expectation,
): number | undefined {
  if ('value' in reading) return reading.value;
  const { name, range, instead } = expectation;
  complain(
    placeOfWord(line, index),
    'objects',
    reading.fault === 'out-of-range' ? 'number-out-of-range' : 'number-invalid',
    `${name}: ${quoteWord(line, wordAt(line, index))} ${faults[reading.fault]} (${range}); ${instead}`,
  );
  return undefined;
}

export interface Builders {
  /** Stands alone; further words mean nothing. */
  readonly presence: (name: string, then?: (line: ConfigLine) => void) => Keyword;
  /** Alone, or true/on/yes/false/off/no. */
  readonly truth: (name: string, then?: (value: Truth, line: ConfigLine) => void) => Keyword;
  readonly unsigned: (
    name: string,
    bounds: Bounds,
    then?: (value: number, line: ConfigLine) => void,
    instead?: string,
  ) => Keyword;
  readonly signed: (
    name: string,
    bounds: Bounds,
    then?: (value: number, line: ConfigLine) => void,
    instead?: string,
  ) => Keyword;
  /** Seconds with up to six decimal places; bounds and value in seconds. */
  readonly seconds: (
    name: string,
    bounds: Bounds,
    then?: (value: number, line: ConfigLine) => void,
    instead?: string,
  ) => Keyword;
  /** One word; keepalived complains when it is missing and reads on. */
  readonly text: (name: string, then?: (value: string, line: ConfigLine) => void) => Keyword;
  /** Replaced by another keyword; works, but `keepalived -t` fails. */
  readonly deprecated: (keyword: Keyword, better: string) => Keyword;
}

const ignored = 'keepalived ignores it';

function describe(bounds: Bounds): string {
  return `${bounds.least} to ${bounds.most}`;
}

export function makeBuilders(complain: Complain): Builders {
  const numeric =
    (read: (word: string, bounds: Bounds) => NumberReading, scale = 1): Builders['unsigned'] =>
    (name, bounds, then, instead = ignored) => ({
      name,
      needs: 1,
      take: (line) => {
        const reading = read(wordAt(line, 1) ?? '', bounds);
        const value = expectNumber(complain, line, 1, reading, { name, range: describe(bounds), instead });
        if (value !== undefined) then?.(value / scale, line);
        return undefined;
      },
    });
  const micro = 1_000_000;
  return {
    presence: (name, then) => ({
      name,
      take: (line) => {
        then?.(line);
        return undefined;
      },
    }),
    truth: (name, then) => ({
      name,
      take: (line) => {
        const word = wordAt(line, 1);
        const value = word === undefined ? 'on' : readTruth(word);
        if (value === undefined)
          complain(
            placeOfWord(line, 1),
            'objects',
            'switch-invalid',
            `${name} takes true, on, yes, false, off or no; ${ignored}`,
          );
        else then?.(value, line);
        return undefined;
      },
    }),
    unsigned: numeric(readUnsigned),
    signed: numeric(readSigned),
    seconds: (name, bounds, then, instead) => ({
      ...numeric(
        (word, { least, most }) => readDecimal(word, { least: least * micro, most: most * micro }, 6),
        micro,
      )(name, bounds, then, instead),
    }),
    text: (name, then) => ({
      name,
      take: (line) => {
        const word = wordAt(line, 1);
        if (word === undefined)
          complain(line, 'objects', 'value-missing', `${name} needs a value; ${ignored}`);
        else then?.(word, line);
        return undefined;
      },
    }),
    deprecated: (keyword, better) => ({
      ...keyword,
      take: (line) => {
        complain(line, 'deprecated', 'keyword-deprecated', `${keyword.name} is deprecated`, better);
        return keyword.take?.(line);
      },
    }),
  };
}

/** Only the first of several counts; keepalived complains about the others. */
export function onlyOnce(complain: Complain, keyword: Keyword, isNew: () => boolean): Keyword {
  return {
    ...keyword,
    take: (line) => {
      if (isNew()) return keyword.take?.(line);
      complain(line, 'objects', 'set-twice', `${keyword.name} is already set; ${ignored}`);
      return undefined;
    },
  };
}

export function at({ file, line, column }: Place): Place {
  return { file, line, column };
}
