import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePacket } from '../../src/wire/packet.ts';
import {
  type CapturedFrame,
  createCaptureReader,
  writePcapHeader,
  writePcapRecord,
} from '../../src/wire/pcap.ts';
import type { Problem } from '../../src/wire/problem.ts';
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

interface Read {
  readonly frames: readonly CapturedFrame[];
  readonly problems: readonly Problem[];
}

function readWhole(bytes: Uint8Array): Read {
  const reader = createCaptureReader();
  const frames = reader.push(bytes);
  return { frames, problems: reader.end() };
}

function readInPieces(bytes: Uint8Array, sizes: readonly number[]): Read {
  const reader = createCaptureReader();
  const frames: CapturedFrame[] = [];
  // One buffer for every piece, as a caller of fs.read would have it.
  const piece = new Uint8Array(4096);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    const length = Math.min(size, bytes.length - at);
    piece.set(bytes.subarray(at, at + length));
    frames.push(...reader.push(piece.subarray(0, length)));
    at += length;
  }
  return { frames, problems: reader.end() };
}

const orders = ['little', 'big'] as const;
const data = Uint8Array.of(1, 2, 3, 4, 5);

function pcapngSample(order: Order): Uint8Array {
  const resolution = (value: number): Uint8Array => option(order, 9, Uint8Array.of(value));
  return join(
    sectionHeader(order),
    interfaceBlock(order, 1),
    interfaceBlock(order, 113, [
      option(order, 2, data),
      resolution(9),
      option(order, 14, pack(order, [[8, -5n]])),
    ]),
    interfaceBlock(order, 101, [resolution(0x80 | 10)]),
    interfaceBlock(order, 276, [resolution(12)]),
    enhancedPacket(order, 0, 1_700_000_000_123_456n, data),
    block(order, 0x0bad, new Uint8Array(400)),
    enhancedPacket(order, 1, 1_700_000_000_123_456_789n, data),
    enhancedPacket(order, 2, 1_700_000_000n * 1024n + 512n, data),
    obsoletePacket(order, 3, 1_700_000_000_123n, data),
    block(order, 5, new Uint8Array(12)),
  );
}

describe('pcap', () => {
  it.each(
    orders.flatMap((order) => [
      { order, magic: 0xa1b2c3d4, unit: 'µs', atNs: 1_700_000_000_000_123_000n },
      { order, magic: 0xa1b23c4d, unit: 'ns', atNs: 1_700_000_000_000_000_123n },
    ]),
  )('reads $unit in $order-endian', ({ order, magic, atNs }) => {
    const record = pcapRecord(order, 1_700_000_000, 123, data, 90);
    const next = pcapRecord(order, 1_700_000_001, 0, data);
    const { frames, problems } = readWhole(pcapFile(order, magic, 276, [record, next]));
    expect(frames[0]).toEqual({
      linkType: 276,
      atNs,
      capturedLength: 5,
      originalLength: 90,
      bytes: data,
      interfaceId: 0,
    });
    expect(frames[1]?.atNs).toBe(1_700_000_001_000_000_000n);
    expect(problems).toEqual([]);
  });

  it('reads back what it writes, to the nanosecond', () => {
    const frame = { atNs: 1_764_000_000_987_654_321n, bytes: data, originalLength: 77 };
    const { frames, problems } = readWhole(join(writePcapHeader(1), writePcapRecord(frame)));
    expect(frames).toEqual([{ ...frame, linkType: 1, capturedLength: 5, interfaceId: 0 }]);
    expect(problems).toEqual([]);
  });

  it('stops at a frame length no capture has, without holding anything', () => {
    const bad = pack('little', [
      [4, 1],
      [4, 0],
      [4, 262_145],
      [4, 262_145],
    ]);
    const reader = createCaptureReader();
    const good = pcapRecord('little', 1, 0, data);
    expect(reader.push(pcapFile('little', 0xa1b2c3d4, 1, [good, bad]))).toHaveLength(1);
    expect(reader.state()).toBe('stopped');
    expect(reader.push(good)).toEqual([]);
    expect(reader.end()).toMatchObject([{ layer: 'capture', code: 'frame-too-long' }]);
  });

  it('takes the largest frame a capture can have', () => {
    const large = new Uint8Array(262_144).fill(7);
    const { frames, problems } = readWhole(pcapFile('big', 0xa1b2c3d4, 1, [pcapRecord('big', 1, 0, large)]));
    expect(frames[0]?.bytes.length).toBe(262_144);
    expect(problems).toEqual([]);
  });
});

describe('pcapng', () => {
  it.each(orders)('reads interfaces, resolutions, offsets and every packet block in %s-endian', (order) => {
    const { frames, problems } = readWhole(pcapngSample(order));
    const common = { capturedLength: 5, bytes: data };
    expect(frames).toEqual([
      { ...common, linkType: 1, interfaceId: 0, atNs: 1_700_000_000_123_456_000n, originalLength: 6 },
      { ...common, linkType: 113, interfaceId: 1, atNs: 1_699_999_995_123_456_789n, originalLength: 6 },
      { ...common, linkType: 101, interfaceId: 2, atNs: 1_700_000_000_500_000_000n, originalLength: 6 },
      { ...common, linkType: 276, interfaceId: 3, atNs: 1_700_000_000n, originalLength: 5 },
    ]);
    expect(problems).toEqual([]);
  });

  it('starts afresh in a new section, also in the other byte order', () => {
    const second = join(sectionHeader('big'), interfaceBlock('big', 228), enhancedPacket('big', 0, 1n, data));
    const { frames, problems } = readWhole(
      join(pcapngSample('little'), second, enhancedPacket('big', 1, 1n, data)),
    );
    expect(frames.at(-1)).toMatchObject({ linkType: 228, atNs: 1000n });
    expect(problems).toMatchObject([{ code: 'unknown-interface' }]);
  });

  it('reads simple packets up to the snapshot length and says that they have no time', () => {
    const file = join(
      sectionHeader('little'),
      interfaceBlock('little', 1, [], 3),
      simplePacket('little', 90, data),
    );
    const { frames, problems } = readWhole(file);
    expect(frames).toEqual([
      {
        linkType: 1,
        atNs: 0n,
        capturedLength: 3,
        originalLength: 90,
        bytes: data.slice(0, 3),
        interfaceId: 0,
      },
    ]);
    expect(problems).toMatchObject([{ code: 'no-timestamp' }]);
  });

  it('skips a block of gigabytes without holding it', () => {
    const reader = createCaptureReader();
    reader.push(
      join(
        sectionHeader('little'),
        pack('little', [
          [4, 0x0bad],
          [4, 0x7fff_fffc],
          [4, 0],
        ]),
      ),
    );
    expect(reader.push(new Uint8Array(4096))).toEqual([]);
    expect(reader.state()).toBe('pcapng');
    expect(reader.end()).toMatchObject([
      { code: 'truncated', text: 'the capture ends inside a record, 0 bytes into it' },
    ]);
  });

  it.each([
    [
      'a block length that is no multiple of four',
      pack('little', [
        [4, 6],
        [4, 33],
        [4, 0],
      ]),
      'bad-length',
    ],
    [
      'a block shorter than its frame of lengths',
      pack('little', [
        [4, 6],
        [4, 8],
        [4, 0],
      ]),
      'bad-length',
    ],
    [
      'two lengths that differ',
      join(block('little', 1, new Uint8Array(8)).subarray(0, 16), pack('little', [[4, 24]])),
      'bad-length',
    ],
    [
      'a packet block of gigabytes',
      pack('little', [
        [4, 6],
        [4, 0x7fff_fffc],
        [4, 0],
      ]),
      'frame-too-long',
    ],
    [
      'a packet larger than its block',
      block(
        'little',
        6,
        pack('little', [
          [4, 0],
          [4, 0],
          [4, 0],
          [4, 4096],
          [4, 4096],
        ]),
      ),
      'frame-too-long',
    ],
    ['a packet block without room for its fields', block('little', 6, new Uint8Array(8)), 'bad-length'],
    [
      'a section without a byte-order mark',
      block('little', 0x0a0d0d0a, new Uint8Array(16)),
      'unknown-format',
    ],
  ] as const)('stops at %s', (_what, bytes, code) => {
    const { frames, problems } = readWhole(join(sectionHeader('little'), interfaceBlock('little', 1), bytes));
    expect(frames).toEqual([]);
    expect(problems).toMatchObject([{ layer: 'capture', code }]);
  });

  it('stops at interfaces without end', () => {
    const one = interfaceBlock('little', 1);
    const many = new Uint8Array(one.length * 4097);
    for (let i = 0; i < 4097; i++) many.set(one, i * one.length);
    expect(readWhole(join(sectionHeader('little'), many)).problems).toMatchObject([
      { code: 'too-many-interfaces' },
    ]);
  });
});

describe('createCaptureReader', () => {
  const samples = {
    'pcap, little': pcapFile(
      'little',
      0xa1b2c3d4,
      1,
      [1, 2, 3].map((s) => pcapRecord('little', s, 0, data)),
    ),
    'pcap, big': pcapFile(
      'big',
      0xa1b23c4d,
      1,
      [1, 2, 3].map((s) => pcapRecord('big', s, 0, data)),
    ),
    'pcapng, little': pcapngSample('little'),
    'pcapng, big': pcapngSample('big'),
  };

  it.each(Object.entries(samples))('gives the same frames however the bytes arrive: %s', (_name, bytes) => {
    const whole = readWhole(bytes);
    expect(whole.frames.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(readInPieces(bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(samples))('keeps the whole frames of a capture cut anywhere: %s', (_name, bytes) => {
    const whole = readWhole(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const { frames, problems } = readWhole(bytes.subarray(0, length));
      expect(frames).toEqual(whole.frames.slice(0, frames.length));
      expect(problems.length).toBeLessThanOrEqual(1);
      if (length < 4) expect(problems[0]?.code).toBe(length === 0 ? 'empty' : 'truncated');
    }
  });

  it.each(Object.entries(samples))(
    'survives any bytes changed, within the bounds of a frame: %s',
    (_name, bytes) => {
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const broken = bytes.slice();
          for (const [at, value] of changes) broken[at] = value;
          const { frames, problems } = readWhole(broken);
          for (const frame of frames) expect(frame.bytes.length).toBe(frame.capturedLength);
          expect(problems.length).toBeLessThanOrEqual(100);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('does not share memory with the chunks given, not even with a Node Buffer', () => {
    const chunk = Buffer.from(samples['pcap, little']);
    const frames = createCaptureReader().push(chunk);
    chunk.fill(0);
    expect(frames.map((frame) => frame.bytes)).toEqual([data, data, data]);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'empty', 'no bytes'],
    ['a text', Uint8Array.from('tcpdump: eth0', (c) => c.charCodeAt(0)), 'unknown-format', 'neither'],
    ['a gzip file', Uint8Array.of(0x1f, 0x8b, 8, 0), 'unknown-format', 'gzip'],
  ])('says what it was given instead of a capture: %s', (_what, bytes, code, text) => {
    expect(readWhole(bytes).problems).toEqual([
      { layer: 'capture', code, text: expect.stringContaining(text) },
    ]);
  });
});

describe('captures of a real keepalived 2.2.7', () => {
  function summary(name: string): Record<string, number> {
    const { frames, problems } = readWhole(
      readFileSync(new URL(`../../fixtures/pcap/${name}`, import.meta.url)),
    );
    expect(problems).toEqual([]);
    const counts: Record<string, number> = {};
    for (const frame of frames) {
      const { content, link, problems: found } = decodePacket(frame.linkType, frame.bytes);
      expect(found).toEqual([]);
      if (content.kind !== 'vrrp') continue;
      const { version, vrid, priority, auth, checksum, addresses, intervalMs } = content.advert;
      const direction = link.direction ?? '-';
      const key = `v${version} vrid ${vrid} prio ${priority} ${intervalMs} ms ${auth.kind} ${checksum.verdict} ${addresses} ${direction}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  it('reads Ethernet, as tcpdump does', () => {
    expect(summary('keepalived-2.2.7-ethernet.pcap')).toEqual({
      'v2 vrid 51 prio 150 1000 ms pass good 192.0.2.100,192.0.2.101 -': 7,
      'v2 vrid 51 prio 0 1000 ms pass good 192.0.2.100,192.0.2.101 -': 1,
      'v2 vrid 52 prio 140 1000 ms ah good 192.0.2.102 -': 7,
      'v2 vrid 52 prio 0 1000 ms ah good 192.0.2.102 -': 1,
      'v2 vrid 53 prio 130 2000 ms none good 192.0.2.103 -': 2,
      'v2 vrid 53 prio 0 2000 ms none good 192.0.2.103 -': 1,
      'v3 vrid 54 prio 120 500 ms none good 192.0.2.104 -': 17,
      'v3 vrid 54 prio 0 500 ms none good 192.0.2.104 -': 1,
      'v3 vrid 55 prio 110 1000 ms none good 192.0.2.105 -': 7,
      'v3 vrid 55 prio 0 1000 ms none good 192.0.2.105 -': 1,
      'v3 vrid 56 prio 100 1000 ms none good fe80::56,2001:db8::56 -': 7,
      'v3 vrid 56 prio 0 1000 ms none good fe80::56,2001:db8::56 -': 1,
    });
  });

  it.each(['keepalived-2.2.7-sll2.pcap', 'keepalived-2.2.7-sll-ns.pcap'])(
    'reads cooked capture %s',
    (name) => {
      expect(summary(name)).toEqual({
        'v2 vrid 51 prio 150 1000 ms pass good 192.0.2.100,192.0.2.101 out': 3,
        'v2 vrid 52 prio 140 1000 ms ah good 192.0.2.102 out': 3,
        'v3 vrid 54 prio 120 500 ms none good 192.0.2.104 out': 9,
        'v3 vrid 55 prio 110 1000 ms none good 192.0.2.105 out': 3,
        'v3 vrid 56 prio 100 1000 ms none good fe80::56,2001:db8::56 out': 3,
      });
    },
  );
});
