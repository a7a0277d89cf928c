// Completion for zsh, by its own _arguments: options with their words, values and groups of names.
import type { CatalogCommand, CatalogOption, Values } from './catalog.ts';
import { sshHostsProgram } from './ssh-hosts.ts';

/** Between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Within `[…]` and between colons of an _arguments specification. */
const spelled = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const actionOf = (values: Values): string => {
  switch (values.kind) {
    case 'words':
      return `(${values.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'host':
      return '_vipdoctor_hosts';
    case 'host-or-file':
      return '_vipdoctor_hosts_or_files';
    case 'anything':
      return ' ';
  }
};

const optionSpecs = ({ long, short, describe, value, repeated }: CatalogOption): readonly string[] => {
  const names = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
  const excluded = repeated === 'yes' ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  return names.map((name) => {
    const tail = value === 'none' ? '' : `:${long}:${actionOf(value)}`;
    const glue = value === 'none' ? '' : name.startsWith('--') ? '=' : '+';
    return quoted(`${excluded}${name}${glue}[${spelled(describe)}]${tail}`);
  });
};

const argumentLines = (command: CatalogCommand): readonly string[] => [
  ...command.options.flatMap(optionSpecs),
  ...(command.words === 'none' ? [] : [quoted(`*:argument:${actionOf(command.words)}`)]),
];

const functionName = (command: CatalogCommand): string =>
  `_vipdoctor_${command.name.replace(/[^a-z]+/g, '_')}`;

const described = (commands: readonly CatalogCommand[]): readonly string[] =>
  commands.map(({ name, describe }) =>
    quoted(`${name.split(' ').at(-1)}:${describe.replaceAll(':', '\\:')}`),
  );

const parentLines = (
  name: string,
  children: readonly CatalogCommand[],
  specs: readonly string[],
): readonly string[] => [
  `${name}() {`,
  '  local context state state_descr line',
  '  typeset -A opt_args',
  `  local -a commands=(${described(children).join('\n    ')})`,
  `  _arguments -C ${specs.join(' \\\n    ')} '1:command:->command' '*::argument:->argument'`,
  '  case $state in',
  '    command) _describe -t commands command commands ;;',
  '    argument)',
  '      case $line[1] in',
  ...children.map((child) => `        ${child.name.split(' ').at(-1)}) ${functionName(child)} ;;`),
  '      esac ;;',
  '  esac',
  '}',
];

export const zshScript = (
  catalog: readonly CatalogCommand[],
  programOptions: readonly CatalogOption[],
): string => {
  const childrenOf = (command: CatalogCommand) =>
    catalog.filter((other) => other.name.startsWith(`${command.name} `));
  const top = catalog.filter((command) => !command.name.includes(' '));
  const lines = [
    '#compdef vipdoctor',
    '# zsh completion for vipdoctor. Made by "vipdoctor completion zsh"; load it with',
    '#   source <(vipdoctor completion zsh)',
    '# after compinit, or keep it as _vipdoctor in a folder of $fpath.',
    '',
    '_vipdoctor_hosts() {',
    '  local -a hosts',
    `  hosts=(\${(f)"$(_vipdoctor_ssh_hosts)"})`,
    '  compadd -a hosts',
    '}',
    '_vipdoctor_ssh_hosts() {',
    '  setopt localoptions nullglob',
    ...sshHostsProgram.split('\n').map((line) => `  ${line}`),
    '}',
    '_vipdoctor_hosts_or_files() { _vipdoctor_hosts; _files }',
    '',
    ...catalog.flatMap((command) => {
      const children = childrenOf(command);
      return children.length > 0
        ? [...parentLines(functionName(command), children, command.options.flatMap(optionSpecs)), '']
        : [
            `${functionName(command)}() {`,
            `  _arguments -s ${argumentLines(command).join(' \\\n    ')}`,
            '}',
            '',
          ];
    }),
    ...parentLines('_vipdoctor', top, programOptions.flatMap(optionSpecs)),
    '',
    '# called by the completion system, or sourced',
    'if [ "$funcstack[1]" = _vipdoctor ]; then _vipdoctor "$@"; else compdef _vipdoctor vipdoctor; fi',
    '',
  ];
  return lines.join('\n');
};
