// Completion for bash, as one script that needs nothing but bash (3.2 and later) and, for hosts, awk.
import type { CatalogCommand, CatalogOption, Values } from './catalog.ts';
import { sshHostsProgram } from './ssh-hosts.ts';

const namesOf = ({ long, short }: CatalogOption): readonly string[] => [
  `--${long}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

const pattern = (name: string): string => `'${name}'`;

const offer = (values: Values): string => {
  switch (values.kind) {
    case 'words':
      return `_vipdoctor_words "${values.words.join(' ')}"`;
    case 'file':
      return '_vipdoctor_files -f';
    case 'folder':
      return '_vipdoctor_files -d';
    case 'host':
      return '_vipdoctor_words "$(_vipdoctor_hosts)"';
    case 'host-or-file':
      return '_vipdoctor_words "$(_vipdoctor_hosts)"; _vipdoctor_files -f';
    case 'anything':
      return ':';
  }
};

export const bashScript = (
  catalog: readonly CatalogCommand[],
  programOptions: readonly CatalogOption[],
): string => {
  const top = catalog.filter((command) => !command.name.includes(' '));
  const parents = new Set(
    catalog
      .filter((command) => command.name.includes(' '))
      .map((command) => command.name.split(' ')[0] ?? ''),
  );
  const takers = (command: CatalogCommand) => command.options.filter((option) => option.value !== 'none');
  return `# bash completion for vipdoctor. Made by "vipdoctor completion bash"; load it with
#   source <(vipdoctor completion bash)

_vipdoctor_hosts() {
${sshHostsProgram
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
}

# words that begin with what was typed, added to the reply
_vipdoctor_words() {
  local word
  for word in $1; do
    [[ $word == "$_vipdoctor_typed"* ]] && COMPREPLY+=("$word")
  done
}

_vipdoctor_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$_vipdoctor_typed")
}

# what the value of an option may be; fails where the option takes none
_vipdoctor_value() {
  case "$1 $2" in
${catalog
  .flatMap((command) =>
    takers(command).map((option) => {
      const keys = namesOf(option).map((name) => pattern(`${command.name} ${name}`));
      return `    ${keys.join('|')}) ${offer(option.value === 'none' ? { kind: 'anything' } : option.value)} ;;`;
    }),
  )
  .join('\n')}
    *) return 1 ;;
  esac
  return 0
}

_vipdoctor() {
  local _vipdoctor_typed=\${COMP_WORDS[COMP_CWORD]} command='' option='' word i=1
  # --option=value comes as three words, because = breaks words
  if [[ $_vipdoctor_typed == '=' ]]; then
    _vipdoctor_typed=''
    option=\${COMP_WORDS[COMP_CWORD - 1]}
  elif [[ \${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ \${COMP_WORDS[COMP_CWORD - 1]} == -* ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 1]}
  fi
  while ((i < COMP_CWORD)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      COMPREPLY=()
      if [[ \${COMP_WORDS[i + 1]} == '=' ]]; then ((i += 2)); elif _vipdoctor_value "$command" "$word"; then ((i += 1)); fi
    elif [[ -z $command ]]; then
      command=$word
    elif [[ ${[...parents].map((name) => `$command == '${name}'`).join(' || ')} ]]; then
      command="$command $word"
    fi
    ((i += 1))
  done
  COMPREPLY=()
  if [[ -n $option ]] && _vipdoctor_value "$command" "$option"; then
    return 0
  fi
  if [[ $_vipdoctor_typed == -* ]]; then
    case "$command" in
      '') _vipdoctor_words "${programOptions.flatMap(namesOf).join(' ')}" ;;
${catalog
  .map(
    (command) =>
      `      '${command.name}') _vipdoctor_words "${command.options.flatMap(namesOf).join(' ')}" ;;`,
  )
  .join('\n')}
    esac
    return 0
  fi
  case "$command" in
    '') _vipdoctor_words "${top.map((command) => command.name).join(' ')}" ;;
${catalog
  .filter((command) => command.words !== 'none')
  .map(
    (command) =>
      `    '${command.name}') ${offer(command.words === 'none' ? { kind: 'anything' } : command.words)} ;;`,
  )
  .join('\n')}
  esac
  return 0
}

complete -F _vipdoctor vipdoctor
`;
};
