// The whole catalogue is accounted for: each fault has a rule, or a reason why it has none, never both.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue, others } from '../../scripts/coverage.ts';
import { coveragePath, root } from '../../scripts/generate.ts';
import { rules } from '../../src/rules/generated/index.ts';

const all = Object.values(catalogue).flat();
const ruled = new Set(rules.map((rule) => rule.id));

test('the catalogue has 140 faults, each once', () => {
  expect(Object.values(catalogue).map((ids) => ids.length)).toEqual([56, 47, 25, 12]);
  expect(new Set(all).size).toBe(140);
});

test('each fault has a rule or a reason, never both', () => {
  expect(all.filter((id) => !ruled.has(id)).toSorted()).toEqual(Object.keys(others).toSorted());
});

test('a reason that points at a rule points at one there is', () => {
  for (const other of Object.values(others)) {
    expect(other.text.split(' ').length).toBeGreaterThan(6);
    if (other.kind === 'part') expect(ruled).toContain(other.of);
  }
});

test('the page has a row for each', async () => {
  const rows = (await readFile(join(root, coveragePath), 'utf8'))
    .split('\n')
    .flatMap((line) => /^\| \[?`([a-z0-9.-]+)`/.exec(line)?.[1] ?? []);
  expect(rows).toEqual(all);
});
