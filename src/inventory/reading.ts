// What the sources of an inventory get to see of the machine: files, and who the user is. The room's only
// access to the disk, so that everything else can be tested with text.
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';

export interface Surroundings {
  /** The text of a file, `undefined` when there is none; throws when it exists but cannot be read. */
  readFile(path: string): string | undefined;
  /** Names in a directory, for `Include` with a pattern; empty when there is none. */
  listDirectory(path: string): readonly string[];
  readonly home: string;
  readonly user: string;
  readonly localHost: string;
}

export function realSurroundings(): Surroundings {
  return {
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    listDirectory: (path) => {
      try {
        return readdirSync(path).sort();
      } catch {
        // A directory that is missing or closed to us has no files we could include.
        return [];
      }
    },
    home: homedir(),
    user: userInfo().username,
    localHost: hostname(),
  };
}
