// Examples at the end of a help text: a command line and, beside it, what it is good for.
import { tool } from './tool.ts';

/** The line with `$0` for the program, and words. */
export type Example = readonly [string, string];

/** Beside each other where that fits, so that a line can be copied as it is. */
export const exampleLines = (examples: readonly Example[]): string => {
  const lines = examples.map(([line, words]) => [line.replace('$0', tool.name), words] as const);
  const columns = Math.max(...lines.map(([line]) => line.length));
  return ['Examples:', ...lines.map(([line, words]) => `  ${line.padEnd(columns)}  # ${words}`)].join('\n');
};
