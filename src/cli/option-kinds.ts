// The kinds of options the parser is told about: a text, a flag, one of several words. It knows no option by name.
import type { Options } from 'yargs';

export const textOption = (group: string, describe: string, more: Options = {}): Options => ({
  group,
  describe,
  type: 'string',
  requiresArg: true,
  ...more,
});

export const flagOption = (group: string, describe: string, more: Options = {}): Options => ({
  group,
  describe,
  type: 'boolean',
  ...more,
});

/** Choices and default stand in the words: the parser's own list of them does not fit beside them. */
export const choiceOption = (
  group: string,
  describe: string,
  choices: readonly string[],
  fallback: string,
): Options => textOption(group, `${describe}: ${choices.join(', ')} [default: ${fallback}]`);

/** The options but for some. */
export const without = (
  options: Readonly<Record<string, Options>>,
  ...names: readonly string[]
): Readonly<Record<string, Options>> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
