// The command line of `lab` as data: its commands and options. It knows names, not labs.
import type { Options } from 'yargs';
import type { Example } from './examples.ts';
import { choiceOption, textOption } from './option-kinds.ts';

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
  readonly examples: readonly Example[];
  /** What follows the positionals in the usage line. */
  readonly tail?: string;
}

export const labSubcommands: readonly LabSubcommand[] = [
  {
    command: 'up [topology]',
    describe: 'raise the cluster and wait until it is healthy',
    positionals: [['topology', 'one of "lab list"; default: three']],
    options: { topology: text('the same, as an option') },
    examples: [
      ['$0 lab up', 'three nodes'],
      ['$0 lab up ipv6', 'another topology of "lab list"'],
    ],
  },
  {
    command: 'break <fault>',
    describe: 'inject a fault',
    positionals: [['fault', 'one of "lab list"']],
    options: { ...node, variant: text('one of the variants of the fault') },
    examples: [
      ['$0 lab break rp-filter-drop --node n2', 'one node'],
      ['$0 lab break host-firewall-input-drop --variant nft-inet', 'one way of several'],
    ],
  },
  {
    command: 'heal [fault]',
    describe: 'undo a fault, or all of them, and wait until it is healthy',
    positionals: [['fault', 'default: all that were injected']],
    options: {},
    examples: [['$0 lab heal', 'everything']],
  },
  {
    command: 'down',
    describe: 'end the cluster and clear everything it made',
    positionals: [],
    options: {},
    examples: [['$0 lab down --name mine', 'one of several']],
  },
  {
    command: 'list',
    describe: 'topologies, faults with their variants, and what is up',
    positionals: [],
    options: {
      format: choiceOption('Options:', 'how the list is written', ['text', 'json'], 'text'),
    },
    examples: [['$0 lab list --format json', 'for scripts']],
  },
  {
    command: 'exec <node>',
    describe: 'run a command on a node',
    positionals: [['node', 'name of the node']],
    options: {},
    examples: [['$0 lab exec n2 -- journalctl -u keepalived', 'what it logged']],
    tail: ' -- COMMAND',
  },
];
