/**
 * `~SEQ(…)` and `~LST(…)`: a line repeated with one or several definitions stepped through values
 * (lib/parser.c: add_seq, add_lst). Knows their syntax and values; expanding the line is the reader's work.
 */

/** One repetition: the definitions to set before the line is read again. */
export type Bindings = readonly (readonly [name: string, value: string])[];

export interface Repetition {
  /** Index in the line where the repeated text begins. */
  readonly bodyAt: number;
  readonly names: readonly string[];
  readonly steps: Iterable<Bindings>;
}

export type RepetitionReading = { readonly repetition: Repetition } | { readonly problem: string };

function skipBlanks(text: string, index: number): number {
  let at = index;
  while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
  return at;
}

function* countSteps(name: string, range: SequenceRange, radix: 10 | 16): Iterable<Bindings> {
  for (let value = range.start; range.step > 0 ? value <= range.end : value >= range.end; value += range.step)
    yield [[name, value.toString(radix)]];
}

interface SequenceRange {
  readonly start: number;
  readonly step: number;
  readonly end: number;
}

/** `end` | `start, end` | `start, step, end`; numbers as C reads them (0x and leading 0 count). */
function readRange(parameters: string): SequenceRange | undefined {
  const numbers = parameters.split(',').map((part) => {
    const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\s*$/.exec(part);
    if (match?.[2] === undefined) return Number.NaN;
    const digits = match[2];
    const magnitude = /^0[xX]/.test(digits)
      ? Number.parseInt(digits.slice(2), 16)
      : Number.parseInt(digits, digits.startsWith('0') ? 8 : 10);
    return match[1] === '-' ? -magnitude : magnitude;
  });
  if (numbers.some((number) => !Number.isSafeInteger(number))) return undefined;
  const [one, two, three] = numbers;
  if (one === undefined || numbers.length > 3) return undefined;
  if (two === undefined) return { start: one < 0 ? -1 : 1, step: one < 1 ? -1 : 1, end: one };
  if (three === undefined) return { start: one, step: one <= two ? 1 : -1, end: two };
  return { start: one, step: two, end: three };
}

/** `substitute` puts definitions into the parameters, which may be written `$FIRST`. */
export function readSequence(text: string, substitute: (text: string) => string): RepetitionReading {
  const match = /^~SEQ(x?)[ \t]*\([ \t]*([^ \t,){]+)[ \t]*,([^)]*)\)/.exec(text);
  if (match === null)
    return { problem: 'a ~SEQ needs (name, end), (name, start, end) or (name, start, step, end)' };
  const [whole, hex = '', name = '', parameters = ''] = match;
  const range = readRange(substitute(parameters));
  if (range === undefined) return { problem: 'the bounds of this ~SEQ are not numbers' };
  const { start, step, end } = range;
  if (step === 0 || (start < end && step < 0) || (start > end && step > 0))
    return { problem: 'this ~SEQ steps away from its end' };
  if (hex === 'x' && (start < 0 || end < 0)) return { problem: 'a ~SEQx cannot count below zero' };
  return {
    repetition: {
      bodyAt: skipBlanks(text, whole.length),
      names: [name],
      steps: countSteps(name, range, hex === 'x' ? 16 : 10),
    },
  };
}

interface Group {
  readonly words: readonly string[];
  readonly next: number;
}

/** A word, or several in braces; `stop` holds the characters that end a word. */
function readGroup(text: string, from: number, stop: RegExp): Group | undefined {
  let at = skipBlanks(text, from);
  const readWord = (): string => {
    const start = at;
    while (at < text.length && !stop.test(text.charAt(at))) at++;
    const word = text.slice(start, at);
    at = skipBlanks(text, at);
    return word;
  };
  if (text.charAt(at) !== '{') return { words: [readWord()], next: at };
  const words: string[] = [];
  do {
    at = skipBlanks(text, at + 1);
    words.push(readWord());
  } while (text.charAt(at) === ',');
  return text.charAt(at) === '}' ? { words, next: skipBlanks(text, at + 1) } : undefined;
}

export function readList(text: string): RepetitionReading {
  const malformed = { problem: 'a ~LST needs (name, value, …) or ({name, …}, {value, …}, …)' };
  let at = skipBlanks(text, '~LST'.length);
  if (text.charAt(at) !== '(') return malformed;
  const names = readGroup(text, at + 1, /[ \t,}]/);
  if (names === undefined || text.charAt(names.next) !== ',') return malformed;
  at = names.next;
  const steps: Bindings[] = [];
  while (text.charAt(at) === ',') {
    const values = readGroup(text, at + 1, /[ \t,})]/);
    if (values === undefined) return malformed;
    if (values.words.length > names.words.length) return { problem: 'this ~LST has more values than names' };
    steps.push(names.words.map((name, index) => [name, values.words[index] ?? ''] as const));
    at = values.next;
  }
  if (text.charAt(at) !== ')') return malformed;
  return { repetition: { bodyAt: skipBlanks(text, at + 1), names: names.words, steps } };
}
