// Messages cut off inside their header, versions nobody defined, and IPv6 fragments that are whole packets.
import { describe, expect, it } from 'vitest';
import { decodePacket } from '../../src/wire/packet.ts';
import { advert2, advert3, bytesOf, carpMessage, ethernet, ipv4, ipv6 } from './frame-encoder.ts';

const cutTo = (message: Uint8Array, bytes: number) =>
  decodePacket(1, ethernet(0x0800, ipv4({ protocol: 112, payload: message })).subarray(0, 34 + bytes))
    .content;

describe('a message cut off inside its header', () => {
  it.each([
    [1, { version: 2, type: 1 }],
    [2, { version: 2, type: 1, vrid: 51 }],
    [3, { version: 2, type: 1, vrid: 51, priority: 150 }],
    [5, { version: 2, type: 1, vrid: 51, priority: 150, addressCountSaid: 2 }],
    [7, { version: 2, type: 1, vrid: 51, priority: 150, addressCountSaid: 2, intervalMs: 1000 }],
  ])('says what %i bytes hold', (bytes, beginning) => {
    expect(cutTo(advert2(), bytes)).toEqual({ kind: 'other', beginning });
  });

  it('reads the interval of version 3 from both of its bytes', () => {
    expect(cutTo(advert3(), 6)).toMatchObject({ beginning: { version: 3, intervalMs: 500 } });
    expect(cutTo(advert3(), 5)).not.toHaveProperty('beginning.intervalMs');
  });

  it.each([1, 3, 7])('claims nothing of %i bytes that may be CARP', (bytes) => {
    expect(cutTo(carpMessage(), bytes)).toEqual({ kind: 'other' });
  });
});

describe('a version nobody defined', () => {
  it.each([0, 1, 4, 15])('%i is laid out as version 2, and its password is one', (version) => {
    const message = advert2();
    message[0] = (version << 4) | 1;
    const { content } = decodePacket(1, ethernet(0x0800, ipv4({ protocol: 112, payload: message })));
    expect(content).toMatchObject({
      advert: {
        version,
        intervalMs: 1000,
        addresses: ['192.0.2.100', '192.0.2.101'],
        auth: { kind: 'pass' },
      },
    });
  });
});

describe('an IPv6 fragment header', () => {
  const message = advert3({ vips: ['fe80::56'], src: 'fe80::1', dst: 'ff02::12' });
  const behindFragment = (offsetAndMore: number) =>
    decodePacket(
      1,
      ethernet(
        0x86dd,
        ipv6({ nextHeader: 44, payload: bytesOf([112, 0, 0, offsetAndMore, 0, 0, 0, 9], message) }),
      ),
    );

  it('of an atomic fragment (RFC 6946) leaves the packet whole', () => {
    const packet = behindFragment(0);
    expect(packet.problems).toEqual([]);
    expect(packet.ip).toMatchObject({ identification: 9 });
    expect(packet.ip).not.toHaveProperty('fragment');
    expect(packet.content).toMatchObject({ advert: { checksum: { verdict: 'good' } } });
  });

  it('with more to come is a part, and its checksum is left open', () => {
    const packet = behindFragment(1);
    expect(packet.ip).toMatchObject({ fragment: { offsetBytes: 0, more: true } });
    expect(packet.content).toMatchObject({ advert: { checksum: { verdict: 'unverified' } } });
  });
});
