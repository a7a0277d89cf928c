// A recording that was cut, emptied, garbled or robbed of a file on its way is never judged as if it were whole: a
// recording of today says so, one of an older version is not called healthy by what is missing.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleError, readBundle, writeBundle } from '../../src/evidence/bundle-folder.ts';
import { sealOf } from '../../src/evidence/checksums.ts';
import { judgeBundle } from '../../src/session.ts';

const fixture = join(import.meta.dirname, '../../fixtures/bundles/healthy-three');

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

const harms: Readonly<Record<string, (bytes: Buffer) => Buffer | null>> = {
  removed: () => null,
  emptied: () => Buffer.alloc(0),
  halved: (bytes) => bytes.subarray(0, bytes.length >> 1),
  'without its last bytes': (bytes) => bytes.subarray(0, bytes.length - 7),
  'without its last line': (bytes) => bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1),
  'with a changed byte': (bytes) => {
    const copy = Buffer.from(bytes);
    const at = Math.floor(copy.length * 0.7);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  },
  'with more at its end': (bytes) => Buffer.concat([bytes, Buffer.from('\n')]),
  'made of noise': (bytes) => Buffer.from(bytes.map((_, at) => (at * 167 + 13) % 256)),
};

let desk = '';
let whole = '';
beforeAll(async () => {
  desk = await mkdtemp(join(tmpdir(), 'vipdoctor-damage-'));
  whole = join(desk, 'whole');
  await writeBundle(whole, await readBundle(fixture));
});
afterAll(() => rm(desk, { recursive: true, force: true }));

const harmed = async (source: string, file: string, harm: (bytes: Buffer) => Buffer | null) => {
  const copy = await mkdtemp(join(desk, 'copy-'));
  await cp(source, copy, { recursive: true });
  const path = join(copy, file);
  const before = await readFile(path);
  const after = harm(before);
  if (after === null) await rm(path);
  else await writeFile(path, after);
  return { copy, path, changed: after === null || !after.equals(before) };
};

describe.each(Object.entries(harms))('a recording with a file %s', (_name, harm) => {
  it('is refused, and the file is named', async () => {
    const files = await filesIn(whole);
    expect(files).toContain('manifest.json');
    for (const file of files) {
      const { copy, path, changed } = await harmed(whole, file, harm);
      if (!changed) continue;
      const told = await readBundle(copy).then(
        () => 'read',
        (error: unknown) => (error instanceof BundleError ? error.message : `crash: ${String(error)}`),
      );
      expect(told, file).toContain(path);
    }
  });

  it('is no crash without checksums either', async () => {
    for (const file of await filesIn(fixture)) {
      const { copy } = await harmed(fixture, file, harm);
      try {
        const { verdicts } = judgeBundle(await readBundle(copy));
        expect(verdicts.filter(({ reason }) => reason?.startsWith('the rule failed') === true)).toEqual([]);
      } catch (error) {
        expect(error, file).toBeInstanceOf(BundleError);
      }
    }
  });
});

it('a recording that is whole is read, and its manifest is sealed', async () => {
  expect(judgeBundle(await readBundle(whole))).toEqual(judgeBundle(await readBundle(fixture)));
  expect(sealOf(await readFile(join(whole, 'manifest.json'), 'utf8'))).toBe('whole');
  expect(sealOf(await readFile(join(fixture, 'manifest.json'), 'utf8'))).toBe('none');
});
