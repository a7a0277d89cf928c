/**
 * Words of a command line that a person will paste into a shell. Knows POSIX quoting; runs nothing.
 */

/** The word as it is when it is plain, else in single quotes. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_.:/=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export const commandLine = (...words: readonly (string | number)[]): string =>
  words.map((word) => quoteWord(String(word))).join(' ');
