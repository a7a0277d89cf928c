// The raw sockets of keepalived's network namespace, before and after listening: where adverts queue up or are
// dropped when the daemon does not read them. It lists all of them; whose they are is told by inode.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe, Round } from './probe.ts';
import type { FoundProcess } from './processes.ts';

export interface RawSocketState {
  readonly family: 'ipv4' | 'ipv6';
  /** IP protocol: the port column of /proc/net/raw. */
  readonly protocol: number;
  readonly localAddress: string;
  readonly receiveQueueBytes: number;
  readonly drops: number;
  readonly inode: number;
}

export interface RawSocketTables {
  readonly before: readonly RawSocketState[];
  readonly after: readonly RawSocketState[] | 'not-asked';
}

export const socketsProbe: Probe<RawSocketTables> = {
  id: 'sockets',
  asks: 'which raw sockets are open, and do packets pile up in them?',
  parts: [
    {
      part: 'raw',
      shell: `tell '' grep -sH '' "$KA_NET/raw" "$KA_NET/raw6"`,
      rounds: ['before', 'after'],
      limitBytes: 131_072,
      timeoutSeconds: 2,
    },
  ],
  read,
};

/** Sockets of one process, out of a table. */
export function socketsOf(
  process: Pick<FoundProcess, 'socketInodes'>,
  table: readonly RawSocketState[],
): readonly RawSocketState[] {
  const inodes = new Set(process.socketInodes);
  return table.filter((socket) => inodes.has(socket.inode));
}

/**
 * The process that speaks VRRP among a parent and its children: the one that holds sockets of protocol 112 or 51,
 * else the one a pid file names, else the only child, else the parent when it has no child (`--no-fork` debugging).
 */
export function findVrrpProcess(
  parent: FoundProcess,
  all: readonly FoundProcess[],
  table: readonly RawSocketState[],
): FoundProcess | undefined {
  const children = all.filter((one) => one.parentPid === parent.pid);
  const family = [...children, parent];
  const speaks = (one: FoundProcess) =>
    socketsOf(one, table).some((socket) => socket.protocol === 112 || socket.protocol === 51);
  return (
    family.find(speaks) ??
    family.find((one) => one.vrrpPidFile === 'named') ??
    children.find((one) => /vrrp/i.test(one.name)) ??
    (children.length === 1 ? children[0] : undefined) ??
    (children.length === 0 ? parent : undefined)
  );
}

function read(answers: readonly Answer[]): Reading<RawSocketTables> {
  const before = readRound(answers, 'before');
  if (before === undefined) return unknown('the raw sockets of the node could not be read');
  return known({ before, after: readRound(answers, 'after') ?? 'not-asked' });
}

function readRound(answers: readonly Answer[], round: Round): readonly RawSocketState[] | undefined {
  const answer = answerTo(answers, 'raw', round);
  if (answer === undefined || answer.exit === 'lost' || !answer.text.includes('local_address'))
    return undefined;
  const sockets: RawSocketState[] = [];
  for (const [path, lines] of linesByPath(answer.text)) {
    for (const line of lines) {
      const socket = readRawLine(line, path.endsWith('6') ? 'ipv6' : 'ipv4');
      if (socket !== undefined) sockets.push(socket);
    }
  }
  return sockets;
}

/** One line of /proc/net/raw (net/ipv4/raw.c raw_sock_seq_show) or raw6. */
function readRawLine(line: string, family: 'ipv4' | 'ipv6'): RawSocketState | undefined {
  const fields = line.trim().split(/\s+/);
  const [address, protocol] = fields[1]?.split(':') ?? [];
  const receiveQueue = fields[4]?.split(':')[1];
  const inode = Number(fields[9]);
  const drops = Number(fields[12]);
  if (address === undefined || protocol === undefined || receiveQueue === undefined) return undefined;
  if (!/^[0-9A-Fa-f]{8}$|^[0-9A-Fa-f]{32}$/.test(address) || !Number.isInteger(inode)) return undefined;
  return {
    family,
    protocol: Number.parseInt(protocol, 16),
    localAddress: family === 'ipv4' ? ipv4FromHex(address) : ipv6FromHex(address),
    receiveQueueBytes: Number.parseInt(receiveQueue, 16),
    drops: Number.isInteger(drops) ? drops : 0,
    inode,
  };
}

/** Addresses in /proc/net are 32-bit words as the (little-endian) host stores them: `120000E0` is 224.0.0.18. */
export function ipv4FromHex(hex: string): string {
  return bytesOfWord(hex).join('.');
}

function ipv6FromHex(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  return ipv6FromBytes(words.flatMap(bytesOfWord));
}

/** RFC 5952 text: longest run of zero groups shortened. */
export function ipv6FromBytes(bytes: readonly number[]): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  let best = { from: -1, length: 1 };
  for (let from = 0; from < 8; from += 1) {
    let length = 0;
    while (groups[from + length] === '0') length += 1;
    if (length > best.length) best = { from, length };
  }
  if (best.from < 0) return groups.join(':');
  return `${groups.slice(0, best.from).join(':')}::${groups.slice(best.from + best.length).join(':')}`;
}

function bytesOfWord(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).reverse();
}
