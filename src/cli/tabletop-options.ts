// The options of `tabletop`: those of `check` that say which nodes and how to reach them, and its own way of output.
import type { Options } from 'yargs';
import { checkOptions } from './check-options.ts';

const others: ReadonlySet<string> = new Set(['record', 'strict', 'format', 'verbose']);

export const tabletopOptions: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(Object.entries(checkOptions).filter(([name]) => !others.has(name))),
  format: {
    group: 'Output:',
    describe: 'how the result is written: text, json [default: text]',
    type: 'string',
    requiresArg: true,
  },
  verbose: {
    group: 'Output:',
    describe: 'list every pair of losses, and say on stderr what happens on each node',
    type: 'boolean',
    alias: 'v',
  },
};
