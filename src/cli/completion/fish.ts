// Completion for fish: one line for each option and each kind of word.
import type { CatalogCommand, CatalogOption, Values } from './catalog.ts';
import { sshHostsProgram } from './ssh-hosts.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const valueWords = (values: Values): string => {
  switch (values.kind) {
    case 'words':
      return `-x -a ${quoted(values.words.join(' '))}`;
    case 'file':
    case 'folder':
      return '-r -F';
    case 'host':
      return "-x -a '(__vipdoctor_hosts)'";
    case 'host-or-file':
      return "-r -F -a '(__vipdoctor_hosts)'";
    case 'anything':
      return '-x';
  }
};

const optionLine = (condition: string, { long, short, describe, value }: CatalogOption): string =>
  [
    `complete -c vipdoctor -n ${quoted(condition)} -l ${long}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(value === 'none' ? [] : [valueWords(value)]),
    `-d ${quoted(describe)}`,
  ].join(' ');

const wordLine = (condition: string, values: Values): string =>
  `complete -c vipdoctor -n ${quoted(condition)} ${valueWords(values).replace(/^-[xr]/, values.kind === 'words' || values.kind === 'host' ? '-f' : '')}`.trimEnd();

export const fishScript = (
  catalog: readonly CatalogCommand[],
  programOptions: readonly CatalogOption[],
): string => {
  const parents = new Set(
    catalog.filter((one) => one.name.includes(' ')).map((one) => one.name.split(' ')[0] ?? ''),
  );
  const conditionOf = (command: CatalogCommand): string => `__vipdoctor_is ${command.name}`;
  const commandLines = (condition: string, commands: readonly CatalogCommand[]): readonly string[] =>
    commands.map(
      ({ name, describe }) =>
        `complete -c vipdoctor -n ${quoted(condition)} -f -a ${name.split(' ').at(-1)} -d ${quoted(describe)}`,
    );
  const lines = [
    '# fish completion for vipdoctor. Made by "vipdoctor completion fish"; keep it as',
    '#   ~/.config/fish/completions/vipdoctor.fish',
    '',
    'function __vipdoctor_hosts',
    `  sh -c ${quoted(sshHostsProgram.replace('local file\n', ''))}`,
    'end',
    '',
    '# the command typed so far: nothing, check, or lab up',
    'function __vipdoctor_is',
    '  set -l typed',
    '  for word in (commandline -opc)[2..-1]',
    "    string match -q -- '-*' $word; and continue",
    '    set -a typed $word',
    `    contains -- $typed[1] ${[...parents].join(' ')}; and test (count $typed) -lt 2; or break`,
    '  end',
    '  test "$typed" = "$argv"',
    'end',
    '',
    'complete -c vipdoctor -f',
    ...commandLines(
      '__vipdoctor_is',
      catalog.filter((command) => !command.name.includes(' ')),
    ),
    ...programOptions.map((option) => optionLine('__vipdoctor_is', option)),
    ...catalog.flatMap((command) => [
      '',
      ...(parents.has(command.name)
        ? commandLines(
            conditionOf(command),
            catalog.filter((other) => other.name.startsWith(`${command.name} `)),
          )
        : command.words === 'none'
          ? []
          : [wordLine(conditionOf(command), command.words)]),
      ...command.options.map((option) => optionLine(conditionOf(command), option)),
    ]),
    '',
  ];
  return lines.join('\n');
};
