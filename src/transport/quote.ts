// One value as one word of a POSIX shell, and of fish. It knows quoting and nothing about the commands it is used in.

/**
 * The value as a single shell word that expands to exactly this value, whatever it holds.
 * A NUL byte cannot be part of an argument of any process, so it is refused rather than dropped.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL byte cannot be passed to a command');
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(value)) return value;
  // Backslashes stand outside the quotes: fish, a login shell as any other, takes them as escapes inside.
  return `'${value.replace(/['\\]/g, "'\\$&'")}'`;
}

/** A command line that runs exactly these arguments. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}
