/**
 * Reads `ipset save` and answers whether the packet is in a set, for the types that can be answered from addresses,
 * interfaces, MACs and marks. Timeouts and counters of entries are read over: a listed entry is a present entry.
 */
import { prefixMask, readIp, readMac, widthOf } from './address.ts';
import type { Answer } from './bits.ts';
import { bothOf, eitherOf, equals, equalsUnder, no, unknown, within } from './bits.ts';
import { readHeader } from './header.ts';
import type { Ipset } from './ruleset.ts';
import { readProtocol } from './words.ts';
import type { Standpoint, World } from './world.ts';

export function readIpsets(text: string): readonly Ipset[] {
  const sets = new Map<
    string,
    { type: string; family: 'ipv4' | 'ipv6'; entries: { value: string; sense: 'match' | 'nomatch' }[] }
  >();
  for (const line of text.split('\n')) {
    const [verb, name, value, ...options] = line.trim().split(/\s+/);
    if (name === undefined || value === undefined) continue;
    if (verb === 'create')
      sets.set(name, {
        type: value,
        family: options.join(' ').includes('family inet6') ? 'ipv6' : 'ipv4',
        entries: [],
      });
    if (verb === 'add')
      sets.get(name)?.entries.push({ value, sense: options.includes('nomatch') ? 'nomatch' : 'match' });
  }
  return [...sets].map(([name, set]) => ({ name, ...set }));
}

interface Asked {
  readonly at: Standpoint;
  readonly world: World;
  readonly sets: readonly Ipset[];
}

function addressFits(asked: Asked, direction: string, text: string): Answer {
  const { family } = asked.at.packet;
  const width = widthOf(family);
  const offset = family === 'ipv4' ? (direction === 'src' ? 96 : 128) : direction === 'src' ? 64 : 192;
  const bits = readHeader(asked.at, asked.world, { base: 'network', offset, width });
  if (bits === undefined) return no;
  const range = /^([^/-]+)-([^/]+)$/.exec(text);
  if (range !== null) {
    const low = readIp(range[1] ?? '');
    const high = readIp(range[2] ?? '');
    if (low === undefined || high === undefined) return unknown('unreadable ipset entry');
    return low.family === family ? within(bits, low.value, high.value, 'address not known') : no;
  }
  const [address, length] = text.split('/');
  const ip = readIp(address ?? '');
  if (ip === undefined) return unknown(`unreadable ipset entry ${text}`);
  if (ip.family !== family) return no;
  const mask = prefixMask(length === undefined ? width : Number(length), width);
  return equalsUnder(bits, ip.value, mask, 'address not known');
}

function partFits(asked: Asked, kind: string, direction: string, text: string): Answer {
  const { at } = asked;
  switch (kind) {
    case 'ip':
    case 'net':
      return addressFits(asked, direction, text);
    case 'iface': {
      if (text.startsWith('physdev:')) return unknown('bridge port of the packet');
      const device = direction === 'src' ? at.inDevice : at.outDevice;
      return device === undefined ? unknown('the port is not known') : device === text ? { is: 'yes' } : no;
    }
    case 'mac': {
      const mac = readMac(text);
      const bits = readHeader(at, asked.world, {
        base: 'link',
        offset: direction === 'src' ? 48 : 0,
        width: 48,
      });
      return mac === undefined || bits === undefined ? no : equals(bits, mac, 'MAC address not known');
    }
    case 'mark':
      return /^(0x[0-9a-f]+|\d+)$/i.test(text)
        ? equals(asked.world.mark, BigInt(text), 'mark not known')
        : unknown('mark');
    case 'port': {
      // Protocols without ports are stored as PROTO:0 (ipset(8)).
      const [protocol, port] = text.includes(':') ? text.split(':') : ['tcp', text];
      const number = readProtocol(protocol ?? '');
      return number === at.packet.protocol && port === '0' ? { is: 'yes' } : no;
    }
    default:
      return unknown(`ipset dimension ${kind} is not evaluated`);
  }
}

/** Is the packet in the set, looked at from the given directions (`src`, `dst`)? */
export function inIpset(asked: Asked, name: string, directions: readonly string[], depth = 0): Answer {
  const set = asked.sets.find((candidate) => candidate.name === name);
  if (set === undefined) return unknown(`the contents of ipset ${name} are not known`);
  if (set.type === 'list:set') {
    if (depth > 4) return unknown('nested ipsets');
    return set.entries.reduce<Answer>(
      (all, entry) => eitherOf(all, inIpset(asked, entry.value, directions, depth + 1)),
      no,
    );
  }
  const kinds = set.type.slice(set.type.indexOf(':') + 1).split(',');
  const addressed = kinds.some((kind) => kind === 'ip' || kind === 'net');
  if (addressed && set.family !== asked.at.packet.family) return no;
  const among = (sense: 'match' | 'nomatch'): Answer =>
    set.entries
      .filter((entry) => entry.sense === sense)
      .reduce<Answer>((all, entry) => {
        const parts = entry.value.split(',');
        const entryFits = kinds.reduce<Answer>(
          (sum, kind, index) =>
            bothOf(
              sum,
              partFits(asked, kind, directions[index] ?? directions[0] ?? 'src', parts[index] ?? ''),
            ),
          { is: 'yes' },
        );
        return eitherOf(all, entryFits);
      }, no);
  const excluded = among('nomatch');
  // Which of two nested networks wins depends on their lengths; when both fit we do not say.
  if (excluded.is === 'no') return among('match');
  const included = among('match');
  return included.is === 'no' ? no : unknown(`ipset ${name} has a nomatch entry for this address`);
}
