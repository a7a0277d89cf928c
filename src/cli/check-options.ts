// The command line of `check` as data: its options for the parser, and the parser's values read into a request.
// It knows names, defaults and which options contradict each other; it opens nothing.
import type { Options } from 'yargs';
import { type ReportFormat, reportFormats } from '../report/render.ts';
import type { Severity } from '../report/report.ts';
import {
  isSet,
  type ParsedArguments,
  readChoice,
  readSeconds,
  readText,
  readTexts,
} from './argument-values.ts';
import { UsageError } from './faults.ts';
import type { ColorChoice } from './terminal.ts';

const hostKeyPolicies = ['strict', 'accept-new', 'off'] as const;
const failLevels = ['critical', 'high', 'medium', 'low', 'never'] as const;
const colorChoices = ['auto', 'always', 'never'] as const;
const transports = ['auto', 'ssh2', 'ssh'] as const;

export type HostKeyPolicy = (typeof hostKeyPolicies)[number];
export type FailLevel = Severity | 'never';
export type TransportChoice = (typeof transports)[number];

const defaults = {
  listenSeconds: 30,
  timeoutSeconds: 10,
  hostKeyPolicy: 'strict',
  transport: 'auto',
  format: 'text',
  color: 'auto',
  failOn: 'high',
} as const;

const nodes = 'Which nodes:';
const connection = 'Connection:';
const listening = 'Listening:';
const output = 'Output:';
const recording = 'Recordings and practice:';

const text = (group: string, describe: string, more: Options = {}): Options => ({
  group,
  describe,
  type: 'string',
  requiresArg: true,
  ...more,
});
const flag = (group: string, describe: string): Options => ({ group, describe, type: 'boolean' });
/** Choices and default stand in the words: the parser's own list of them does not fit beside them. */
const choice = (group: string, describe: string, choices: readonly string[], fallback: string): Options =>
  text(group, `${describe}: ${choices.join(', ')} [default: ${fallback}]`);

export const checkOptions: Readonly<Record<string, Options>> = {
  inventory: text(nodes, 'inventory file: vipdoctor YAML, Ansible INI or YAML', { alias: 'i' }),
  group: text(nodes, 'only this group of an Ansible inventory'),
  user: text(connection, 'user to log in as', { alias: 'l' }),
  identity: text(connection, 'private key file; may be given more than once', { array: true }),
  jump: text(connection, 'jump host, [user@]host[:port]', { alias: 'J' }),
  'known-hosts': text(connection, 'known_hosts file to verify host keys with'),
  'host-key-checking': choice(connection, 'unknown host keys', hostKeyPolicies, defaults.hostKeyPolicy),
  'ask-sudo-pass': flag(connection, 'ask for the sudo password once, for all nodes'),
  transport: choice(
    connection,
    'SSH client, built in (ssh2) or that of the system',
    transports,
    defaults.transport,
  ),
  timeout: text(
    connection,
    `seconds a node may take to connect and to answer [default: ${defaults.timeoutSeconds}]`,
  ),
  observer: text(listening, 'where else the wire is listened to: a host, local or none [default: local]'),
  interface: text(listening, 'interface the observer listens on [default: the one in the segment]'),
  listen: text(listening, `longest time to listen, in seconds [default: ${defaults.listenSeconds}]`),
  format: choice(output, 'how the result is written', reportFormats, defaults.format),
  output: text(output, 'write the result to a file instead of stdout', { alias: 'o' }),
  color: choice(output, 'colour (NO_COLOR is honoured)', colorChoices, defaults.color),
  'fail-on': choice(output, 'exit with 1 from this severity up', failLevels, defaults.failOn),
  strict: flag(output, 'exit with 3 when something could not be judged'),
  verbose: { ...flag(output, 'say on stderr what happens on each node'), alias: 'v' },
  record: text(recording, 'write what the nodes said to a new folder, without secrets'),
  from: text(recording, 'judge a recorded folder; touches no network'),
  lab: flag(recording, 'the practice cluster of "vipdoctor lab up"'),
  'lab-name': text(recording, 'which practice cluster, when there are several'),
  'lab-inventory': { ...text(recording, ''), hidden: true },
};

export interface LiveTarget {
  readonly kind: 'live';
  readonly hosts: readonly string[];
  readonly inventoryPath?: string;
  readonly group?: string;
}

export type CheckTarget =
  | LiveTarget
  | { readonly kind: 'recorded'; readonly folder: string }
  | { readonly kind: 'lab' };

export interface CheckRequest {
  readonly target: CheckTarget;
  readonly user?: string;
  readonly identities: readonly string[];
  readonly jump?: string;
  readonly knownHostsPath?: string;
  /** Absent: what ssh_config says, else strict. */
  readonly hostKeyPolicy?: HostKeyPolicy;
  readonly sudoPassword: 'ask' | 'none';
  readonly transport: TransportChoice;
  readonly observer?: string;
  readonly observerInterface?: string;
  readonly listenMs: number;
  readonly timeoutMs: number;
  readonly format: ReportFormat;
  /** A path; absent is stdout. */
  readonly outputPath?: string;
  readonly color: ColorChoice;
  readonly failOn: FailLevel;
  readonly incomplete: 'fails' | 'passes';
  readonly talk: 'verbose' | 'quiet';
  readonly recordTo?: string;
}

const readTarget = (parsed: ParsedArguments, hosts: readonly string[]): CheckTarget => {
  const from = readText(parsed, 'from');
  const labInventory = readText(parsed, 'lab-inventory');
  const given = readText(parsed, 'inventory');
  const inLab = isSet(parsed, 'lab') || labInventory !== undefined;
  if (from !== undefined) {
    const against = [
      ...(hosts.length > 0 ? ['HOST'] : []),
      ...(given === undefined ? [] : ['--inventory']),
      ...(inLab ? ['--lab'] : []),
      ...(readText(parsed, 'record') === undefined ? [] : ['--record']),
    ];
    if (against.length > 0)
      throw new UsageError(`--from judges a recording and asks no node: leave out ${against.join(', ')}`);
    return { kind: 'recorded', folder: from };
  }
  if (inLab && given !== undefined)
    throw new UsageError('--lab brings its own inventory: leave out --inventory');
  if (readText(parsed, 'lab-name') !== undefined && !inLab)
    throw new UsageError('--lab-name says which practice cluster: add --lab');
  if (labInventory === undefined && inLab) return { kind: 'lab' };
  const inventoryPath = labInventory ?? given;
  const group = readText(parsed, 'group');
  if (inventoryPath === undefined && group !== undefined)
    throw new UsageError('--group names a group of an inventory: add --inventory FILE');
  if (inventoryPath === undefined && hosts.length === 0)
    throw new UsageError(
      'which nodes? Name every node of the cluster (vipdoctor check n1 n2 n3), or give --inventory FILE, --from DIR or --lab',
    );
  return {
    kind: 'live',
    hosts,
    ...(inventoryPath === undefined ? {} : { inventoryPath }),
    ...(group === undefined ? {} : { group }),
  };
};

/** @throws {UsageError} */
export const readCheckRequest = (parsed: ParsedArguments): CheckRequest => {
  const hosts = [...readTexts(parsed, 'host'), ...readTexts(parsed, '--')];
  if (hosts.includes('')) throw new UsageError('a HOST is empty: check the variable it comes from');
  const optional = {
    user: readText(parsed, 'user'),
    jump: readText(parsed, 'jump'),
    knownHostsPath: readText(parsed, 'known-hosts'),
    observer: readText(parsed, 'observer'),
    observerInterface: readText(parsed, 'interface'),
    outputPath: readText(parsed, 'output'),
    recordTo: readText(parsed, 'record'),
  };
  const { user, jump, knownHostsPath, observer, observerInterface, outputPath, recordTo } = optional;
  return {
    target: readTarget(parsed, hosts),
    identities: readTexts(parsed, 'identity'),
    sudoPassword: isSet(parsed, 'ask-sudo-pass') ? 'ask' : 'none',
    transport: readChoice(parsed, 'transport', { choices: transports, fallback: defaults.transport }),
    listenMs: readSeconds(parsed, 'listen', defaults.listenSeconds),
    timeoutMs: readSeconds(parsed, 'timeout', defaults.timeoutSeconds),
    format: readChoice(parsed, 'format', { choices: reportFormats, fallback: defaults.format }),
    color: readChoice(parsed, 'color', { choices: colorChoices, fallback: defaults.color }),
    failOn: readChoice(parsed, 'fail-on', { choices: failLevels, fallback: defaults.failOn }),
    incomplete: isSet(parsed, 'strict') ? 'fails' : 'passes',
    talk: isSet(parsed, 'verbose') ? 'verbose' : 'quiet',
    ...(readText(parsed, 'host-key-checking') === undefined
      ? {}
      : {
          hostKeyPolicy: readChoice(parsed, 'host-key-checking', {
            choices: hostKeyPolicies,
            fallback: defaults.hostKeyPolicy,
          }),
        }),
    ...(user === undefined ? {} : { user }),
    ...(jump === undefined ? {} : { jump }),
    ...(knownHostsPath === undefined ? {} : { knownHostsPath }),
    ...(observer === undefined ? {} : { observer }),
    ...(observerInterface === undefined ? {} : { observerInterface }),
    ...(outputPath === undefined || outputPath === '-' ? {} : { outputPath }),
    ...(recordTo === undefined ? {} : { recordTo }),
  };
};
