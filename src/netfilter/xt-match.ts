/**
 * iptables matches answered for one packet at one hook. Each extension is one function; an extension or option that
 * is not known here is "unknown". Facts from the kernel's net/netfilter/xt_*.c and iptables-extensions(8).
 */
import { prefixMask, readIp, readMac, widthOf } from './address.ts';
import type { Answer, PartialBits } from './bits.ts';
import {
  allOnes,
  answerOf,
  bothOf,
  eitherOf,
  equals,
  equalsUnder,
  knownBits,
  lessThan,
  no,
  not,
  unknown,
  within,
  yes,
} from './bits.ts';
import { destinationMac, readHeader, sourceMac } from './header.ts';
import { inIpset } from './ipset.ts';
import { addressType } from './nft-expression.ts';
import type { XtMatch, XtOption } from './ruleset.ts';
import { readProtocol, readWord } from './words.ts';
import type { Standpoint, World } from './world.ts';
import { evaluateU32 } from './xt-u32.ts';

export interface XtScene {
  readonly at: Standpoint;
  readonly world: World;
}

type Evaluator = (scene: XtScene, options: readonly XtOption[]) => Answer;

const first = (option: XtOption): string => option.args[0] ?? '';
const sensed = (option: XtOption, answer: Answer): Answer => (option.sense === 'is' ? answer : not(answer));

/** All options must hold; each is negated on its own. */
const every =
  (test: (scene: XtScene, option: XtOption) => Answer): Evaluator =>
  (scene, options) =>
    options.reduce<Answer>((all, option) => bothOf(all, sensed(option, test(scene, option))), yes);

function addressBits(scene: XtScene, end: 's' | 'd'): PartialBits | undefined {
  const { family } = scene.at.packet;
  const offset = family === 'ipv4' ? (end === 's' ? 96 : 128) : end === 's' ? 64 : 192;
  return readHeader(scene.at, scene.world, { base: 'network', offset, width: widthOf(family) });
}

function oneAddress(scene: XtScene, end: 's' | 'd', text: string): Answer {
  const { family } = scene.at.packet;
  const width = widthOf(family);
  const [address, maskText] = text.split('/');
  const ip = readIp(address ?? '');
  const bits = addressBits(scene, end);
  if (ip === undefined || bits === undefined) return unknown(`the address ${text} is not understood`);
  if (ip.family !== family) return no;
  const length = maskText === undefined ? width : /^\d+$/.test(maskText) ? Number(maskText) : undefined;
  const mask = length === undefined ? readIp(maskText ?? '')?.value : prefixMask(length, width);
  return mask === undefined
    ? unknown(`the mask ${text} is not understood`)
    : equalsUnder(bits, ip.value, mask, 'the address is not known');
}

const addressMatches = (scene: XtScene, end: 's' | 'd', text: string): Answer =>
  text.split(',').reduce<Answer>((all, part) => eitherOf(all, oneAddress(scene, end, part)), no);

/** `eth+` stands for every name that begins with eth; `+` alone for every name. */
function deviceMatches(device: string | undefined, pattern: string): Answer {
  if (pattern === '+') return yes;
  if (device === undefined) return unknown('the port is not known');
  return answerOf(pattern.endsWith('+') ? device.startsWith(pattern.slice(0, -1)) : device === pattern);
}

const basic = every((scene, option) => {
  const { at } = scene;
  switch (option.name) {
    case 's':
    case 'd':
      return addressMatches(scene, option.name, first(option));
    case 'i':
      return deviceMatches(at.inDevice, first(option));
    case 'o':
      return deviceMatches(at.outDevice, first(option));
    case 'p': {
      const protocol = readProtocol(first(option));
      if (protocol === undefined) return unknown(`the protocol ${first(option)} is not understood`);
      return answerOf(protocol === 0 || protocol === at.packet.protocol);
    }
    case 'f':
      return no;
    case '4':
      return answerOf(at.packet.family === 'ipv4');
    case '6':
      return answerOf(at.packet.family === 'ipv6');
    default:
      return unknown(`option ${option.name} is not evaluated`);
  }
});

function trackedAs(world: World, word: string): Answer {
  const { tracking } = world;
  switch (word.toUpperCase()) {
    case 'INVALID':
      return answerOf(tracking === 'not-yet');
    case 'NEW':
      return answerOf(tracking === 'new');
    case 'ESTABLISHED':
      return answerOf(tracking === 'established');
    case 'UNTRACKED':
      return answerOf(tracking === 'untracked');
    case 'RELATED':
    case 'SNAT':
    case 'DNAT':
      return no;
    default:
      return unknown(`connection state ${word} is not understood`);
  }
}

const anyOf = (words: string, test: (word: string) => Answer): Answer =>
  words.split(',').reduce<Answer>((all, word) => eitherOf(all, test(word)), no);

const conntrack: Evaluator = (scene, options) => {
  const { tracking } = scene.world;
  const hasEntry = tracking === 'new' || tracking === 'established';
  return options.reduce<Answer>((all, option) => {
    const test = (): Answer => {
      if (option.name === 'ctstate' || option.name === 'state')
        return anyOf(first(option), (word) => trackedAs(scene.world, word));
      if (!hasEntry) return no;
      if (option.name === 'ctproto')
        return answerOf(readProtocol(first(option)) === scene.at.packet.protocol);
      if (option.name === 'ctdir')
        return tracking === 'new'
          ? answerOf(first(option).toUpperCase() === 'ORIGINAL')
          : unknown('direction of the connection');
      if (option.name === 'ctorigsrc' && tracking === 'new') return addressMatches(scene, 's', first(option));
      if (option.name === 'ctorigdst' && tracking === 'new') return addressMatches(scene, 'd', first(option));
      return unknown(`conntrack option ${option.name} is not evaluated`);
    };
    // Without an entry only the state can be asked; everything else ends the rule whatever its sense.
    const answer = test();
    const skipped = !hasEntry && option.name !== 'ctstate' && option.name !== 'state';
    return bothOf(all, skipped ? no : sensed(option, answer));
  }, yes);
};

const addrtype: Evaluator = (scene, options) => {
  const limited = options.some(
    (option) => option.name === 'limit-iface-in' || option.name === 'limit-iface-out',
  );
  return options.reduce<Answer>((all, option) => {
    if (option.name !== 'src-type' && option.name !== 'dst-type') return all;
    const end = option.name === 'src-type' ? 'src' : 'dst';
    const type = addressType(scene.at, end);
    const why = 'the kind of this address is not known';
    const answer = anyOf(first(option), (word) => {
      const number = readWord('addrtype', word);
      return number === undefined
        ? unknown(`address type ${word} is not understood`)
        : equals(type, BigInt(number), why);
    });
    const multicast = equals(type, 5n, why);
    return bothOf(
      all,
      sensed(option, limited && multicast.is !== 'yes' && end === 'src' ? unknown(why) : answer),
    );
  }, yes);
};

function readRange(text: string): readonly [bigint, bigint] | undefined {
  const [low, high] = text.split(':');
  const number = (word: string | undefined, otherwise: bigint): bigint | undefined =>
    word === undefined || word === ''
      ? otherwise
      : /^(0x[0-9a-f]+|\d+)$/i.test(word)
        ? BigInt(word)
        : undefined;
  const from = number(low, 0n);
  const to = text.includes(':') ? number(high, 65_535n) : from;
  return from === undefined || to === undefined ? undefined : [from, to];
}

function numberIn(bits: PartialBits | undefined, text: string, why: string): Answer {
  const range = readRange(text);
  if (range === undefined || bits === undefined) return unknown(`${text} is not understood`);
  return within(bits, range[0], range[1], why);
}

const ttl = every((scene, option) => {
  const { ttl: value } = scene.world;
  const bits = value === undefined ? undefined : knownBits(value, 8);
  const number = /^\d+$/.test(first(option)) ? BigInt(first(option)) : undefined;
  if (bits === undefined || number === undefined) return unknown('the TTL is not known');
  if (option.name.endsWith('eq') || option.name === 'ttl' || option.name === 'hl')
    return equals(bits, number, '');
  return option.name.endsWith('lt') ? lessThan(bits, number, '') : not(lessThan(bits, number + 1n, ''));
});

const length = every((scene, option) => {
  const { lengthBytes, family } = scene.at.packet;
  const value = lengthBytes === undefined ? undefined : family === 'ipv6' ? lengthBytes - 40 : lengthBytes;
  return value === undefined
    ? unknown('the length of the packet is not known')
    : numberIn(knownBits(value, 32), first(option), '');
});

const masked = (bits: PartialBits, text: string, why: string): Answer => {
  const [value, mask] = text.split('/');
  const valid = (word: string | undefined): boolean =>
    word !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(word);
  if (!valid(value) || (mask !== undefined && !valid(mask)))
    return unknown(`the mark ${text} is not understood`);
  return equalsUnder(bits, BigInt(value ?? 0), mask === undefined ? allOnes(32) : BigInt(mask), why);
};

const mac = every((scene, option) => {
  if (scene.at.linkHeader === 'absent') return no;
  const wanted = readMac(first(option));
  const known = option.name === 'mac-source' ? sourceMac(scene.at) : destinationMac(scene.at);
  if (wanted === undefined || known === undefined)
    return unknown('the MAC address of the sender is not known');
  return answerOf(wanted === known);
});

const iprange = every((scene, option) => {
  const [low, high] = first(option).split('-');
  const from = readIp(low ?? '');
  const to = readIp(high ?? low ?? '');
  const bits = addressBits(scene, option.name === 'src-range' ? 's' : 'd');
  if (from === undefined || to === undefined || bits === undefined)
    return unknown('unreadable address range');
  return from.family === scene.at.packet.family
    ? within(bits, from.value, to.value, 'the address is not known')
    : no;
});

const owner = every((scene, option) => {
  const { packet } = scene.at;
  if (packet.direction === 'in') return no;
  if (option.name === 'socket-exists') return yes;
  const id =
    option.name === 'uid-owner'
      ? packet.socketUid
      : option.name === 'gid-owner'
        ? packet.socketGid
        : undefined;
  if (id === undefined) return unknown('the owner of the sending socket is not known');
  const [low, high] = first(option)
    .split('-')
    .map((word) => (/^\d+$/.test(word) ? Number(word) : word === 'root' ? 0 : undefined));
  return low === undefined
    ? unknown(`the user ${first(option)} is not understood`)
    : answerOf(id >= low && id <= (high ?? low));
});

const dscp = every((scene, option) => {
  const width = 6;
  const bits = readHeader(scene.at, scene.world, {
    base: 'network',
    offset: scene.at.packet.family === 'ipv4' ? 8 : 4,
    width,
  });
  const text = first(option);
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : readWord('dscp', text);
  return bits === undefined || value === undefined
    ? unknown(`the DSCP ${text} is not understood`)
    : equals(bits, BigInt(value), 'the DSCP of the packet is not known');
});

const tos = every((scene, option) => {
  const bits = readHeader(scene.at, scene.world, {
    base: 'network',
    offset: scene.at.packet.family === 'ipv4' ? 8 : 4,
    width: 8,
  });
  return bits === undefined ? no : masked(bits, first(option), 'the TOS of the packet is not known');
});

const set: Evaluator = (scene, options) =>
  options.reduce<Answer>((all, option) => {
    if (option.name !== 'match-set') {
      const harmless = ['return-nomatch', 'update-counters', 'update-subcounters'].includes(option.name);
      return harmless ? all : bothOf(all, unknown(`set option ${option.name} is not evaluated`));
    }
    const directions = (option.args[1] ?? 'src').split(',');
    const { at, world } = scene;
    return bothOf(
      all,
      sensed(option, inIpset({ at, world, sets: at.options.ipsets ?? [] }, first(option), directions)),
    );
  }, yes);

/** A packet that crosses no bridge at this hook fits exactly the negated questions (xt_physdev.c). */
const physdev: Evaluator = (scene, options) => {
  if (scene.at.packet.bridgeMaster !== undefined)
    return unknown('whether the bridge hands its port to iptables depends on br_netfilter');
  return answerOf(options.every((option) => option.sense === 'is-not'));
};

const rpfilter: Evaluator = (scene, options) => {
  const { reversePath } = scene.at.options;
  const source = readIp(scene.at.packet.src);
  const inverted = options.some((option) => option.name === 'invert');
  const passes: Answer =
    reversePath !== undefined
      ? answerOf(reversePath === 'ok')
      : source?.family === 'ipv6' && source.value >> 118n === 0x3fan
        ? yes
        : unknown('the route back to the sender was not looked up');
  return inverted ? not(passes) : passes;
};

const pkttype = every((scene, option) => {
  const { direction, delivery } = scene.at.packet;
  const actual = direction === 'in' && delivery === 'multicast' ? 2 : 0;
  const wanted = readWord('pkttype', first(option));
  return wanted === undefined
    ? unknown(`packet type ${first(option)} is not understood`)
    : answerOf(wanted === actual);
});

const policy: Evaluator = (_scene, options) => {
  const pol = options.find((option) => option.name === 'pol');
  return pol === undefined ? unknown('IPsec policy') : answerOf(first(pol) === 'none');
};

/** Extensions that read ports or types of a given protocol. */
const protocolExtensions: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  icmp6: 58,
  icmpv6: 58,
  sctp: 132,
  dccp: 33,
  udplite: 136,
  esp: 50,
  ah: 51,
  ipcomp: 108,
  tcpmss: 6,
  osf: 6,
};

const evaluators: Readonly<Record<string, Evaluator>> = {
  basic,
  comment: () => yes,
  standard: () => yes,
  state: conntrack,
  conntrack,
  addrtype,
  ttl,
  hl: ttl,
  length,
  mark: every((scene, option) =>
    masked(scene.world.mark, first(option), 'the mark was set from something not known'),
  ),
  connmark: (scene, options) =>
    scene.world.tracking === 'new' || scene.world.tracking === 'established'
      ? every((inner, option) =>
          masked(inner.world.connectionMark, first(option), 'the mark of the connection is not known'),
        )(scene, options)
      : no,
  mac,
  iprange,
  owner,
  dscp,
  tos,
  set,
  physdev,
  rpfilter,
  pkttype,
  policy,
  multiport: () => no,
  socket: (scene) => (scene.at.packet.direction === 'in' ? no : unknown('the sending socket is not known')),
  helper: () => no,
  // IPv6 extension headers, which no advert carries.
  frag: () => no,
  rt: () => no,
  hbh: () => no,
  dst: () => no,
  mh: () => no,
  eui64: (scene) => (scene.at.packet.family === 'ipv4' ? no : unknown('EUI-64 of the sender')),
  recent: (_scene, options) =>
    options.some((option) => option.name === 'set' && option.sense === 'is')
      ? yes
      : unknown('whether the sender was seen recently'),
  devgroup: () => unknown('the group of the interface is not known'),
  u32: (scene, options) => {
    const option = options.find((candidate) => candidate.name === 'u32');
    return option === undefined
      ? unknown('u32 without a test')
      : sensed(option, evaluateU32(scene.at, scene.world, first(option)));
  },
};

/** Does the match hold for the packet? */
export function evaluateXtMatch(scene: XtScene, match: XtMatch): Answer {
  const { module, options } = match;
  if (Object.hasOwn(protocolExtensions, module)) {
    if (protocolExtensions[module] !== scene.at.packet.protocol) return no;
    return options.length === 0 ? yes : unknown(`-m ${module} is not evaluated for this packet`);
  }
  const evaluator = Object.hasOwn(evaluators, module) ? evaluators[module] : undefined;
  return evaluator === undefined
    ? unknown(`-m ${module} depends on the moment or is not evaluated`)
    : evaluator(scene, options);
}

/** Matches whose answer may differ each time they are asked. */
export const fickleMatches = new Set([
  'limit',
  'hashlimit',
  'statistic',
  'recent',
  'quota',
  'connlimit',
  'nfacct',
  'rateest',
  'cpu',
  'time',
  'dstlimit',
  'condition',
  'random',
  'nth',
]);
