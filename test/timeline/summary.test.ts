// Order statistics: the intervals of the textbook, and what holds for any set of numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianConfidence, medianRank, spreadOf } from '../../src/timeline/summary.ts';

const exact = (values: readonly number[]) => values.map((value) => ({ value, bound: 'exact' as const }));

describe('the interval for the median', () => {
  it.each([
    [1, 1, 0],
    [2, 1, 0.5],
    [5, 1, 0.9375],
    [6, 1, 0.96875],
    [8, 1, 0.9921875],
    [9, 2, 0.9609375],
    [10, 2, 0.978515625],
    [20, 6, 0.9586105],
    [100, 40, 0.9647998],
  ])('of %i trials lies between the values of rank %i at %f', (n, k, confidence) => {
    const rank = medianRank(n);
    expect(rank.k).toBe(k);
    expect(rank.confidence).toBeCloseTo(confidence, 6);
  });

  it('is exact arithmetic for small n and finite for large', () => {
    expect(medianConfidence(3, 1)).toBeCloseTo(1 - 2 / 8, 12);
    const { confidence } = medianRank(5000);
    expect(confidence).toBeGreaterThanOrEqual(0.95);
    expect(confidence).toBeLessThan(0.96);
  });
});

describe('a spread', () => {
  it('of nothing is none', () => {
    expect(spreadOf([])).toBeUndefined();
  });

  it('takes the middle of two', () => {
    expect(spreadOf(exact([4, 1, 3, 2]))).toMatchObject({ n: 4, min: 1, median: 2.5, max: 4 });
  });

  it('of ten trials names the second and the ninth', () => {
    const spread = spreadOf(exact([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
    expect(spread?.interval).toMatchObject({ low: 2, high: 9 });
  });

  it('counts what is only a lower bound', () => {
    expect(spreadOf([...exact([1]), { value: 2, bound: 'at-least' }])?.atLeast).toBe(1);
  });

  it('is in order: min ≤ low ≤ median ≤ high ≤ max, whatever the order of the trials', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, (values) => {
        const spread = spreadOf(exact(values));
        if (spread === undefined) throw new Error('a spread of something');
        const { min, median, max, interval } = spread;
        const steps = [min, interval.low, median, interval.high, max];
        expect(steps).toEqual([...steps].sort((a, b) => a - b));
        expect(spreadOf(exact(values.toReversed()))).toEqual(spread);
      }),
    );
  });
});
