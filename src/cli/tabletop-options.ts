// The options of `tabletop`: those of `check` that say which nodes and how to reach them, and its own way of output.
import type { Options } from 'yargs';
import { documentFormats } from './argument-values.ts';
import { checkOptions } from './check-options.ts';
import { flagOption, without } from './option-kinds.ts';
import { formatOption } from './output-options.ts';
import { settledOptions } from './settled-options.ts';

export const tabletopOptions: Readonly<Record<string, Options>> = {
  ...without(checkOptions, 'record', 'strict'),
  format: formatOption(documentFormats),
  verbose: flagOption('Output:', 'list every pair of losses, and say on stderr what happens on each node', {
    alias: 'v',
  }),
  ...settledOptions,
};
