// The options every command with a result shares: where it goes, how it looks, and from when on it fails. It knows
// their names, words and defaults, and reads them; the formats of a command are its own.
import type { Options } from 'yargs';
import type { Severity } from '../report/report.ts';
import { isSet, type ParsedArguments, readChoice, readText } from './argument-values.ts';
import { UsageError } from './faults.ts';
import { choiceOption, flagOption, textOption } from './option-kinds.ts';
import type { ColorChoice } from './terminal.ts';

export const failLevels = ['critical', 'high', 'medium', 'low', 'never'] as const;
const colorChoices = ['auto', 'always', 'never'] as const;

export type FailLevel = Severity | 'never';

const group = 'Output:';

/** `--format` of one command. */
export const formatOption = (formats: readonly string[], fallback = 'text'): Options =>
  choiceOption(group, 'how the result is written', formats, fallback);

/** `--format` of a command that has a screen. */
export const screenFormatOption = (formats: readonly string[]): Options =>
  choiceOption(group, 'how the result is written', ['tui', ...formats], 'tui on a terminal, else text');

/** Of the commands that have a screen. */
export const screenOptions = {
  'screen-reader': flagOption(group, 'on a terminal, sentences instead of a screen (INK_SCREEN_READER)'),
} as const satisfies Readonly<Record<string, Options>>;

export const outputOptions = {
  output: textOption(group, 'write the result to a file instead of stdout', { alias: 'o' }),
  color: choiceOption(group, 'colour (NO_COLOR is honoured)', colorChoices, 'auto'),
} as const satisfies Readonly<Record<string, Options>>;

/** Of the commands whose findings make an exit code. */
export const verdictOptions = {
  'fail-on': choiceOption(group, 'exit with 1 from this severity up', failLevels, 'high'),
} as const satisfies Readonly<Record<string, Options>>;

export const strictOption: Options = flagOption(group, 'exit with 3 when something could not be judged');

export interface OutputRequest {
  readonly color: ColorChoice;
  /** A path; absent is stdout. */
  readonly outputPath?: string;
}

export interface ScreenRequest<Format extends string> {
  /** What is written; of a screen, what is left behind: `text`. */
  readonly format: Format | 'text';
  /** `screen` where the terminal is interactive, else the document. */
  readonly display: 'screen' | 'document';
  readonly screenReader: 'asked-for' | 'not-asked-for';
}

/**
 * `--format` with `tui`: the default, unless the result goes to a file or the talk to stderr.
 * @throws {UsageError}
 */
export const readScreen = <Format extends string>(
  parsed: ParsedArguments,
  formats: readonly Format[],
): ScreenRequest<Format> => {
  const { outputPath } = readOutput(parsed);
  const others = formats.filter((name) => name !== 'text');
  const choices: readonly (Format | 'tui' | 'text')[] = ['tui', 'text', ...others];
  const elsewhere = outputPath !== undefined || isSet(parsed, 'verbose');
  const format = readChoice(parsed, 'format', { choices, fallback: elsewhere ? 'text' : 'tui' });
  if (format === 'tui' && outputPath !== undefined)
    throw new UsageError('--format tui is a screen and no file: leave out --output, or name another format');
  return {
    format: format === 'tui' ? 'text' : format,
    display: format === 'tui' ? 'screen' : 'document',
    screenReader: isSet(parsed, 'screen-reader') ? 'asked-for' : 'not-asked-for',
  };
};

/** @throws {UsageError} */
export const readOutput = (parsed: ParsedArguments): OutputRequest => {
  const outputPath = readText(parsed, 'output');
  return {
    color: readChoice(parsed, 'color', { choices: colorChoices, fallback: 'auto' }),
    ...(outputPath === undefined || outputPath === '-' ? {} : { outputPath }),
  };
};

/** @throws {UsageError} */
export const readFailLevel = (parsed: ParsedArguments, fallback: FailLevel = 'high'): FailLevel =>
  readChoice(parsed, 'fail-on', { choices: failLevels, fallback });

export const readStrictness = (parsed: ParsedArguments): 'fails' | 'passes' =>
  isSet(parsed, 'strict') ? 'fails' : 'passes';
