// Where a capture comes from: a file, a gzip file, or stdin, read in pieces of bounded size. It knows files and
// nothing about what is in them but the two bytes that mark gzip.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { OperationError, reasonOf } from './faults.ts';

export interface CaptureSource {
  /** Ends early when reading fails half-way; then `cutShort` says why. */
  chunks(): AsyncIterable<Uint8Array>;
  cutShort(): string | undefined;
  /** How much `chunks` will give; absent where nobody knows. */
  readonly totalBytes?: number;
  /** Reads the whole capture from its beginning, at once; absent where that is not possible. */
  readonly ahead?: (see: (chunk: Uint8Array) => void) => void;
  /** The same where it takes waiting. */
  readonly aheadSlowly?: (see: (chunk: Uint8Array) => void) => Promise<void>;
}

const chunkBytes = 1 << 20;

const opened = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw new OperationError(`${path} could not be read: ${reasonOf(error)}`);
  }
};

async function* fileChunks(path: string): AsyncIterable<Uint8Array> {
  const file = await opened(path, () => open(path, 'r'));
  try {
    // While one piece is looked at, the next is read into the other.
    const pieces = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const;
    let next = file.read(pieces[0], 0, chunkBytes, null);
    for (let turn = 0; ; turn++) {
      const { bytesRead, buffer } = await opened(path, () => next);
      if (bytesRead === 0) return;
      next = file.read(pieces[turn % 2 === 0 ? 1 : 0], 0, chunkBytes, null);
      // Awaited in the next turn, or not at all when nobody asks for more.
      next.catch(() => undefined);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const readAhead =
  (path: string) =>
  (see: (chunk: Uint8Array) => void): void => {
    const descriptor = openSync(path, 'r');
    try {
      const piece = Buffer.allocUnsafe(chunkBytes);
      for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
        see(piece.subarray(0, read));
    } finally {
      closeSync(descriptor);
    }
  };

const isGzip = async (path: string): Promise<'gzip' | 'plain'> => {
  const file = await opened(path, () => open(path, 'r'));
  try {
    const { bytesRead, buffer } = await opened(path, () => file.read(Buffer.alloc(2), 0, 2, 0));
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b ? 'gzip' : 'plain';
  } finally {
    await file.close();
  }
};

/** @throws {OperationError} when there is nothing to read */
export const openCapture = async (path: string, stdin: NodeJS.ReadStream): Promise<CaptureSource> => {
  if (path === '-') return { chunks: () => stdin, cutShort: () => undefined };
  const found = await opened(path, () => stat(path));
  if (found.isDirectory()) throw new OperationError(`${path} is a folder, not a capture`);
  if (!found.isFile()) return { chunks: () => createReadStream(path), cutShort: () => undefined };
  if ((await isGzip(path)) === 'plain')
    return {
      chunks: () => fileChunks(path),
      cutShort: () => undefined,
      totalBytes: found.size,
      ahead: readAhead(path),
    };

  let cutShort: string | undefined;
  async function* unpacked(): AsyncIterable<Uint8Array> {
    const stream = createReadStream(path).pipe(createGunzip({ chunkSize: chunkBytes }));
    try {
      for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
    } catch (error) {
      // What was unpacked so far is as good as any capture that was cut.
      cutShort = `the gzip file is damaged or cut: ${reasonOf(error)}`;
    }
  }
  return {
    chunks: unpacked,
    cutShort: () => cutShort,
    aheadSlowly: async (see) => {
      for await (const chunk of unpacked()) see(chunk);
    },
  };
};
