import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTypes } from '../../src/wire/link.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import {
  advert2,
  authenticationHeader,
  bytesOf,
  cooked,
  cooked2,
  ethernet,
  goodFrames,
  ipv4,
  ipv6,
  surrounded,
  tagged,
  word,
} from './frame-encoder.ts';

const anyLinkType = fc.oneof(fc.constantFrom(...Object.values(linkTypes)), fc.nat(400));

describe('decodePacket', () => {
  it.each(goodFrames)('reads a good frame without complaint: $name', ({ linkType, bytes, kind }) => {
    const packet = decodePacket(linkType, bytes);
    expect(packet.content.kind).toBe(kind);
    expect(packet.problems).toEqual([]);
  });

  it.each(goodFrames)('says what is wrong with every truncation: $name', ({ linkType, bytes }) => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      const packet = decodePacket(linkType, cut);
      // A raw frame cut to nothing has no header to miss; every other cut must be named.
      if (length > 0 || linkType === linkTypes.ethernet) {
        expect(packet.problems.map((problem) => problem.code)).toContain('truncated');
      }
      if (packet.content.kind === 'vrrp') expect(packet.content.advert.checksum.verdict).toBe('unverified');
      // `subarray` of the whole frame has the rest right behind it: nothing may have been read from there.
      expect(packet).toEqual(decodePacket(linkType, cut.slice()));
    }
  });

  it.each(goodFrames)(
    'does not read beyond the bytes given, whatever bit is wrong: $name',
    ({ linkType, bytes }) => {
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
          const broken = bytes.slice(0, length);
          if (at < length) broken[at] = value;
          expect(decodePacket(linkType, surrounded(broken))).toEqual(decodePacket(linkType, broken));
        }),
        { numRuns: 60 },
      );
    },
  );

  it('survives random bytes on every link type, and reads nothing beyond them', () => {
    fc.assert(
      fc.property(anyLinkType, fc.uint8Array({ maxLength: 200 }), (linkType, bytes) => {
        expect(decodePacket(linkType, surrounded(bytes))).toEqual(decodePacket(linkType, bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('survives random messages behind good headers', () => {
    const protocol = fc.constantFrom(0, 1, 2, 6, 17, 43, 44, 51, 58, 60, 112);
    fc.assert(
      fc.property(protocol, fc.uint8Array({ maxLength: 120 }), fc.boolean(), (next, payload, six) => {
        const ip = six ? ipv6({ nextHeader: next, payload }) : ipv4({ protocol: next, payload });
        const packet = decodePacket(linkTypes.raw, surrounded(ip));
        expect(packet.ip?.version).toBe(six ? 6 : 4);
        expect(packet).toEqual(decodePacket(linkTypes.raw, ip));
      }),
      { numRuns: 500 },
    );
  });
});

describe('link layers', () => {
  const advert = ipv4({ protocol: 112, payload: advert2() });

  it('reads MAC addresses and stacked VLAN tags, outermost first', () => {
    const frame = tagged(
      [
        [0x88a8, 100],
        [0x8100, 42],
      ],
      0x0800,
      advert,
    );
    expect(decodePacket(1, frame).link).toEqual({
      kind: 'ethernet',
      srcMac: '02:00:00:00:00:0a',
      dstMac: '01:00:5e:00:00:12',
      etherType: 0x0800,
      vlans: [100, 42],
    });
  });

  it.each([
    [0, 'in'],
    [1, 'in'],
    [2, 'in'],
    [3, 'other'],
    [4, 'out'],
  ] as const)('reads the direction of packet type %i of cooked captures as %s', (packetType, direction) => {
    expect(decodePacket(113, cooked(packetType, 0x0800, advert)).link).toMatchObject({
      kind: 'sll',
      direction,
    });
    expect(decodePacket(276, cooked2(packetType, 0x0800, advert)).link).toEqual({
      kind: 'sll2',
      srcMac: '02:00:00:00:00:0a',
      etherType: 0x0800,
      vlans: [],
      direction,
      interfaceIndex: 7,
    });
  });

  it('reads a VLAN tag left in the payload of a cooked capture', () => {
    const payload = bytesOf(word(42), word(0x0800), advert);
    expect(decodePacket(113, cooked(0, 0x8100, payload))).toMatchObject({
      link: { vlans: [42], etherType: 0x0800 },
      content: { kind: 'vrrp' },
    });
    expect(decodePacket(276, cooked2(0, 0x8100, payload))).toMatchObject({
      link: { vlans: [42], etherType: 0x0800 },
      content: { kind: 'vrrp' },
    });
  });

  it('names a link type it does not know, and a stack of tags without end', () => {
    expect(decodePacket(105, advert)).toMatchObject({
      link: { kind: 'unknown' },
      content: { kind: 'other' },
      problems: [{ layer: 'link', code: 'unknown-link-type' }],
    });
    const tags = Array.from({ length: 9 }, () => [0x8100, 1] as const);
    expect(decodePacket(1, tagged(tags, 0x0800, advert)).problems).toMatchObject([
      { code: 'too-many-vlan-tags' },
    ]);
  });
});

describe('IP', () => {
  it('cuts Ethernet padding off by the total length and counts it', () => {
    const frame = bytesOf(
      ethernet(0x0800, ipv4({ protocol: 112, payload: advert2({ vips: [] }) })),
      new Uint8Array(10),
    );
    const packet = decodePacket(1, frame);
    expect(packet.ip).toMatchObject({ totalLengthBytes: 36, headerLengthBytes: 20, trailingBytes: 10 });
    expect(packet.content).toMatchObject({
      kind: 'vrrp',
      advert: { lengthBytes: 16, checksum: { verdict: 'good' } },
    });
    expect(packet.problems).toEqual([]);
  });

  it('reads every field of an IPv4 header with options', () => {
    const frame = ipv4({
      protocol: 112,
      payload: advert2(),
      ttl: 64,
      options: [0x94, 4, 0, 0],
      dst: '192.0.2.2',
    });
    expect(decodePacket(101, frame).ip).toEqual({
      version: 4,
      src: '192.0.2.1',
      dst: '192.0.2.2',
      ttl: 64,
      protocol: 112,
      identification: 0x1234,
      totalLengthBytes: 48,
      headerLengthBytes: 24,
      optionsLengthBytes: 4,
      trailingBytes: 0,
    });
  });

  it('walks IPv6 extension headers to the advert', () => {
    const advert = advert2({ vips: [] });
    const payload = bytesOf(
      [43, 0, 1, 4, 0, 0, 0, 0],
      [60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [51, 0, 1, 4, 0, 0, 0, 0],
      authenticationHeader(112, advert),
    );
    const { ip, content } = decodePacket(101, ipv6({ nextHeader: 0, payload }));
    expect(ip).toMatchObject({ protocol: 112, optionsLengthBytes: 32, headerLengthBytes: 96 });
    expect(ip?.ah).toEqual({ spi: 0xc0000201, sequence: 9, icvLengthBytes: 12 });
    expect(content.kind).toBe('vrrp');
  });

  it('does not take the middle of a fragmented packet for a message', () => {
    const later = decodePacket(101, ipv4({ protocol: 112, payload: advert2(), flags: 0x2000 | 2 }));
    expect(later.ip?.fragment).toEqual({ offsetBytes: 16, more: true });
    expect(later.content).toEqual({ kind: 'other' });
    const first = decodePacket(101, ipv4({ protocol: 112, payload: advert2(), flags: 0x2000 }));
    expect(first.content).toMatchObject({ kind: 'vrrp', advert: { checksum: { verdict: 'unverified' } } });
    const six = bytesOf([112, 0, ...word(0x0010 | 1), 0, 0, 0, 9], advert2());
    const six6 = decodePacket(101, ipv6({ nextHeader: 44, payload: six }));
    expect(six6.ip).toMatchObject({
      fragment: { offsetBytes: 16, more: true },
      identification: 9,
      protocol: 112,
    });
    expect(six6.content).toEqual({ kind: 'other' });
    const notAHeader = bytesOf([60, 0, ...word(0x0010), 0, 0, 0, 9], [112, 0, 0, 0, 0, 0, 0, 0], advert2());
    expect(decodePacket(101, ipv6({ nextHeader: 44, payload: notAHeader })).ip).toMatchObject({
      protocol: 60,
      fragment: { offsetBytes: 16, more: false },
    });
  });

  it.each([
    ['a wrong header checksum', { at: 8, value: 1 }, 'bad-header-checksum'],
    ['a header length below 20', { at: 0, value: 0x44 }, 'bad-length'],
    ['a total length below the header', { at: 3, value: 19 }, 'bad-length'],
    ['a version that is none', { at: 0, value: 0x75 }, 'bad-version'],
  ] as const)('names %s', (_what, { at, value }, code) => {
    const frame = ethernet(0x0800, ipv4({ protocol: 112, payload: advert2() }));
    frame[14 + at] = value;
    expect(decodePacket(1, frame).problems.map((problem) => problem.code)).toContain(code);
  });
});
