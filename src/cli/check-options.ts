// The command line of `check` as data: its options for the parser, and the parser's values read into a request.
// It knows names, defaults and which options contradict each other; it opens nothing.
import type { Options } from 'yargs';
import { type ReportFormat, reportFormats } from '../report/render.ts';
import {
  isSet,
  type ParsedArguments,
  readChoice,
  readSeconds,
  readText,
  readTexts,
} from './argument-values.ts';
import { UsageError } from './faults.ts';
import { choiceOption, flagOption, textOption } from './option-kinds.ts';
import {
  type FailLevel,
  type OutputRequest,
  outputOptions,
  readFailLevel,
  readOutput,
  readScreen,
  readStrictness,
  type ScreenRequest,
  screenFormatOption,
  strictOption,
  verdictOptions,
} from './output-options.ts';

const hostKeyPolicies = ['strict', 'accept-new', 'off'] as const;
const transports = ['auto', 'ssh2', 'ssh'] as const;

export type HostKeyPolicy = (typeof hostKeyPolicies)[number];
export type TransportChoice = (typeof transports)[number];

const defaults = {
  listenSeconds: 30,
  timeoutSeconds: 10,
  hostKeyPolicy: 'strict',
  transport: 'auto',
} as const;

const nodes = 'Which nodes:';
const connection = 'Connection:';
const listening = 'Listening:';
const recording = 'Recordings and practice:';

export const checkOptions: Readonly<Record<string, Options>> = {
  inventory: textOption(nodes, 'inventory file: vipdoctor YAML, Ansible INI or YAML', { alias: 'i' }),
  group: textOption(nodes, 'only this group of an Ansible inventory'),
  user: textOption(connection, 'user to log in as', { alias: 'l' }),
  identity: textOption(connection, 'private key file; may be given more than once', { array: true }),
  jump: textOption(connection, 'jump host, [user@]host[:port]', { alias: 'J' }),
  'known-hosts': textOption(connection, 'known_hosts file to verify host keys with'),
  'host-key-checking': choiceOption(connection, 'unknown host keys', hostKeyPolicies, defaults.hostKeyPolicy),
  'ask-sudo-pass': flagOption(connection, 'ask for the sudo password once, for all nodes'),
  transport: choiceOption(
    connection,
    'SSH client, built in (ssh2) or that of the system',
    transports,
    defaults.transport,
  ),
  timeout: textOption(
    connection,
    `seconds a node may take to connect and to answer [default: ${defaults.timeoutSeconds}]`,
  ),
  observer: textOption(
    listening,
    'where else the wire is listened to: a host, local or none [default: local]',
  ),
  interface: textOption(listening, 'interface the observer listens on [default: the one in the segment]'),
  listen: textOption(listening, `longest time to listen, in seconds [default: ${defaults.listenSeconds}]`),
  format: screenFormatOption(reportFormats),
  ...outputOptions,
  ...verdictOptions,
  strict: strictOption,
  verbose: flagOption('Output:', 'say on stderr what happens on each node', { alias: 'v' }),
  record: textOption(recording, 'write what the nodes said to a new folder, without secrets'),
  from: textOption(recording, 'judge a recorded folder; touches no network'),
  lab: flagOption(recording, 'the practice cluster of "vipdoctor lab up"'),
  'lab-name': textOption(recording, 'which practice cluster, when there are several'),
  'lab-inventory': textOption(recording, '', { hidden: true }),
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

export interface CheckRequest extends OutputRequest, ScreenRequest<ReportFormat> {
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
    recordTo: readText(parsed, 'record'),
  };
  const { user, jump, knownHostsPath, observer, observerInterface, recordTo } = optional;
  return {
    target: readTarget(parsed, hosts),
    identities: readTexts(parsed, 'identity'),
    sudoPassword: isSet(parsed, 'ask-sudo-pass') ? 'ask' : 'none',
    transport: readChoice(parsed, 'transport', { choices: transports, fallback: defaults.transport }),
    listenMs: readSeconds(parsed, 'listen', defaults.listenSeconds),
    timeoutMs: readSeconds(parsed, 'timeout', defaults.timeoutSeconds),
    ...readScreen(parsed, reportFormats),
    ...readOutput(parsed),
    failOn: readFailLevel(parsed),
    incomplete: readStrictness(parsed),
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
    ...(recordTo === undefined ? {} : { recordTo }),
  };
};
