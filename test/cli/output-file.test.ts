// A result file is whole or is not there.
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationError } from '../../src/cli/faults.ts';
import { requirePlaceFor, writeWhole } from '../../src/cli/output-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vipdoctor-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a place for a result', () => {
  it('is a file, new or not, or a device', async () => {
    const path = join(folder, 'report.json');
    await requirePlaceFor(path);
    await writeFile(path, 'old');
    await requirePlaceFor(path);
    await requirePlaceFor('/dev/null');
    expect(await readdir(folder)).toEqual(['report.json']);
  });

  it('is no folder, nor in one that is not there', async () => {
    await expect(requirePlaceFor(folder)).rejects.toThrow(/is a folder/);
    await expect(requirePlaceFor(join(folder, 'none', 'x'))).rejects.toThrow(
      /name another file for --output/,
    );
  });
});

describe('writing a result', () => {
  it('replaces what was there and leaves nothing beside it', async () => {
    const path = join(folder, 'report.json');
    await writeFile(path, 'old');
    await writeWhole(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['report.json']);
  });

  it('says which file could not be written', async () => {
    const path = join(folder, 'none', 'report.json');
    await expect(writeWhole(path, 'x')).rejects.toThrow(OperationError);
    await expect(writeWhole(path, 'x')).rejects.toThrow(path);
  });

  it('does not replace a directory', async () => {
    await expect(writeWhole(folder, 'x')).rejects.toThrow(OperationError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes to devices instead of replacing them', async () => {
    const path = join(folder, 'null');
    await symlink('/dev/null', path);
    await writeWhole(path, 'x');
    expect(await readFile('/dev/null', 'utf8')).toBe('');
    expect(await readdir(folder)).toEqual(['null']);
  });
});
