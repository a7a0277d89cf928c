/**
 * Builds well-formed frames for the tests of this room, layer by layer, and the odd ones by overriding a field.
 * Knows how to write; the decoders under test know how to read, and share nothing with this file but checksums.
 */

import { addressBytes } from '../../src/wire/address.ts';
import { foldSum, sumWords } from '../../src/wire/bytes.ts';
import { type AdvertPlan, encodeAdvert } from '../../src/wire/vrrp.ts';

export const secret8 = Uint8Array.from('n0tasecr', (c) => c.charCodeAt(0));

export function bytesOf(...parts: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}

export function word(value: number): readonly number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function long(value: number): readonly number[] {
  return [...word(value >>> 16), ...word(value & 0xffff)];
}

export function address(text: string): Uint8Array {
  const bytes = addressBytes(text);
  if (bytes === undefined) throw new Error(`not an address: ${text}`);
  return bytes;
}

const dstMac = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x12];
const srcMac = [0x02, 0x00, 0x00, 0x00, 0x00, 0x0a];

export function ethernet(etherType: number, payload: Uint8Array): Uint8Array {
  return bytesOf(dstMac, srcMac, word(etherType), payload);
}

/** `tags` are pairs of tag EtherType and VLAN identifier, outermost first. */
export function tagged(
  tags: readonly (readonly [number, number])[],
  etherType: number,
  payload: Uint8Array,
): Uint8Array {
  const stack = tags.flatMap(([type, vlan]) => [...word(type), ...word(0xe000 | vlan)]);
  return bytesOf(dstMac, srcMac, stack, word(etherType), payload);
}

export function cooked(packetType: number, etherType: number, payload: Uint8Array): Uint8Array {
  return bytesOf(word(packetType), word(1), word(6), srcMac, [0, 0], word(etherType), payload);
}

export function cooked2(packetType: number, etherType: number, payload: Uint8Array): Uint8Array {
  return bytesOf(word(etherType), [0, 0], long(7), word(1), packetType, 6, srcMac, [0, 0], payload);
}

export interface Ipv4Plan {
  readonly src?: string;
  readonly dst?: string;
  readonly protocol: number;
  readonly ttl?: number;
  readonly payload: Uint8Array;
  readonly options?: readonly number[];
  readonly flags?: number;
  readonly totalLength?: number;
}

export function ipv4(plan: Ipv4Plan): Uint8Array {
  const options = plan.options ?? [];
  const headerBytes = 20 + options.length;
  const header = bytesOf(
    0x40 | (headerBytes / 4),
    0xc0,
    word(plan.totalLength ?? headerBytes + plan.payload.length),
    word(0x1234),
    word(plan.flags ?? 0),
    plan.ttl ?? 255,
    plan.protocol,
    [0, 0],
    address(plan.src ?? '192.0.2.1'),
    address(plan.dst ?? '224.0.0.18'),
    options,
  );
  const checksum = 0xffff - foldSum(sumWords(header, 0, header.length));
  header.set(word(checksum), 10);
  return bytesOf(header, plan.payload);
}

export interface Ipv6Plan {
  readonly src?: string;
  readonly dst?: string;
  readonly nextHeader: number;
  readonly payload: Uint8Array;
}

export function ipv6(plan: Ipv6Plan): Uint8Array {
  return bytesOf(
    [0x6c, 0, 0, 0],
    word(plan.payload.length),
    plan.nextHeader,
    255,
    address(plan.src ?? 'fe80::1'),
    address(plan.dst ?? 'ff02::12'),
    plan.payload,
  );
}

export function authenticationHeader(nextHeader: number, payload: Uint8Array): Uint8Array {
  return bytesOf(nextHeader, 4, [0, 0], long(0xc0000201), long(9), new Uint8Array(12).fill(0xab), payload);
}

/** Scheme 1, key 3, a fixed time, counter 5 and a digest that verifies nothing. */
export function hmacTrailer(scheme = 1): Uint8Array {
  return bytesOf(
    scheme,
    3,
    [0, 0],
    long(1_800_000_000),
    word(0x8000),
    word(5),
    new Uint8Array(16).fill(0xcd),
  );
}

export function advert2(plan: Partial<AdvertPlan> & { readonly vips?: readonly string[] } = {}): Uint8Array {
  const { vips = ['192.0.2.100', '192.0.2.101'], ...rest } = plan;
  const auth = { type: 1, data: secret8 };
  const base = { version: 2, vrid: 51, priority: 150, intervalMs: 1000, auth, pseudoHeader: 'none' } as const;
  return encodeAdvert({ ...base, addresses: vips.map(address), ...rest });
}

export function advert3(
  plan: {
    readonly vips?: readonly string[];
    readonly src?: string;
    readonly dst?: string;
    readonly pseudoHeader?: 'none';
  } = {},
): Uint8Array {
  const { vips = ['192.0.2.104'], src = '192.0.2.1', dst = '224.0.0.18', pseudoHeader } = plan;
  return encodeAdvert({
    version: 3,
    vrid: 54,
    priority: 120,
    intervalMs: 500,
    addresses: vips.map(address),
    pseudoHeader: pseudoHeader ?? { source: address(src), destination: address(dst) },
  });
}

export function carpMessage(): Uint8Array {
  const message = bytesOf(0x21, 77, 128, 7, 0, 1, [0, 0], long(1), long(2), new Uint8Array(20).fill(0x5a));
  message.set(word(0xffff - foldSum(sumWords(message, 0, message.length))), 6);
  return message;
}

export function arpMessage(operation: number, senderIp: string, targetIp: string): Uint8Array {
  return bytesOf(
    word(1),
    word(0x0800),
    6,
    4,
    word(operation),
    srcMac,
    address(senderIp),
    new Uint8Array(6).fill(0xff),
    address(targetIp),
  );
}

export function neighbourMessage(type: 135 | 136, flags: number, target: string): Uint8Array {
  const option = [type === 135 ? 1 : 2, 1, ...srcMac];
  return bytesOf(type, 0, [0, 0], flags, [0, 0, 0], address(target), option);
}

export interface NamedFrame {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly kind: string;
}

const v2 = ipv4({ protocol: 112, payload: advert2() });
const v6 = ipv6({
  nextHeader: 112,
  payload: advert3({ vips: ['fe80::56', '2001:db8::56'], src: 'fe80::1', dst: 'ff02::12' }),
});
const routerAlert = [0x94, 0x04, 0x00, 0x00];
const igmp3 = bytesOf(0x22, 0, [0, 0], [0, 0], word(1), [4, 0, 0, 0], address('224.0.0.18'));
const mld2 = bytesOf(143, 0, [0, 0], [0, 0], word(1), [4, 0, 0, 0], address('ff02::12'));
const hopByHop = bytesOf([58, 0, 5, 2, 0, 0, 1, 0], mld2);

/** One good frame of each kind; `kind` is what decodePacket must call its content. */
export const goodFrames: readonly NamedFrame[] = [
  { name: 'v2 with password', linkType: 1, kind: 'vrrp', bytes: ethernet(0x0800, v2) },
  {
    name: 'v2 with AH',
    linkType: 1,
    kind: 'vrrp',
    bytes: ethernet(
      0x0800,
      ipv4({
        protocol: 51,
        payload: authenticationHeader(112, advert2({ auth: { type: 2, data: new Uint8Array(8) } })),
      }),
    ),
  },
  {
    name: 'v3',
    linkType: 1,
    kind: 'vrrp',
    bytes: ethernet(0x0800, ipv4({ protocol: 112, payload: advert3() })),
  },
  {
    name: 'v3 with auth_hmac',
    linkType: 1,
    kind: 'vrrp',
    bytes: ethernet(0x0800, ipv4({ protocol: 112, payload: bytesOf(advert3(), hmacTrailer()) })),
  },
  { name: 'v3 over IPv6', linkType: 1, kind: 'vrrp', bytes: ethernet(0x86dd, v6) },
  {
    name: 'v2 in stacked VLANs',
    linkType: 1,
    kind: 'vrrp',
    bytes: tagged(
      [
        [0x88a8, 100],
        [0x8100, 42],
      ],
      0x0800,
      v2,
    ),
  },
  { name: 'v2 in SLL', linkType: 113, kind: 'vrrp', bytes: cooked(4, 0x0800, v2) },
  { name: 'v2 in SLL2', linkType: 276, kind: 'vrrp', bytes: cooked2(2, 0x0800, v2) },
  { name: 'v2 in raw IP', linkType: 101, kind: 'vrrp', bytes: v2 },
  { name: 'v3 in raw IPv6', linkType: 229, kind: 'vrrp', bytes: v6 },
  { name: 'v2 in NULL, little-endian', linkType: 0, kind: 'vrrp', bytes: bytesOf([2, 0, 0, 0], v2) },
  { name: 'v3 in LOOP', linkType: 108, kind: 'vrrp', bytes: bytesOf([0, 0, 0, 24], v6) },
  {
    name: 'CARP',
    linkType: 1,
    kind: 'carp',
    bytes: ethernet(0x0800, ipv4({ protocol: 112, payload: carpMessage() })),
  },
  {
    name: 'ARP',
    linkType: 1,
    kind: 'arp',
    bytes: ethernet(0x0806, arpMessage(1, '192.0.2.100', '192.0.2.100')),
  },
  {
    name: 'ND',
    linkType: 1,
    kind: 'nd',
    bytes: ethernet(0x86dd, ipv6({ nextHeader: 58, payload: neighbourMessage(136, 0x20, '2001:db8::56') })),
  },
  {
    name: 'IGMPv3',
    linkType: 1,
    kind: 'igmp',
    bytes: ethernet(0x0800, ipv4({ protocol: 2, payload: igmp3, options: routerAlert, ttl: 1 })),
  },
  {
    name: 'MLDv2 behind hop-by-hop',
    linkType: 1,
    kind: 'mld',
    bytes: ethernet(0x86dd, ipv6({ nextHeader: 0, payload: hopByHop })),
  },
  {
    name: 'ICMP echo',
    linkType: 1,
    kind: 'icmp',
    bytes: ethernet(
      0x0800,
      ipv4({ protocol: 1, payload: bytesOf(8, 0, [0, 0], word(77), word(3), new Uint8Array(24)) }),
    ),
  },
  {
    name: 'ICMP quoting an advert',
    linkType: 1,
    kind: 'icmp',
    bytes: ethernet(0x0800, ipv4({ protocol: 1, payload: bytesOf(3, 2, [0, 0], [0, 0, 0, 0], v2) })),
  },
  {
    name: 'TCP',
    linkType: 1,
    kind: 'tcp',
    bytes: ethernet(
      0x0800,
      ipv4({
        protocol: 6,
        payload: bytesOf(word(40000), word(80), long(1), long(2), 0x50, 0x12, new Uint8Array(6)),
      }),
    ),
  },
  {
    name: 'UDP',
    linkType: 1,
    kind: 'udp',
    bytes: ethernet(0x0800, ipv4({ protocol: 17, payload: bytesOf(word(5353), word(53), word(8), [0, 0]) })),
  },
];

/** The same bytes in the middle of a larger buffer full of plausible-looking rubbish. */
export function surrounded(bytes: Uint8Array): Uint8Array {
  const room = new Uint8Array(bytes.length + 256);
  for (let i = 0; i < room.length; i++) room[i] = [0x21, 0x45, 0x70, 0x01, 0xff][i % 5] ?? 0;
  room.set(bytes, 128);
  return room.subarray(128, 128 + bytes.length);
}
