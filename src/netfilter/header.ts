/**
 * The bytes of the packet under test, as far as they follow from what is known of it: Ethernet, IP and the bytes
 * after IP. Lets a rule that looks at raw offsets (`@nh,72,8`, u32) be answered exactly where that is possible.
 * Does not build sendable packets.
 */
import { isMulticast, multicastMac, readIp, readMac, widthOf } from './address.ts';
import type { PartialBits } from './bits.ts';
import { allOnes, knownBits, unknownBits } from './bits.ts';
import type { Standpoint, World } from './world.ts';

export type Base = 'link' | 'network' | 'transport';

interface Image {
  readonly bits: PartialBits;
}

function concatenate(parts: readonly PartialBits[]): PartialBits {
  return parts.reduce((all, part) => {
    const shift = BigInt(part.width);
    return {
      value: (all.value << shift) | part.value,
      known: (all.known << shift) | part.known,
      width: all.width + part.width,
    };
  });
}

const orUnknown = (value: bigint | number | undefined, width: number): PartialBits =>
  value === undefined ? unknownBits(width) : knownBits(value, width);

export function sourceMac(at: Standpoint): bigint | undefined {
  return at.packet.srcMac === undefined ? undefined : readMac(at.packet.srcMac);
}

export function destinationMac(at: Standpoint): bigint | undefined {
  if (at.packet.dstMac !== undefined) return readMac(at.packet.dstMac);
  const dst = readIp(at.packet.dst);
  return dst !== undefined && isMulticast(dst) ? multicastMac(dst) : undefined;
}

function linkImage(at: Standpoint): Image {
  const type = at.packet.family === 'ipv4' ? 0x0800 : 0x86dd;
  return {
    bits: concatenate([orUnknown(destinationMac(at), 48), orUnknown(sourceMac(at), 48), knownBits(type, 16)]),
  };
}

function address(text: string, family: 'ipv4' | 'ipv6'): PartialBits {
  const ip = readIp(text);
  return orUnknown(ip?.family === family ? ip.value : undefined, widthOf(family));
}

function networkImage(at: Standpoint, world: World): Image {
  const { packet } = at;
  const ttl = orUnknown(world.ttl, 8);
  const gone = (field: string): boolean => world.overwritten.includes(field);
  const src = gone('saddr') ? unknownBits(widthOf(packet.family)) : address(packet.src, packet.family);
  const dst = gone('daddr') ? unknownBits(widthOf(packet.family)) : address(packet.dst, packet.family);
  const dscp = gone('dscp') ? unknownBits(6) : orUnknown(packet.dscp, 6);
  const ecn = unknownBits(2);
  if (packet.family === 'ipv6') {
    const payloadLength = packet.lengthBytes === undefined ? undefined : packet.lengthBytes - 40;
    return {
      bits: concatenate([
        knownBits(6, 4),
        dscp,
        ecn,
        unknownBits(20),
        orUnknown(payloadLength, 16),
        knownBits(packet.protocol, 8),
        ttl,
        src,
        dst,
      ]),
    };
  }
  // IGMP carries a router-alert option (RFC 2236 section 2); VRRP and AH headers have none.
  const words = packet.protocol === 2 ? unknownBits(4) : knownBits(5, 4);
  const fragment = concatenate([unknownBits(2), knownBits(0, 14)]);
  return {
    bits: concatenate([
      knownBits(4, 4),
      words,
      dscp,
      ecn,
      orUnknown(packet.lengthBytes, 16),
      unknownBits(16),
      fragment,
      ttl,
      knownBits(packet.protocol, 8),
      unknownBits(16),
      src,
      dst,
    ]),
  };
}

function transportImage(at: Standpoint): Image {
  const bytes = at.packet.transport ?? [];
  return { bits: concatenate([knownBits(0, 0), ...bytes.map((byte) => knownBits(byte, 8))]) };
}

/** `width` bits from `offset` on; undefined when this hook has no such header. */
export function readHeader(
  at: Standpoint,
  world: World,
  where: { readonly base: Base; readonly offset: number; readonly width: number },
): PartialBits | undefined {
  if (where.base === 'link' && at.linkHeader === 'absent') return undefined;
  if (where.width <= 0 || where.width > 4096 || where.offset < 0 || where.offset > 65_536) return undefined;
  const { bits } =
    where.base === 'link'
      ? linkImage(at)
      : where.base === 'network'
        ? networkImage(at, world)
        : transportImage(at);
  const padding = Math.max(0, where.offset + where.width - bits.width);
  const padded = padding === 0 ? bits : concatenate([bits, unknownBits(padding)]);
  const right = BigInt(padded.width - where.offset - where.width);
  const mask = allOnes(where.width);
  return { value: (padded.value >> right) & mask, known: (padded.known >> right) & mask, width: where.width };
}

/** IP header followed by what is known of the payload, as u32 sees it. */
export function readFromIpHeader(
  at: Standpoint,
  world: World,
  offset: number,
  width: number,
): PartialBits | undefined {
  const headerBits = at.packet.family === 'ipv4' ? 160 : 320;
  if (offset >= headerBits)
    return readHeader(at, world, { base: 'transport', offset: offset - headerBits, width });
  if (offset + width <= headerBits) return readHeader(at, world, { base: 'network', offset, width });
  const first = readHeader(at, world, { base: 'network', offset, width: headerBits - offset });
  const rest = readHeader(at, world, { base: 'transport', offset: 0, width: offset + width - headerBits });
  return first === undefined || rest === undefined ? undefined : concatenate([first, rest]);
}
