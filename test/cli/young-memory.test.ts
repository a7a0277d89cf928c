// The room for fresh values stays as it is, however much is made and kept for a while.
import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { keepYoungMemorySmall } from '../../src/cli/young-memory.ts';

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;

it.runIf(/^(?:20|22)\./.test(process.versions.node))('does not grow', () => {
  keepYoungMemorySmall();
  const before = youngBytes();
  expect(before).toBeGreaterThan(0);
  const kept: string[][] = [];
  for (let round = 0; round < 400; round += 1) {
    kept.push(Array.from({ length: 2000 }, (_, at) => `${round} ${at}`));
    if (kept.length > 20) kept.shift();
  }
  expect(kept.flat().length).toBe(40_000);
  expect(youngBytes()).toBeLessThanOrEqual(before);
});
