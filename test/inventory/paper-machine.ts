// A machine made of text, for tests: files by path.
import type { Surroundings } from '../../src/inventory/reading.ts';

export function paperMachine(files: Readonly<Record<string, string>>): Surroundings {
  return {
    readFile: (path) => files[path],
    listDirectory: (directory) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1))
        .filter((name) => !name.includes('/'))
        .sort(),
    home: '/home/me',
    user: 'me',
    localHost: 'desk.example.net',
  };
}
