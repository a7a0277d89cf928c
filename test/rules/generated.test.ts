// The index and the pages are what the rules give; run `npm run generate` when this fails.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRules, renderAll, root, stalePages } from '../../scripts/generate.ts';

test('the index and the pages are current', async () => {
  const files = await loadRules();
  expect(files.length).toBeGreaterThan(0);
  for (const document of renderAll(files))
    expect(await readFile(join(root, document.path), 'utf8'), `${document.path}: run npm run generate`).toBe(
      document.text,
    );
  expect(await stalePages(files)).toEqual([]);
});
