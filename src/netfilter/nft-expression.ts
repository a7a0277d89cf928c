/**
 * The left side of an nft match: what the kernel would load into a register for the packet at this hook.
 * Knows meta, payload, ct, fib, socket and bit arithmetic; an expression it does not know is "unknown", one that the
 * kernel cannot load is "break" (the rule ends there, whatever the operator). Compares nothing.
 */
import { isLinkLocalV6, isMulticast, readIp, readMac } from './address.ts';
import type { PartialBits } from './bits.ts';
import { bitAnd, bitOr, bitXor, isKnown, knownBits, shiftLeft, shiftRight, unknownBits } from './bits.ts';
import type { Base } from './header.ts';
import { readHeader } from './header.ts';
import type { Json, NamedSet } from './ruleset.ts';
import type { Datatype } from './words.ts';
import { readProtocol, readWord } from './words.ts';
import type { Standpoint, World } from './world.ts';

export type Operand =
  | { readonly kind: 'bits'; readonly bits: PartialBits; readonly type: Datatype; readonly why: string }
  /** Interface name; undefined when there is one that we do not know. */
  | { readonly kind: 'name'; readonly name: string | undefined; readonly why: string }
  | { readonly kind: 'concat'; readonly parts: readonly Operand[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Everything an expression may depend on. */
export interface Scene {
  readonly at: Standpoint;
  readonly world: World;
  readonly sets: ReadonlyMap<string, NamedSet>;
}

export function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

export const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

/** The first field of an nft JSON object names what it is. */
export function headOf(json: Json | undefined): { readonly name: string; readonly body: Json } | undefined {
  if (!isRecord(json)) return undefined;
  const [entry] = Object.entries(json);
  return entry === undefined ? undefined : { name: entry[0], body: entry[1] };
}

const bits = (value: PartialBits, type: Datatype, why = 'not all of it is known'): Operand => ({
  kind: 'bits',
  bits: value,
  type,
  why,
});
const breaks: Operand = { kind: 'break' };
const unclear = (why: string): Operand => ({ kind: 'unknown', why });

export function textOf(json: Json | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

const ipFields: Readonly<Record<string, readonly [number, number, Datatype]>> = {
  version: [0, 4, 'number'],
  hdrlength: [4, 4, 'number'],
  tos: [8, 8, 'number'],
  dscp: [8, 6, 'dscp'],
  ecn: [14, 2, 'number'],
  length: [16, 16, 'number'],
  id: [32, 16, 'number'],
  'frag-off': [48, 16, 'number'],
  ttl: [64, 8, 'number'],
  protocol: [72, 8, 'protocol'],
  checksum: [80, 16, 'number'],
  saddr: [96, 32, 'ipv4'],
  daddr: [128, 32, 'ipv4'],
};
const ip6Fields: Readonly<Record<string, readonly [number, number, Datatype]>> = {
  version: [0, 4, 'number'],
  dscp: [4, 6, 'dscp'],
  ecn: [10, 2, 'number'],
  flowlabel: [12, 20, 'number'],
  length: [32, 16, 'number'],
  nexthdr: [48, 8, 'protocol'],
  hoplimit: [56, 8, 'number'],
  saddr: [64, 128, 'ipv6'],
  daddr: [192, 128, 'ipv6'],
};
const etherFields: Readonly<Record<string, readonly [number, number, Datatype]>> = {
  daddr: [0, 48, 'mac'],
  saddr: [48, 48, 'mac'],
  type: [96, 16, 'ethertype'],
};
const thFields: Readonly<Record<string, readonly [number, number, Datatype]>> = {
  sport: [0, 16, 'number'],
  dport: [16, 16, 'number'],
};
const bases: Readonly<Record<string, Base>> = { ll: 'link', nh: 'network', th: 'transport' };

function loadField(
  scene: Scene,
  base: Base,
  field: readonly [number, number, Datatype] | undefined,
): Operand {
  if (field === undefined) return unclear('a header field this program does not know');
  const loaded = readHeader(scene.at, scene.world, { base, offset: field[0], width: field[1] });
  return loaded === undefined ? breaks : bits(loaded, field[2], "the packet's bytes are not known there");
}

function loadPayload(scene: Scene, body: Json): Operand {
  if (!isRecord(body)) return unclear('unreadable payload expression');
  const rawBase = textOf(body.base);
  if (rawBase !== undefined) {
    const base = bases[rawBase];
    if (base === undefined || typeof body.offset !== 'number' || typeof body.len !== 'number') {
      return unclear(`raw payload base ${rawBase} is not evaluated`);
    }
    return loadField(scene, base, [body.offset, body.len, 'number']);
  }
  const protocol = textOf(body.protocol) ?? '';
  const field = textOf(body.field) ?? '';
  const { packet } = scene.at;
  switch (protocol) {
    case 'ip':
      return packet.family === 'ipv4' ? loadField(scene, 'network', ipFields[field]) : breaks;
    case 'ip6':
      return packet.family === 'ipv6' ? loadField(scene, 'network', ip6Fields[field]) : breaks;
    case 'ether':
      return loadField(scene, 'link', etherFields[field]);
    case 'vlan':
    case 'arp':
      return breaks;
    case 'th':
      return loadField(scene, 'transport', thFields[field]);
    default: {
      const number = readProtocol(protocol);
      if (number !== undefined && number !== packet.protocol) return breaks;
      return unclear(`${protocol} ${field} of this packet is not known`);
    }
  }
}

function loadMeta(scene: Scene, key: string): Operand {
  const { at, world } = scene;
  const { packet } = at;
  const incoming = packet.direction === 'in';
  switch (key) {
    case 'iif':
    case 'iifname':
      return { kind: 'name', name: at.inDevice, why: 'the incoming port is not known' };
    case 'oif':
    case 'oifname':
      return { kind: 'name', name: at.outDevice, why: 'the outgoing port is not known' };
    case 'iiftype':
    case 'oiftype': {
      const device = key === 'iiftype' ? at.inDevice : at.outDevice;
      if (device === '') return breaks;
      return bits(knownBits(device === 'lo' ? 772 : 1, 16), 'linktype');
    }
    case 'iifgroup':
    case 'oifgroup': {
      const device = key === 'iifgroup' ? at.inDevice : at.outDevice;
      return device === ''
        ? breaks
        : bits(unknownBits(32), 'group', 'the group of the interface is not known');
    }
    case 'ibrname':
    case 'ibridgename':
    case 'obrname':
    case 'obridgename': {
      const device = key.startsWith('i') ? at.inDevice : at.outDevice;
      if (at.layer !== 'bridge' || device === '') return breaks;
      return { kind: 'name', name: packet.bridgeMaster, why: 'the bridge is not known' };
    }
    case 'sdif':
    case 'sdifname':
      return { kind: 'name', name: '', why: '' };
    case 'protocol':
      return bits(knownBits(packet.family === 'ipv4' ? 0x0800 : 0x86dd, 16), 'ethertype');
    case 'nfproto': {
      const ip = packet.family === 'ipv4' ? 2 : 10;
      return bits(knownBits(at.layer === 'ip' ? ip : at.layer === 'bridge' ? 7 : 5, 8), 'nfproto');
    }
    case 'l4proto':
      return bits(knownBits(packet.protocol, 8), 'protocol');
    case 'mark':
      return bits(world.mark, 'number', 'the mark was set from something not known');
    case 'pkttype': {
      // The kernel sets the type on reception only; a packet of our own still says "host" (include/linux/skbuff.h).
      const multicast = incoming && packet.delivery === 'multicast';
      return bits(knownBits(multicast ? 2 : 0, 8), 'pkttype');
    }
    case 'length':
    case 'len': {
      if (packet.lengthBytes === undefined)
        return bits(unknownBits(32), 'number', 'the length of the packet is not known');
      if (at.layer === 'ip') return bits(knownBits(packet.lengthBytes, 32), 'number');
      if (!incoming) return bits(knownBits(packet.lengthBytes + 14, 32), 'number');
      if (packet.lengthBytes >= 46) return bits(knownBits(packet.lengthBytes, 32), 'number');
      return bits(unknownBits(32), 'number', 'a short frame may still carry Ethernet padding here');
    }
    case 'skuid':
    case 'skgid': {
      if (incoming) return breaks;
      const id = key === 'skuid' ? packet.socketUid : packet.socketGid;
      return id === undefined
        ? bits(unknownBits(32), 'owner', 'the owner of the sending socket is not known')
        : bits(knownBits(id, 32), 'owner');
    }
    case 'cgroup':
      return incoming ? breaks : unclear('the cgroup of the sender is not known');
    case 'secpath':
    case 'ipsec':
      return bits(knownBits(0, 1), 'route-exists');
    case 'nftrace':
    case 'broute':
      return bits(unknownBits(8), 'number', 'trace flag');
    default:
      return unclear(`meta ${key} depends on the moment or on the host`);
  }
}

function loadConnection(scene: Scene, body: Json): Operand {
  if (!isRecord(body)) return unclear('unreadable ct expression');
  const key = textOf(body.key) ?? '';
  const { at, world } = scene;
  const { tracking } = world;
  if (key === 'state') {
    // Without an entry the kernel reports "invalid" (net/netfilter/nft_ct.c), e.g. before priority -200.
    const flags = { 'not-yet': 1, untracked: 64, new: 8, established: 2 } as const;
    return bits(knownBits(flags[tracking], 32), 'ctstate');
  }
  if (tracking === 'not-yet' || tracking === 'untracked') return breaks;
  const { packet } = at;
  const fromReply = tracking === 'established';
  switch (key) {
    case 'direction':
      return fromReply ? unclear('direction of the connection is not known') : bits(knownBits(0, 8), 'ctdir');
    case 'status': {
      const known = 1n | 2n | 16n | 32n;
      return bits(
        { value: fromReply ? 2n : 0n, known, width: 32 },
        'ctstatus',
        'the status of the connection is not known',
      );
    }
    case 'mark':
      return bits(world.connectionMark, 'number', 'the mark of the connection is not known');
    case 'l3proto':
      return bits(knownBits(packet.family === 'ipv4' ? 2 : 10, 8), 'nfproto');
    case 'protocol':
      return bits(knownBits(packet.protocol, 8), 'protocol');
    case 'zone':
      return bits(knownBits(0, 16), 'number');
    case 'helper':
      return breaks;
    case 'saddr':
    case 'daddr':
    case 'ip saddr':
    case 'ip daddr':
    case 'ip6 saddr':
    case 'ip6 daddr': {
      if (key.startsWith('ip ') && packet.family !== 'ipv4') return breaks;
      if (key.startsWith('ip6 ') && packet.family !== 'ipv6') return breaks;
      if (fromReply) return unclear('direction of the connection is not known');
      const wantsSource = key.endsWith('saddr') === (textOf(body.dir) !== 'reply');
      const ip = readIp(wantsSource ? packet.src : packet.dst);
      const width = packet.family === 'ipv4' ? 32 : 128;
      return ip === undefined
        ? unclear('address not known')
        : bits(knownBits(ip.value, width), packet.family);
    }
    case 'proto-src':
    case 'proto-dst':
      return bits(knownBits(0, 16), 'number');
    default:
      return unclear(`ct ${key} is not known`);
  }
}

/** Kernel address type of one end of the packet (linux/rtnetlink.h RTN_*). */
export function addressType(at: Standpoint, end: 'src' | 'dst'): PartialBits {
  const { packet } = at;
  const text = end === 'src' ? packet.src : packet.dst;
  const ip = readIp(text);
  if (ip === undefined) return unknownBits(32);
  if (isMulticast(ip)) return knownBits(5, 32);
  if (ip.family === 'ipv4' && ip.value === 0xffffffffn) return knownBits(3, 32);
  const same = (other: string): boolean => readIp(other)?.value === ip.value;
  const owned = packet.localAddresses?.some(same);
  const ours = (end === 'src') === (packet.direction === 'out');
  if (owned === true || (owned === undefined && ours)) return knownBits(2, 32);
  return ours && end === 'src' ? unknownBits(32) : knownBits(1, 32);
}

function loadRoute(scene: Scene, body: Json): Operand {
  if (!isRecord(body)) return unclear('unreadable fib expression');
  const flags = isList(body.flags) ? body.flags : [body.flags ?? ''];
  const end = flags.includes('daddr') ? 'dst' : 'src';
  if (body.result === 'type') {
    const type = addressType(scene.at, end);
    return bits(type, 'addrtype', 'the kind of this address is not known');
  }
  const { packet, options } = scene.at;
  const source = readIp(packet.src);
  if (end === 'src' && packet.direction === 'in' && (body.result === 'oif' || body.result === 'oifname')) {
    if (options.reversePath !== undefined)
      return bits(knownBits(options.reversePath === 'ok' ? 1 : 0, 1), 'route-exists');
    if (flags.includes('iif') && source !== undefined && isLinkLocalV6(source))
      return bits(knownBits(1, 1), 'route-exists');
  }
  return bits(unknownBits(1), 'route-exists', 'the route back to the sender was not looked up');
}

const arithmetic: Readonly<Record<string, (a: PartialBits, b: PartialBits) => PartialBits>> = {
  '&': bitAnd,
  '|': bitOr,
  '^': bitXor,
};

function compute(scene: Scene, operator: string, body: Json): Operand {
  if (!isList(body)) return unclear('unreadable bit operation');
  const operands = body.map((part) => loadExpression(scene, part));
  const [first, ...others] = operands;
  if (first === undefined) return unclear('unreadable bit operation');
  let result = first;
  for (const other of others) {
    if (result.kind === 'break' || other.kind === 'break') return breaks;
    if (result.kind !== 'bits' || other.kind !== 'bits')
      return unclear('bit operation on something not known');
    // A literal has no type of its own: it takes the width of the side that has one.
    const typed = result.type === 'number' ? other : result;
    const why = result.why;
    if (operator === '<<' || operator === '>>') {
      if (!isKnown(other.bits)) return unclear('shift by something not known');
      const by = Number(other.bits.value);
      if (by > 128) return unclear('shift too far');
      result = {
        kind: 'bits',
        bits: operator === '<<' ? shiftLeft(result.bits, by) : shiftRight(result.bits, by),
        type: result.type,
        why,
      };
    } else {
      const operation = arithmetic[operator];
      if (operation === undefined) return unclear(`operator ${operator}`);
      result = { kind: 'bits', bits: operation(result.bits, other.bits), type: typed.type, why };
    }
  }
  return result;
}

function loadLiteral(json: Json): Operand {
  if (typeof json === 'number') return bits(knownBits(BigInt(Math.trunc(json)), 128), 'number');
  if (typeof json === 'boolean') return bits(knownBits(json ? 1 : 0, 1), 'number');
  if (typeof json === 'string') {
    if (/^(0x[0-9a-f]+|\d+)$/i.test(json)) return bits(knownBits(BigInt(json), 128), 'number');
    const ip = readIp(json);
    if (ip !== undefined) return bits(knownBits(ip.value, ip.family === 'ipv4' ? 32 : 128), ip.family);
    const mac = readMac(json);
    if (mac !== undefined) return bits(knownBits(mac, 48), 'mac');
    const word = readWord('dscp', json) ?? readWord('ctstate', json) ?? readWord('ctstatus', json);
    if (word !== undefined) return bits(knownBits(word, 128), 'number');
    return unclear(`the value ${json} is not understood`);
  }
  return unclear('unreadable value');
}

/** What the expression yields for this packet at this hook. */
export function loadExpression(scene: Scene, json: Json): Operand {
  const head = headOf(json);
  if (head === undefined) return loadLiteral(json);
  const { name, body } = head;
  switch (name) {
    case 'payload':
      return loadPayload(scene, body);
    case 'meta':
      return loadMeta(scene, (isRecord(body) ? textOf(body.key) : textOf(body)) ?? '');
    case 'ct':
      return loadConnection(scene, body);
    case 'fib':
      return loadRoute(scene, body);
    case 'concat':
      return isList(body)
        ? joined(body.map((part) => loadExpression(scene, part)))
        : unclear('unreadable concatenation');
    case 'elem':
      return isRecord(body) && body.val !== undefined
        ? loadExpression(scene, body.val)
        : unclear('unreadable element');
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
      return compute(scene, name, body);
    case 'exthdr':
    case 'ip option':
    case 'tcp option':
    case 'sctp chunk':
    case 'dccp option': {
      // VRRP and AH packets carry neither options nor extension headers; asked for existence the answer is 0.
      const asksForField = isRecord(body) && body.field !== undefined;
      if (name === 'ip option' && scene.at.packet.protocol === 2) return unclear('IP options of this packet');
      return asksForField ? breaks : bits(knownBits(0, 1), 'route-exists');
    }
    case 'socket':
    case 'osf':
      return scene.at.packet.direction === 'in' || name === 'osf'
        ? breaks
        : unclear('the sending socket is not known');
    case 'ipsec':
    case 'tunnel':
      return breaks;
    default:
      return unclear(`nft expression "${name}" is not evaluated`);
  }
}

function joined(parts: readonly Operand[]): Operand {
  return parts.some((part) => part.kind === 'break') ? breaks : { kind: 'concat', parts };
}
