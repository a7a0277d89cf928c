import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartialBits } from '../../src/netfilter/bits.ts';
import {
  anyFlag,
  bitAnd,
  bitOr,
  bitXor,
  equals,
  lessThan,
  shiftLeft,
  shiftRight,
  within,
} from '../../src/netfilter/bits.ts';

const width = 4;
const partial = fc
  .record({ value: fc.bigInt({ min: 0n, max: 15n }), known: fc.bigInt({ min: 0n, max: 15n }) })
  .map(({ value, known }) => ({ value: value & known, known, width }));

/** Every number the known bits allow. */
const possible = (bits: PartialBits): readonly bigint[] =>
  Array.from({ length: 16 }, (_, index) => BigInt(index)).filter(
    (value) => (value & bits.known) === bits.value,
  );

const verdictOf = (answers: readonly boolean[]): string =>
  answers.every(Boolean) ? 'yes' : answers.some(Boolean) ? 'unknown' : 'no';

describe('numbers with unknown bits', () => {
  it('compare as all their possible values do', () => {
    fc.assert(
      fc.property(partial, fc.bigInt({ min: 0n, max: 15n }), (bits, value) => {
        const all = possible(bits);
        expect(equals(bits, value, '').is).toBe(verdictOf(all.map((one) => one === value)));
        expect(lessThan(bits, value, '').is).toBe(verdictOf(all.map((one) => one < value)));
        expect(anyFlag(bits, value, '').is).toBe(
          value === 0n ? 'no' : verdictOf(all.map((one) => (one & value) !== 0n)),
        );
      }),
    );
  });

  it('are never said to be outside or inside a range when one value says otherwise', () => {
    fc.assert(
      fc.property(
        partial,
        fc.bigInt({ min: 0n, max: 15n }),
        fc.bigInt({ min: 0n, max: 15n }),
        (bits, low, high) => {
          const answer = within(bits, low, high, '').is;
          const truth = verdictOf(possible(bits).map((one) => one >= low && one <= high));
          if (answer !== 'unknown') expect(answer).toBe(truth);
        },
      ),
    );
  });

  it('combine soundly: every possible result stays possible', () => {
    fc.assert(
      fc.property(partial, partial, fc.integer({ min: 0, max: 3 }), (a, b, by) => {
        const shift = BigInt(by);
        for (const one of possible(a)) {
          expect(possible(shiftLeft(a, by))).toContain((one << shift) & 15n);
          expect(possible(shiftRight(a, by))).toContain(one >> shift);
          for (const other of possible(b)) {
            expect(possible(bitAnd(a, b))).toContain(one & other);
            expect(possible(bitOr(a, b))).toContain(one | other);
            expect(possible(bitXor(a, b))).toContain(one ^ other);
          }
        }
      }),
    );
  });
});
