/**
 * Numbers of which only some bits are known, and answers that may be "unknown".
 * Knows arithmetic only: comparisons that the known bits already settle are settled, all others say why not.
 */

export type Answer =
  | { readonly is: 'yes' }
  | { readonly is: 'no' }
  | { readonly is: 'unknown'; readonly why: string };

export const yes: Answer = { is: 'yes' };
export const no: Answer = { is: 'no' };
export const unknown = (why: string): Answer => ({ is: 'unknown', why });

export interface PartialBits {
  readonly value: bigint;
  /** Mask of the bits of `value` that are known. */
  readonly known: bigint;
  readonly width: number;
}

export const allOnes = (width: number): bigint => (1n << BigInt(width)) - 1n;

export function knownBits(value: bigint | number, width: number): PartialBits {
  const mask = allOnes(width);
  return { value: BigInt(value) & mask, known: mask, width };
}

export const unknownBits = (width: number): PartialBits => ({ value: 0n, known: 0n, width });

export function not(answer: Answer): Answer {
  if (answer.is === 'unknown') return answer;
  return answer.is === 'yes' ? no : yes;
}

export function bothOf(a: Answer, b: Answer): Answer {
  if (a.is === 'no' || b.is === 'no') return no;
  if (a.is === 'unknown') return a;
  return b;
}

export function eitherOf(a: Answer, b: Answer): Answer {
  if (a.is === 'yes' || b.is === 'yes') return yes;
  if (a.is === 'unknown') return a;
  return b;
}

export const answerOf = (condition: boolean): Answer => (condition ? yes : no);

const lowest = (bits: PartialBits): bigint => bits.value & bits.known;
const highest = (bits: PartialBits): bigint =>
  (bits.value & bits.known) | (allOnes(bits.width) & ~bits.known);

export const isKnown = (bits: PartialBits): boolean => bits.known === allOnes(bits.width);

/** Is `bits`, looked at through `mask`, equal to `value` looked at through `mask`? */
export function equalsUnder(bits: PartialBits, value: bigint, mask: bigint, why: string): Answer {
  if (((bits.value ^ value) & bits.known & mask) !== 0n) return no;
  return (mask & allOnes(bits.width) & ~bits.known) === 0n ? yes : unknown(why);
}

export function equals(bits: PartialBits, value: bigint, why: string): Answer {
  if (value < 0n || value > allOnes(bits.width)) return no;
  return equalsUnder(bits, value, allOnes(bits.width), why);
}

export function within(bits: PartialBits, low: bigint, high: bigint, why: string): Answer {
  const min = lowest(bits);
  const max = highest(bits);
  if (min >= low && max <= high) return yes;
  if (max < low || min > high) return no;
  return unknown(why);
}

export function lessThan(bits: PartialBits, value: bigint, why: string): Answer {
  if (highest(bits) < value) return yes;
  if (lowest(bits) >= value) return no;
  return unknown(why);
}

export function atMost(bits: PartialBits, value: bigint, why: string): Answer {
  return lessThan(bits, value + 1n, why);
}

/** Is any of the flags in `mask` set? */
export function anyFlag(bits: PartialBits, mask: bigint, why: string): Answer {
  if ((bits.value & bits.known & mask) !== 0n) return yes;
  return (mask & allOnes(bits.width) & ~bits.known) === 0n ? no : unknown(why);
}

/** Above its width a number is zero, and that is known. */
function widen(bits: PartialBits, width: number): PartialBits {
  return { value: bits.value, known: bits.known | (allOnes(width) & ~allOnes(bits.width)), width };
}

export function bitAnd(left: PartialBits, right: PartialBits): PartialBits {
  const width = Math.max(left.width, right.width);
  const a = widen(left, width);
  const b = widen(right, width);
  const zeroes = (a.known & ~a.value) | (b.known & ~b.value);
  const ones = a.known & a.value & b.known & b.value;
  return { value: ones, known: (zeroes | ones) & allOnes(width), width };
}

export function bitOr(left: PartialBits, right: PartialBits): PartialBits {
  const width = Math.max(left.width, right.width);
  const a = widen(left, width);
  const b = widen(right, width);
  const ones = (a.known & a.value) | (b.known & b.value);
  const zeroes = a.known & ~a.value & b.known & ~b.value;
  return { value: ones, known: (zeroes | ones) & allOnes(width), width };
}

export function bitXor(left: PartialBits, right: PartialBits): PartialBits {
  const width = Math.max(left.width, right.width);
  const a = widen(left, width);
  const b = widen(right, width);
  const known = a.known & b.known;
  return { value: (a.value ^ b.value) & known, known, width };
}

export function shiftLeft(a: PartialBits, by: number): PartialBits {
  const shift = BigInt(by);
  const mask = allOnes(a.width);
  return {
    value: (a.value << shift) & mask,
    known: ((a.known << shift) | allOnes(by)) & mask,
    width: a.width,
  };
}

export function shiftRight(a: PartialBits, by: number): PartialBits {
  const shift = BigInt(by);
  const vacated = allOnes(a.width) & ~(allOnes(a.width) >> shift);
  return { value: a.value >> shift, known: (a.known >> shift) | vacated, width: a.width };
}
