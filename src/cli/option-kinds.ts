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

const choices = new WeakMap<Options, readonly string[]>();

/** The words an option takes, where it takes only some. */
export const choicesOf = (option: Options): readonly string[] | undefined => choices.get(option);

/** Choices and default stand in the words: the parser's own list of them does not fit beside them. */
export const choiceOption = (
  group: string,
  describe: string,
  words: readonly string[],
  fallback: string,
): Options => {
  const option = textOption(group, `${describe}: ${words.join(', ')} [default: ${fallback}]`);
  choices.set(option, words);
  return option;
};

/** The options but for some. */
export const without = (
  options: Readonly<Record<string, Options>>,
  ...names: readonly string[]
): Readonly<Record<string, Options>> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
