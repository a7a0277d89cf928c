// Captures as other programs write them, made here: every container and link type that `replay` reads, around adverts,
// CARP, ARP and neighbour discovery in every shape the wire has shown. For the tests that hold `replay` against other
// tools, for those that mutate captures, and for scripts/compare-replay.ts. It encodes, and expects nothing.
import { foldSum, sumWords } from '../../src/wire/bytes.ts';
import {
  block,
  enhancedPacket,
  interfaceBlock,
  join,
  type Order,
  obsoletePacket,
  option,
  pack,
  pcapFile,
  pcapRecord,
  sectionHeader,
  simplePacket,
} from './capture-encoder.ts';
import {
  address,
  advert2,
  advert3,
  arpMessage,
  authenticationHeader,
  bytesOf,
  carpMessage,
  cooked,
  cooked2,
  ethernet,
  goodFrames,
  hmacTrailer,
  ipv4,
  ipv6,
  long,
  neighbourMessage,
  secret8,
  tagged,
  word,
} from './frame-encoder.ts';

// ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────
const open = { type: 0, data: new Uint8Array(8) };
const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.7.${index >>> 7}.${(index & 127) + 1}`);
const manySix = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `2001:db8::${(index + 1).toString(16)}`);

const vrrp = (payload: Uint8Array, more: Partial<Parameters<typeof ipv4>[0]> = {}): Uint8Array =>
  ipv4({ protocol: 112, payload, ...more });

const over6 = (payload: Uint8Array, more: Partial<Parameters<typeof ipv6>[0]> = {}): Uint8Array =>
  ipv6({ nextHeader: 112, payload, ...more });

/** Version 3 with the checksum that keepalived up to 1.3.6 gave unicast adverts. */
const advert3ForGroup = (dst: string): Uint8Array => vrrp(advert3({ dst: '224.0.0.18' }), { dst });

const six = advert3({ vips: ['fe80::56', '2001:db8::56'], src: 'fe80::1', dst: 'ff02::12' });
const plain2 = advert2({ auth: open });

const changed = (message: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(message);
  copy[at] = value;
  return copy;
};

/** The checksum anew, as a sender of an odd message would have it. */
const summed = (message: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(message);
  copy.set([0, 0], 6);
  copy.set(word(0xffff - foldSum(sumWords(copy, 0, copy.length))), 6);
  return copy;
};

const oddAdvert2 = (at: number, value: number): Uint8Array => summed(changed(plain2, at, value));

/** Version 3 over IPv4 with the `rsvd` bits set, which RFC 5798 tells receivers to ignore. */
const advert3Reserved = (): Uint8Array => {
  const plain = advert3();
  const copy = changed(plain, 4, (plain[4] ?? 0) | 0xf0);
  copy.set([0, 0], 6);
  const pseudo =
    sumWords(address('192.0.2.1'), 0, 4) + sumWords(address('224.0.0.18'), 0, 4) + 112 + copy.length;
  copy.set(word(0xffff - foldSum(sumWords(copy, 0, copy.length) + pseudo)), 6);
  return copy;
};

const extension = (nextHeader: number, type: 'options' | 'routing'): Uint8Array =>
  type === 'options'
    ? bytesOf(nextHeader, 0, 1, 4, 0, 0, 0, 0)
    : bytesOf(nextHeader, 2, 0, 0, long(0), address('ff02::12'));
const fragmentHeader = (nextHeader: number, offsetBytes: number, more: 0 | 1): Uint8Array =>
  bytesOf(nextHeader, 0, word(offsetBytes | more), long(0xfeed));

const llcSnap = (etherType: number, payload: Uint8Array): Uint8Array =>
  bytesOf([0xaa, 0xaa, 3, 0, 0, 0], word(etherType), payload);

const hsrp = ipv4({
  protocol: 17,
  dst: '224.0.0.2',
  ttl: 1,
  payload: bytesOf(
    word(1985),
    word(1985),
    word(28),
    [0, 0],
    [0, 0, 16, 3, 10, 120, 1, 0],
    secret8,
    address('192.0.2.100'),
  ),
});

/** All of an Ethernet segment that runs VRRP, in every shape. */
export const segmentFrames: readonly Uint8Array[] = [
  ethernet(0x0800, vrrp(plain2)),
  ethernet(0x0800, vrrp(advert2())),
  ethernet(0x0800, vrrp(advert2({ auth: open, priority: 0 }))),
  ethernet(0x0800, vrrp(advert2({ auth: open, priority: 255, intervalMs: 255_000, vips: many(1) }))),
  ethernet(0x0800, vrrp(advert2({ auth: open, vips: [] }))),
  ethernet(0x0800, vrrp(advert2({ vips: many(255) }))),
  ethernet(0x0800, vrrp(plain2, { dst: '192.0.2.2', ttl: 64 })),
  ethernet(0x0800, vrrp(changed(plain2, 6, 0x55))),
  ethernet(0x0800, vrrp(oddAdvert2(0, 0x22))),
  ethernet(0x0800, vrrp(oddAdvert2(0, 0x41))),
  ethernet(0x0800, vrrp(oddAdvert2(0, 0x11))),
  ethernet(0x0800, vrrp(oddAdvert2(3, 9))),
  ethernet(0x0800, vrrp(oddAdvert2(3, 1))),
  ethernet(0x0800, vrrp(oddAdvert2(4, 9))),
  ethernet(0x0800, vrrp(oddAdvert2(4, 2))),
  ethernet(0x0800, vrrp(summed(plain2.subarray(0, plain2.length - 8)))),
  ethernet(0x0800, vrrp(plain2.subarray(0, 7))),
  ethernet(0x0800, vrrp(bytesOf(plain2, [0, 0, 0, 0, 0, 0, 0, 0]))),
  ethernet(0x0800, vrrp(plain2, { options: [0x94, 4, 0, 0] })),
  ethernet(0x0800, vrrp(plain2, { options: new Array<number>(40).fill(1) })),
  ethernet(0x0800, vrrp(plain2, { totalLength: 0 })),
  ethernet(0x0800, vrrp(plain2, { totalLength: 200 })),
  ethernet(0x0800, vrrp(plain2, { totalLength: 30 })),
  ethernet(0x0800, vrrp(plain2, { flags: 0x4000 })),
  ethernet(0x0800, vrrp(advert2({ vips: many(20) }).subarray(0, 48), { flags: 0x2000 })),
  ethernet(0x0800, vrrp(advert2({ vips: many(20) }).subarray(48), { flags: 6 })),
  ethernet(
    0x0800,
    ipv4({
      protocol: 51,
      payload: authenticationHeader(112, advert2({ auth: { type: 2, data: new Uint8Array(8) } })),
    }),
  ),
  ethernet(0x0800, ipv4({ protocol: 51, payload: authenticationHeader(50, secret8) })),
  ethernet(0x0800, vrrp(advert3())),
  ethernet(0x0800, vrrp(advert3({ pseudoHeader: 'none' }))),
  ethernet(0x0800, vrrp(advert3({ dst: '192.0.2.2' }), { dst: '192.0.2.2' })),
  ethernet(0x0800, advert3ForGroup('192.0.2.2')),
  ethernet(0x0800, vrrp(changed(advert3(), 6, 0x55))),
  ethernet(0x0800, vrrp(advert3Reserved())),
  ethernet(0x0800, vrrp(advert3({ vips: many(255) }))),
  ethernet(0x0800, vrrp(bytesOf(advert3(), hmacTrailer()))),
  ethernet(0x86dd, over6(six)),
  ethernet(0x86dd, over6(changed(six, 6, 0x55))),
  ethernet(0x86dd, over6(advert3({ vips: manySix(90), src: 'fe80::1', dst: 'ff02::12' }))),
  ethernet(
    0x86dd,
    over6(advert3({ vips: ['2001:db8::1'], src: '2001:db8::a', dst: '2001:db8::b' }), {
      src: '2001:db8::a',
      dst: '2001:db8::b',
    }),
  ),
  ethernet(
    0x86dd,
    over6(
      advert3({
        vips: ['::ffff:192.0.2.1', '::1', '::', '1:0:0:2:0:0:0:3'],
        src: 'fe80::1',
        dst: 'ff02::12',
      }),
    ),
  ),
  ethernet(0x86dd, over6(bytesOf(extension(112, 'options'), six), { nextHeader: 0 })),
  ethernet(
    0x86dd,
    over6(bytesOf(extension(60, 'options'), extension(112, 'options'), six), { nextHeader: 0 }),
  ),
  ethernet(0x86dd, over6(bytesOf(extension(112, 'routing'), six), { nextHeader: 43 })),
  ethernet(0x86dd, over6(bytesOf(fragmentHeader(112, 0, 0), six), { nextHeader: 44 })),
  ethernet(0x86dd, over6(bytesOf(fragmentHeader(112, 0, 1), six.subarray(0, 24)), { nextHeader: 44 })),
  ethernet(0x86dd, over6(bytesOf(fragmentHeader(112, 24, 0), six.subarray(24)), { nextHeader: 44 })),
  ethernet(0x86dd, over6(authenticationHeader(112, six), { nextHeader: 51 })),
  ethernet(0x0800, vrrp(carpMessage())),
  ethernet(0x0800, vrrp(changed(carpMessage(), 30, 1))),
  tagged([[0x8100, 42]], 0x0800, vrrp(plain2)),
  tagged([[0x8100, 0]], 0x0800, vrrp(plain2)),
  tagged(
    [
      [0x88a8, 100],
      [0x8100, 42],
    ],
    0x0800,
    vrrp(plain2),
  ),
  tagged(
    [
      [0x9100, 100],
      [0x8100, 42],
    ],
    0x0800,
    vrrp(plain2),
  ),
  tagged(
    [
      [0x8100, 100],
      [0x8100, 42],
    ],
    0x86dd,
    over6(six),
  ),
  bytesOf(ethernet(0x0800, vrrp(plain2)), new Array<number>(6).fill(0)),
  bytesOf(ethernet(0x0800, vrrp(advert3())), new Array<number>(14).fill(0xee)),
  ethernet(8 + vrrp(plain2).length, llcSnap(0x0800, vrrp(plain2))),
  ethernet(0x0800, hsrp),
  ethernet(0x0800, ipv4({ protocol: 1, payload: bytesOf(3, 2, [0, 0], [0, 0, 0, 0], vrrp(plain2)) })),
  ethernet(0x0800, ipv4({ protocol: 4, payload: vrrp(plain2) })),
  ethernet(0x0806, arpMessage(1, '192.0.2.100', '192.0.2.100')),
  ethernet(0x0806, arpMessage(2, '192.0.2.100', '192.0.2.100')),
  ethernet(0x0806, arpMessage(1, '0.0.0.0', '192.0.2.100')),
  ethernet(0x0806, arpMessage(1, '192.0.2.9', '192.0.2.101')),
  ethernet(0x0806, arpMessage(2, '192.0.2.101', '192.0.2.9')),
  bytesOf(ethernet(0x0806, arpMessage(2, '192.0.2.100', '192.0.2.9')), new Array<number>(18).fill(0)),
  tagged([[0x8100, 42]], 0x0806, arpMessage(1, '192.0.2.100', '192.0.2.100')),
  ethernet(0x86dd, ipv6({ nextHeader: 58, payload: neighbourMessage(136, 0x20, '2001:db8::56') })),
  ethernet(0x86dd, ipv6({ nextHeader: 58, payload: neighbourMessage(136, 0xe0, 'fe80::56') })),
  ethernet(0x86dd, ipv6({ nextHeader: 58, payload: neighbourMessage(135, 0, '2001:db8::56') })),
  ethernet(
    0x86dd,
    ipv6({
      src: '::',
      dst: 'ff02::1:ff00:56',
      nextHeader: 58,
      payload: neighbourMessage(135, 0, '2001:db8::56').subarray(0, 24),
    }),
  ),
];

// ── containers ───────────────────────────────────────────────────────────────────────────────────────────────
const startSeconds = 1_700_000_000;
const microseconds = 0xa1b2c3d4;
const nanoseconds = 0xa1b23c4d;
const kuznetsov = 0xa1b2cd34;

const records = (order: Order, frames: readonly Uint8Array[]): readonly Uint8Array[] =>
  frames.map((frame, index) => pcapRecord(order, startSeconds + index, 123_456, frame));

const pcap = (linkType: number, frames: readonly Uint8Array[], order: Order = 'little'): Uint8Array =>
  pcapFile(order, microseconds, linkType, records(order, frames));

const modified = (order: Order, frames: readonly Uint8Array[]): Uint8Array =>
  pcapFile(
    order,
    kuznetsov,
    1,
    frames.map((frame, index) => {
      const record = pcapRecord(order, startSeconds + index, 5, frame);
      const more = pack(order, [
        [4, 2],
        [2, 0x0800],
        [2, 0],
      ]);
      return join(record.subarray(0, 16), more, record.subarray(16));
    }),
  );

const cut = (frames: readonly Uint8Array[], snapLength: number): Uint8Array =>
  pcapFile(
    'little',
    microseconds,
    1,
    frames.map((frame, index) =>
      pcapRecord('little', startSeconds + index, 0, frame.subarray(0, snapLength), frame.length),
    ),
  );

const resolution = (order: Order, value: number): Uint8Array => option(order, 9, bytesOf(value));
const offset = (order: Order, seconds: bigint): Uint8Array => option(order, 14, pack(order, [[8, seconds]]));

const section = (order: Order): Uint8Array =>
  join(
    sectionHeader(order),
    interfaceBlock(order, 1),
    interfaceBlock(order, 113, [option(order, 2, bytesOf(0x65, 0x30)), resolution(order, 9)]),
    interfaceBlock(order, 101, [resolution(order, 3), offset(order, 3600n)]),
    interfaceBlock(order, 1, [resolution(order, 0x80 | 20)]),
    // A name resolution block and a custom one in between, which nobody needs here.
    block(order, 4, pack(order, [[4, 0]])),
    enhancedPacket(order, 0, 1_700_000_000_123_456n, ethernet(0x0800, vrrp(plain2))),
    enhancedPacket(order, 1, 1_700_000_001_123_456_789n, cooked(4, 0x0800, vrrp(advert2()))),
    block(
      order,
      5,
      pack(order, [
        [4, 0],
        [4, 0],
        [4, 0],
      ]),
    ),
    enhancedPacket(order, 2, 1_699_996_402_123n, vrrp(advert3())),
    enhancedPacket(order, 3, 1_700_000_003n << 20n, ethernet(0x86dd, over6(six))),
    obsoletePacket(order, 0, 1_700_000_004_000_001n, ethernet(0x0800, vrrp(plain2))),
    simplePacket(order, ethernet(0x0800, vrrp(plain2)).length, ethernet(0x0800, vrrp(plain2))),
  );

const framesOf = (linkType: number): readonly Uint8Array[] =>
  goodFrames.filter((frame) => frame.linkType === linkType).map((frame) => frame.bytes);

const family = (bytes: readonly number[], packet: Uint8Array): Uint8Array => bytesOf(bytes, packet);

/** By name; those in `pcapng` begin so. */
export const gallery: Readonly<Record<string, Uint8Array>> = {
  segment: pcap(1, segmentFrames),
  'segment-big-endian': pcap(1, segmentFrames, 'big'),
  'segment-snaplen-34': cut(segmentFrames, 34),
  'segment-snaplen-44': cut(segmentFrames, 44),
  'segment-snaplen-60': cut(segmentFrames, 60),
  'segment-snaplen-14': cut(segmentFrames, 14),
  'nanoseconds-big-endian': pcapFile('big', nanoseconds, 1, [
    pcapRecord('big', startSeconds, 999_999_999, ethernet(0x0800, vrrp(plain2))),
    pcapRecord('big', startSeconds + 1, 1, ethernet(0x0800, vrrp(advert3()))),
  ]),
  'modified-pcap': modified('little', segmentFrames.slice(0, 4)),
  'modified-pcap-big-endian': modified('big', segmentFrames.slice(0, 4)),
  raw: pcap(101, [...framesOf(101), vrrp(advert3()), over6(six), vrrp(carpMessage())]),
  'raw-bsd': pcap(12, [vrrp(plain2), over6(six)]),
  'raw-ipv4': pcap(228, [vrrp(plain2)]),
  'raw-ipv6': pcap(229, [over6(six)]),
  sll: pcap(113, [
    cooked(4, 0x0800, vrrp(plain2)),
    cooked(2, 0x0800, vrrp(advert2())),
    cooked(0, 0x86dd, over6(six)),
    cooked(1, 0x0806, arpMessage(1, '192.0.2.100', '192.0.2.100')),
    cooked(4, 0x8100, bytesOf(word(42), word(0x0800), vrrp(plain2))),
  ]),
  sll2: pcap(276, [
    cooked2(4, 0x0800, vrrp(plain2)),
    cooked2(2, 0x86dd, over6(six)),
    cooked2(1, 0x0806, arpMessage(1, '192.0.2.100', '192.0.2.100')),
    cooked2(4, 0x8100, bytesOf(word(42), word(0x0800), vrrp(plain2))),
  ]),
  'null-little-endian': pcap(0, [
    family([2, 0, 0, 0], vrrp(plain2)),
    family([24, 0, 0, 0], over6(six)),
    family([30, 0, 0, 0], over6(six)),
  ]),
  'null-big-endian': pcap(0, [family([0, 0, 0, 2], vrrp(plain2)), family([0, 0, 0, 28], over6(six))], 'big'),
  loop: pcap(108, [family([0, 0, 0, 2], vrrp(plain2)), family([0, 0, 0, 24], over6(six))]),
  pcapng: section('little'),
  'pcapng-big-endian': section('big'),
  'pcapng-two-sections': join(section('little'), section('big')),
};
