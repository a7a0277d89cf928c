/**
 * keepalived's command line, as found in /proc (core/main.c parse_cmdline, getopt_long): which file it reads,
 * under which id, where its pid files are and where it logs. Knows options, not processes.
 */

export interface CommandLine {
  readonly program: string;
  /** -f; absent: the compiled-in default. */
  readonly configFile?: string;
  /** -i; absent: the short node name. */
  readonly configId?: string;
  readonly pidFile?: string;
  readonly vrrpPidFile?: string;
  readonly checkersPidFile?: string;
  readonly bfdPidFile?: string;
  /** -s, overrides net_namespace. */
  readonly namespace?: string;
  /** -P: only VRRP, -C: only checkers. */
  readonly subsystems: 'all' | 'vrrp' | 'checkers';
  readonly logDetail: 'on' | 'off';
  readonly logConsole: 'on' | 'off';
  readonly syslog: 'on' | 'off';
  readonly logFacility?: string;
  /** -g; an empty text when no name was given: /tmp/keepalived.log. */
  readonly logFile?: string;
  readonly forks: 'yes' | 'no';
  readonly respawns: 'yes' | 'no';
  readonly dumpConfig: 'on' | 'off';
  readonly snmp: 'on' | 'off';
  readonly snmpSocket?: string;
  /** -V: VIPs and routes stay when it stops. */
  readonly releasesVips: 'yes' | 'no';
  /** -t: only tests the configuration. */
  readonly configTest: 'on' | 'off';
  readonly umask?: string;
  /** Every option in its long spelling, in order, with its value. */
  readonly options: readonly { readonly name: string; readonly value?: string }[];
  /** What was not understood: unknown options, words that are no option. */
  readonly unknown: readonly string[];
}

type Argument = 'none' | 'required' | 'optional';

interface OptionShape {
  readonly name: string;
  readonly short?: string;
  readonly argument: Argument;
}

const shapes: readonly OptionShape[] = [
  ...shape(
    'none',
    'vrrp:P check:C no_bfd:B all log-console:l log-detail:D all-config:e flush-log-file no-syslog:G',
  ),
  ...shape(
    'none',
    'release-vips:X dont-release-vrrp:V dont-release-ipvs:I dont-respawn:R dont-fork:n dump-conf:d',
  ),
  ...shape(
    'none',
    'genhash:T address-monitoring:a snmp:x core-dump:m no-mem-check mem-check-log:L openssl-mem-check:O',
  ),
  ...shape('none', 'ignore-sigint version:v help:h'),
  ...shape('required', 'use-file:f log-facility:S umask:u pid:p vrrp_pid:r checkers_pid:c bfd_pid:b'),
  ...shape('required', 'snmp-agent-socket:A namespace:s config-id:i signum config-fd'),
  ...shape('optional', 'log-file:g core-dump-pattern:M config-test:t perf debug'),
];

function shape(argument: Argument, list: string): readonly OptionShape[] {
  return list.split(' ').map((entry) => {
    const [name = '', short] = entry.split(':');
    return short === undefined ? { name, argument } : { name, short, argument };
  });
}

/** getopt_long takes an unambiguous beginning of a long option too. */
function findLong(name: string): OptionShape | undefined {
  const exact = shapes.find((candidate) => candidate.name === name);
  if (exact !== undefined) return exact;
  const begun = shapes.filter((candidate) => candidate.name.startsWith(name));
  return begun.length === 1 ? begun[0] : undefined;
}

interface ReadOption {
  readonly name: string;
  readonly value?: string;
}

/** `argv` with the program first, as in /proc/PID/cmdline. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [program = '', ...words] = argv;
  const options: ReadOption[] = [];
  const unknown: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      unknown.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const found = findLong(equals < 0 ? word.slice(2) : word.slice(2, equals));
      if (found === undefined) unknown.push(word);
      else if (equals >= 0) options.push({ name: found.name, value: word.slice(equals + 1) });
      else if (found.argument === 'required') {
        const value = words[++index];
        options.push(value === undefined ? { name: found.name } : { name: found.name, value });
      } else options.push({ name: found.name });
    } else if (word.length > 1 && word.startsWith('-'))
      index += readCluster(word, words[index + 1], options, unknown);
    else if (word !== '') unknown.push(word);
  }
  return summarize(program, options, unknown);
}

/** `-nlD`, `-f file`, `-ffile`; the number of further words used up. */
function readCluster(
  word: string,
  following: string | undefined,
  options: ReadOption[],
  unknown: string[],
): 0 | 1 {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const found = shapes.find((candidate) => candidate.short === letter);
    if (found === undefined) {
      unknown.push(`-${letter}`);
      continue;
    }
    const rest = word.slice(at + 1);
    if (found.argument === 'none') {
      options.push({ name: found.name });
      continue;
    }
    if (rest !== '') {
      options.push({ name: found.name, value: rest });
      return 0;
    }
    if (found.argument === 'required' && following !== undefined) {
      options.push({ name: found.name, value: following });
      return 1;
    }
    options.push({ name: found.name });
  }
  return 0;
}

function summarize(program: string, options: readonly ReadOption[], unknown: readonly string[]): CommandLine {
  const has = (name: string): boolean => options.some((option) => option.name === name);
  const onOff = (name: string): 'on' | 'off' => (has(name) ? 'on' : 'off');
  const text = <K extends string>(key: K, name: string): { readonly [P in K]?: string } => {
    const value = options.findLast((option) => option.name === name)?.value;
    return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string });
  };
  const logFile = options.findLast((option) => option.name === 'log-file');
  return {
    program,
    ...text('configFile', 'use-file'),
    ...text('configId', 'config-id'),
    ...text('pidFile', 'pid'),
    ...text('vrrpPidFile', 'vrrp_pid'),
    ...text('checkersPidFile', 'checkers_pid'),
    ...text('bfdPidFile', 'bfd_pid'),
    ...text('namespace', 'namespace'),
    ...text('logFacility', 'log-facility'),
    ...text('snmpSocket', 'snmp-agent-socket'),
    ...text('umask', 'umask'),
    ...(logFile === undefined ? {} : { logFile: logFile.value ?? '' }),
    subsystems: has('vrrp') === has('check') ? 'all' : has('vrrp') ? 'vrrp' : 'checkers',
    logDetail: onOff('log-detail'),
    logConsole: onOff('log-console'),
    syslog: has('no-syslog') ? 'off' : 'on',
    forks: has('dont-fork') ? 'no' : 'yes',
    respawns: has('dont-respawn') ? 'no' : 'yes',
    dumpConfig: onOff('dump-conf'),
    snmp: onOff('snmp'),
    releasesVips: has('dont-release-vrrp') ? 'no' : 'yes',
    configTest: onOff('config-test'),
    options,
    unknown,
  };
}
