// A result file appears whole or not at all: written beside its place, then put there. It knows files, not formats.
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperationError, reasonOf } from './faults.ts';

/** Devices, pipes and links to them cannot be replaced; they are written to. */
const isReplaceable = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => true,
  );

/**
 * Before work begins whose result would be lost. A device, a pipe or a file takes it as it is.
 * @throws {OperationError} when there is no place to write to
 */
export const requirePlaceFor = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true)
    throw new OperationError(`${path} is a folder: name a file for --output`);
  const folder = dirname(path);
  const needed = found === undefined || found.isFile() ? folder : path;
  await access(needed, constants.W_OK).catch(() => {
    throw new OperationError(
      `nothing can be written to ${path}: ${needed} is not there or not writable; name another file for --output`,
    );
  });
};

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
