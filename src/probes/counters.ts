// Counters of the kernel's network stack, before and after listening, by the names nstat gives them. It subtracts;
// it does not know which of them accuse anything.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe, Round } from './probe.ts';

export type CounterValues = Readonly<Record<string, number>>;

/** One line of /proc/net/dev. */
export interface InterfaceCounters {
  readonly receivedPackets: number;
  readonly receiveErrors: number;
  readonly receiveDrops: number;
  readonly receivedMulticast: number;
  readonly sentPackets: number;
  readonly sendErrors: number;
  readonly sendDrops: number;
}

export interface Counters {
  readonly before: CounterValues;
  readonly after: CounterValues | 'not-asked';
  /** Differences that are not zero; empty until asked twice. A counter that went back was reset and is left out. */
  readonly deltas: CounterValues;
  readonly interfaces: Readonly<
    Record<string, { readonly before: InterfaceCounters; readonly after?: InterfaceCounters }>
  >;
}

export const countersProbe: Probe<Counters> = {
  id: 'counters',
  asks: 'which counters of the network stack rise?',
  parts: [
    {
      part: 'values',
      shell: `tell '' grep -sH '' "$KA_NET/snmp" "$KA_NET/netstat" "$KA_NET/snmp6" "$KA_NET/dev"`,
      rounds: ['before', 'after'],
      limitBytes: 524_288,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<Counters> {
  const before = readRound(answers, 'before');
  if (before === undefined) return unknown('the counters of the network stack could not be read');
  const after = readRound(answers, 'after');
  const deltas: Record<string, number> = {};
  for (const [name, value] of Object.entries(after?.values ?? {})) {
    const rise = value - (before.values[name] ?? 0);
    if (rise > 0) deltas[name] = rise;
  }
  const interfaces: Record<string, { before: InterfaceCounters; after?: InterfaceCounters }> = {};
  for (const [name, counters] of Object.entries(before.interfaces)) {
    const later = after?.interfaces[name];
    interfaces[name] = { before: counters, ...(later === undefined ? {} : { after: later }) };
  }
  return known({ before: before.values, after: after?.values ?? 'not-asked', deltas, interfaces });
}

interface RoundCounters {
  readonly values: CounterValues;
  readonly interfaces: Readonly<Record<string, InterfaceCounters>>;
}

function readRound(answers: readonly Answer[], round: Round): RoundCounters | undefined {
  const answer = answerTo(answers, 'values', round);
  if (answer === undefined || answer.exit === 'lost') return undefined;
  const values: Record<string, number> = {};
  const interfaces: Record<string, InterfaceCounters> = {};
  for (const [path, lines] of linesByPath(answer.text)) {
    if (path.endsWith('/dev')) Object.assign(interfaces, readDevices(lines));
    else if (path.endsWith('/snmp6')) Object.assign(values, readPlain(lines));
    else Object.assign(values, readPaired(lines));
  }
  return Object.keys(values).length > 0 ? { values, interfaces } : undefined;
}

/** /proc/net/snmp and netstat: a line of names, then a line of values, both headed by the same word. */
function readPaired(lines: readonly string[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (let at = 0; at + 1 < lines.length; at += 1) {
    const [nameHead, ...names] = lines[at]?.split(' ') ?? [];
    const [valueHead, ...numbers] = lines[at + 1]?.split(' ') ?? [];
    if (nameHead === undefined || nameHead !== valueHead || !/^[A-Za-z]/.test(names[0] ?? '')) continue;
    names.forEach((name, index) => {
      const value = Number(numbers[index]);
      if (Number.isFinite(value)) values[`${nameHead.replace(':', '')}${name}`] = value;
    });
  }
  return values;
}

function readPlain(lines: readonly string[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of lines) {
    const [name, value] = line.trim().split(/\s+/);
    if (name !== undefined && /^\d+$/.test(value ?? '')) values[name] = Number(value);
  }
  return values;
}

function readDevices(lines: readonly string[]): Record<string, InterfaceCounters> {
  const devices: Record<string, InterfaceCounters> = {};
  for (const line of lines) {
    const [name, rest] = line.split(/:(.*)/s);
    const numbers = rest?.trim().split(/\s+/).map(Number) ?? [];
    if (name === undefined || numbers.length < 16 || numbers.some(Number.isNaN)) continue;
    const field = (index: number) => numbers[index] ?? 0;
    devices[name.trim()] = {
      receivedPackets: field(1),
      receiveErrors: field(2),
      receiveDrops: field(3),
      receivedMulticast: field(7),
      sentPackets: field(9),
      sendErrors: field(10),
      sendDrops: field(11),
    };
  }
  return devices;
}
