// A result file appears whole or not at all: written beside its place, then put there. It knows files, not formats.
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { OperationError, reasonOf } from './faults.ts';

/** Devices, pipes and links to them cannot be replaced; they are written to. */
const isReplaceable = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => true,
  );

/** @throws {OperationError} when the file cannot be written; what stood there before is untouched */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  const aside = `${path}.${process.pid}.part`;
  try {
    if (!(await isReplaceable(path))) {
      await writeFile(path, text);
      return;
    }
    await writeFile(aside, text, { flag: 'wx' });
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new OperationError(`the result could not be written to ${path}: ${reasonOf(error)}`);
  }
};
