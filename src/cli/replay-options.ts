// The options of `replay`.
import type { Options } from 'yargs';
import { choiceOption } from './option-kinds.ts';
import { failLevels, formatOption, outputOptions, strictOption } from './output-options.ts';

export const replayFormats = ['text', 'json', 'ndjson'] as const;

export const replayOptions: Readonly<Record<string, Options>> = {
  format: formatOption(replayFormats),
  ...outputOptions,
  'fail-on': choiceOption(
    'Output:',
    'exit with 1 from this severity up',
    failLevels,
    'high; with ndjson: never',
  ),
  strict: strictOption,
};
