// The command line of `lab` as data: its commands and options. It knows names, not labs.
import type { Options } from 'yargs';
import { textOption } from './option-kinds.ts';

const text = (describe: string): Options => textOption('Options:', describe);

const node = { node: text('node to do it on [default: chosen by the fault]') };

export const labOptions: Readonly<Record<string, Options>> = {
  name: text('whose lab [default: made from the user and the working directory]'),
};

export interface LabSubcommand {
  readonly command: string;
  readonly describe: string;
  readonly positionals: readonly (readonly [string, string])[];
  readonly options: Readonly<Record<string, Options>>;
  /** What follows the positionals in the usage line. */
  readonly tail?: string;
}

export const labSubcommands: readonly LabSubcommand[] = [
  {
    command: 'up [topology]',
    describe: 'raise the cluster and wait until it is healthy',
    positionals: [['topology', 'one of "lab list"; default: three']],
    options: { topology: text('the same, as an option') },
  },
  {
    command: 'break <fault>',
    describe: 'inject a fault',
    positionals: [['fault', 'one of "lab list"']],
    options: { ...node, variant: text('one of the variants of the fault') },
  },
  {
    command: 'heal [fault]',
    describe: 'undo a fault, or all of them, and wait until it is healthy',
    positionals: [['fault', 'default: all that were injected']],
    options: {},
  },
  { command: 'down', describe: 'end the cluster and clear everything it made', positionals: [], options: {} },
  {
    command: 'list',
    describe: 'topologies, faults with their variants, and what is up',
    positionals: [],
    options: {
      format: text('how the list is written: text, json [default: text]'),
    },
  },
  {
    command: 'exec <node>',
    describe: 'run a command on a node',
    positionals: [['node', 'name of the node']],
    options: {},
    tail: ' -- COMMAND',
  },
];
