// The options of `lint`.
import type { Options } from 'yargs';
import { usualVersion } from '../keepalived/version.ts';
import { textOption } from './option-kinds.ts';
import { formatOption, outputOptions, verdictOptions } from './output-options.ts';
import { settledOptions } from './settled-options.ts';

export const lintFormats = ['text', 'json', 'sarif', 'junit'] as const;

export const lintOptions: Readonly<Record<string, Options>> = {
  'keepalived-version': textOption(
    'Judged for:',
    `the keepalived that reads the files [default: ${usualVersion.text}]`,
  ),
  format: formatOption(lintFormats),
  ...outputOptions,
  ...verdictOptions,
  ...settledOptions,
};
