// The command line as plain data: every command with its options, what values they take, and what its words may be.
// Made from the same definitions as --help; it knows no shell and no manual.
import type { Options } from 'yargs';
import { faultNames } from '../../chaos/faults/fault.ts';
import { forcibleNames } from '../../chaos/preconditions.ts';
import { faults as labFaults } from '../../lab/faults/index.ts';
import { topologies } from '../../lab/topology.ts';
import { rules } from '../../rules/generated/index.ts';
import type { Command } from '../commands.ts';
import { labSubcommands } from '../lab-options.ts';
import { choicesOf } from '../option-kinds.ts';

/** What may stand in a place of the command line; `anything`: nobody can say. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'host' | 'host-or-file' | 'anything' };

export interface CatalogOption {
  readonly long: string;
  readonly short?: string;
  readonly describe: string;
  /** `none`: a flag. */
  readonly value: Values | 'none';
  readonly repeated: 'yes' | 'no';
  readonly group: string;
}

export interface CatalogCommand {
  /** `check`, or `lab up` for a command below another. */
  readonly name: string;
  readonly describe: string;
  /** After the program's name. */
  readonly usage: string;
  readonly options: readonly CatalogOption[];
  /** What its words may be; `none` when it takes none. */
  readonly words: Values | 'none';
  readonly examples: readonly (readonly [string, string])[];
}

const words = (list: readonly string[]): Values => ({ kind: 'words', words: list });

/** Values by the name of the option, where the definition says no choices of its own. */
const valuesByOption: Readonly<Record<string, Values>> = {
  inventory: { kind: 'file' },
  identity: { kind: 'file' },
  'known-hosts': { kind: 'file' },
  output: { kind: 'file' },
  record: { kind: 'folder' },
  from: { kind: 'folder' },
  jump: { kind: 'host' },
  witness: { kind: 'host' },
  observer: { kind: 'host' },
  force: words(forcibleNames),
  topology: words(topologies.map((topology) => topology.id)),
  variant: words([...new Set(labFaults.flatMap((fault) => fault.variants))]),
};

/** Words of a command by the name of its positional. */
const valuesByPositional: Readonly<Record<string, Values>> = {
  host: { kind: 'host' },
  file: { kind: 'file' },
  capture: { kind: 'file' },
  rule: words(rules.map((rule) => rule.id)),
  topology: words(topologies.map((topology) => topology.id)),
  fault: words(labFaults.map((fault) => fault.id)),
  shell: words(['bash', 'zsh', 'fish']),
};

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const takenBy = (command: string, name: string, option: Options): CatalogOption['value'] => {
  if (option.type === 'boolean') return 'none';
  const choices = choicesOf(option);
  if (choices !== undefined) return words(choices);
  if (name === 'fault' && !command.startsWith('lab')) return words([...faultNames, 'all']);
  return own(valuesByOption, name) ?? { kind: 'anything' };
};

const optionsOf = (command: string, options: Readonly<Record<string, Options>>): readonly CatalogOption[] =>
  Object.entries(options)
    .filter(([, option]) => option.hidden !== true)
    .map(([long, option]) => ({
      long,
      ...(typeof option.alias === 'string' ? { short: option.alias } : {}),
      describe: option.describe || '',
      value: takenBy(command, long, option),
      repeated: option.array === true ? ('yes' as const) : ('no' as const),
      group: (option.group ?? 'Options:').replace(/:$/, ''),
    }));

const wordsOf = (command: string, positionals: string): CatalogCommand['words'] => {
  const name = /[<[]([a-z]+)(?:\.\.)?[>\]]/.exec(positionals)?.[1];
  if (name === undefined) return 'none';
  if (command === 'tabletop') return { kind: 'host-or-file' };
  return own(valuesByPositional, name) ?? { kind: 'anything' };
};

const everywhere: readonly CatalogOption[] = [
  { long: 'help', short: 'h', describe: 'show help', value: 'none', repeated: 'no', group: 'Other' },
];

export const programOptions: readonly CatalogOption[] = [
  ...everywhere,
  {
    long: 'version',
    short: 'V',
    describe: 'show the version',
    value: 'none',
    repeated: 'no',
    group: 'Other',
  },
];

const plainUsage = (usage: string): string => usage.replace('$0 ', '');

const entriesOf = (command: Command): readonly CatalogCommand[] => {
  const options = optionsOf(command.name, command.options);
  const below = command.name === 'lab' ? labSubcommands : [];
  return [
    {
      name: command.name,
      describe: command.describe,
      usage: plainUsage(command.usage),
      options: [...options, ...everywhere],
      words:
        below.length > 0
          ? words(below.map((each) => each.command.split(' ')[0] ?? ''))
          : wordsOf(command.name, command.positionals),
      examples: command.examples.map(([line, says]) => [line.replaceAll('$0', 'vipdoctor'), says]),
    },
    ...below.map((each): CatalogCommand => {
      const name = `${command.name} ${each.command.split(' ')[0]}`;
      return {
        name,
        describe: each.describe,
        usage: `${command.name} ${each.command}${each.tail ?? ''} [options]`,
        options: [...optionsOf(name, each.options), ...options, ...everywhere],
        words: wordsOf(name, each.command),
        examples: each.examples.map(([line, says]) => [line.replaceAll('$0', 'vipdoctor'), says]),
      };
    }),
  ];
};

export const catalogOf = (commands: readonly Command[]): readonly CatalogCommand[] =>
  commands.flatMap(entriesOf);
