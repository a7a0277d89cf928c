import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePacket } from '../../src/wire/packet.ts';
import type { Advert } from '../../src/wire/vrrp.ts';
import {
  address,
  advert2,
  advert3,
  authenticationHeader,
  bytesOf,
  carpMessage,
  hmacTrailer,
  ipv4,
  ipv6,
  secret8,
  word,
} from './frame-encoder.ts';

interface Decoded {
  readonly advert: Advert;
  readonly codes: readonly string[];
}

function decode(ip: Uint8Array): Decoded {
  const { content, problems } = decodePacket(101, ip);
  if (content.kind !== 'vrrp') throw new Error(`decoded as ${content.kind}`);
  return { advert: content.advert, codes: problems.map((problem) => `${problem.layer}:${problem.code}`) };
}

function decode4(
  payload: Uint8Array,
  more: { readonly dst?: string; readonly protocol?: number } = {},
): Decoded {
  return decode(ipv4({ protocol: 112, payload, ...more }));
}

describe('VRRP version 2', () => {
  it('reads every field', () => {
    expect(decode4(advert2())).toEqual({
      advert: {
        version: 2,
        type: 1,
        vrid: 51,
        priority: 150,
        addressCountSaid: 2,
        addressCountPresent: 2,
        addresses: ['192.0.2.100', '192.0.2.101'],
        intervalMs: 1000,
        auth: { kind: 'pass', bytes: secret8 },
        checksum: { stored: expect.any(Number), verdict: 'good' },
        lengthBytes: 24,
      },
      codes: [],
    });
  });

  it('reads authentication: none, unknown, AH with and without its header', () => {
    const zeros = new Uint8Array(8);
    expect(decode4(advert2({ auth: { type: 0, data: zeros } })).advert.auth).toEqual({ kind: 'none' });
    expect(decode4(advert2({ auth: { type: 7, data: zeros } })).advert.auth).toEqual({
      kind: 'type',
      value: 7,
    });
    const ahAdvert = advert2({ auth: { type: 2, data: zeros } });
    expect(decode4(ahAdvert)).toMatchObject({
      advert: { auth: { kind: 'type', value: 2 } },
      codes: ['vrrp:ah-header-missing'],
    });
    const withHeader = decode4(authenticationHeader(112, ahAdvert), { protocol: 51 });
    expect(withHeader.advert).toMatchObject({
      auth: { kind: 'ah', spi: 0xc0000201, sequence: 9 },
      checksum: { verdict: 'good' },
    });
    expect(withHeader.codes).toEqual([]);
  });

  it('copies the password out of the frame, also out of a Node Buffer', () => {
    const frame = Buffer.from(ipv4({ protocol: 112, payload: advert2() }));
    const { auth } = decode(frame).advert;
    frame.fill(0);
    expect(auth).toEqual({ kind: 'pass', bytes: secret8 });
  });

  it.each([1, 2, 3, 5, 255])(
    'never shows password bytes as addresses when the count says %i more',
    (more) => {
      const payload = advert2();
      payload[3] = Math.min(255, 2 + more);
      const { advert, codes } = decode4(payload);
      expect(advert.addresses).toEqual(['192.0.2.100', '192.0.2.101']);
      expect(advert.addressCountSaid).toBe(Math.min(255, 2 + more));
      expect(advert.addressCountPresent).toBe(2);
      expect(advert.auth).toEqual({ kind: 'pass', bytes: secret8 });
      expect(codes).toEqual(['vrrp:count-does-not-fit']);
    },
  );

  it('names bytes behind the message and a missing authentication field', () => {
    expect(decode4(bytesOf(advert2(), [1, 2, 3, 4])).codes).toEqual(['vrrp:trailing-bytes']);
    expect(decode4(advert2({ auth: { type: 0, data: new Uint8Array(8) } }).slice(0, 16)).codes).toEqual([
      'vrrp:auth-data-missing',
    ]);
  });

  it('keeps unknown versions and types, and names them', () => {
    const payload = advert2();
    payload[0] = 0x1f;
    expect(decode4(payload)).toMatchObject({
      advert: { version: 1, type: 15 },
      codes: ['vrrp:unknown-version', 'vrrp:unknown-type'],
    });
  });

  it('reads an auth_hmac trailer, whose bytes the checksum does not cover', () => {
    const none = advert2({ auth: { type: 0, data: new Uint8Array(8) } });
    expect(decode4(bytesOf(none, hmacTrailer()))).toMatchObject({
      advert: { auth: { kind: 'hmac', keyId: 3 }, checksum: { verdict: 'good' } },
      codes: [],
    });
  });
});

describe('VRRP version 3', () => {
  it('reads the interval in centiseconds and ignores the reserved bits above it', () => {
    const payload = advert3();
    payload[4] = 0xf0 | (payload[4] ?? 0);
    expect(decode4(payload).advert).toMatchObject({
      version: 3,
      vrid: 54,
      intervalMs: 500,
      auth: { kind: 'none' },
    });
  });

  it('reads the auth_hmac trailer of keepalived 2.4', () => {
    expect(decode4(bytesOf(advert3(), hmacTrailer()))).toMatchObject({
      advert: {
        auth: {
          kind: 'hmac',
          scheme: 1,
          keyId: 3,
          sentAtSeconds: 1_800_000_000,
          sentAtFraction: 0x8000,
          counter: 5,
        },
        checksum: { verdict: 'good' },
        addresses: ['192.0.2.104'],
      },
      codes: [],
    });
    expect(decode4(bytesOf(advert3(), hmacTrailer(9))).codes).toEqual(['vrrp:unknown-auth-extension']);
  });

  it('does not make a key out of a trailer that was cut', () => {
    const whole = ipv4({ protocol: 112, payload: bytesOf(advert3(), hmacTrailer()) });
    const { advert, codes } = decode(whole.subarray(0, whole.length - 20));
    expect(advert).toMatchObject({ auth: { kind: 'none' }, checksum: { verdict: 'unverified' } });
    expect(codes).toEqual(['ip:truncated', 'vrrp:truncated']);
  });

  it('reads IPv6 addresses in canonical text', () => {
    const payload = advert3({ vips: ['fe80::56', '2001:DB8:0:0:1:0:0:56'], src: 'fe80::1', dst: 'ff02::12' });
    const { advert, codes } = decode(ipv6({ nextHeader: 112, payload }));
    expect(advert).toMatchObject({
      addresses: ['fe80::56', '2001:db8::1:0:0:56'],
      checksum: { verdict: 'good' },
    });
    expect(codes).toEqual([]);
  });
});

describe('checksums', () => {
  const unicast = '192.0.2.2';
  const six = { vips: ['fe80::56'], src: 'fe80::1', dst: 'ff02::12' };
  const corrupted = (payload: Uint8Array): Uint8Array =>
    bytesOf(payload.subarray(0, 2), 99, payload.subarray(3));

  it.each([
    ['v2', ipv4({ protocol: 112, payload: advert2() }), 'good'],
    ['v2, corrupted', ipv4({ protocol: 112, payload: corrupted(advert2()) }), 'bad'],
    ['v3 multicast', ipv4({ protocol: 112, payload: advert3() }), 'good'],
    ['v3 multicast, corrupted', ipv4({ protocol: 112, payload: corrupted(advert3()) }), 'bad'],
    ['v3 unicast', ipv4({ protocol: 112, dst: unicast, payload: advert3({ dst: unicast }) }), 'good'],
    [
      'v3 as v2',
      ipv4({ protocol: 112, payload: advert3({ pseudoHeader: 'none' }) }),
      'good-without-pseudo-header',
    ],
    [
      'v3 unicast, group summed',
      ipv4({ protocol: 112, dst: unicast, payload: advert3() }),
      'good-multicast-pseudo-header',
    ],
    [
      'v3 multicast, another sender summed',
      ipv4({ protocol: 112, payload: advert3({ src: '192.0.2.9' }) }),
      'bad',
    ],
    ['v3 IPv6', ipv6({ nextHeader: 112, payload: advert3(six) }), 'good'],
    [
      'v3 IPv6, no pseudo-header',
      ipv6({ nextHeader: 112, payload: advert3({ ...six, pseudoHeader: 'none' }) }),
      'good-without-pseudo-header',
    ],
    ['v3 IPv6, corrupted', ipv6({ nextHeader: 112, payload: corrupted(advert3(six)) }), 'bad'],
  ] as const)('%s', (_name, ip, verdict) => {
    expect(decode(ip).advert.checksum.verdict).toBe(verdict);
  });

  it('sums an IPv6 trailer as the sending kernel does', () => {
    const payload = bytesOf(advert3(six), hmacTrailer());
    payload.set([0, 0], 6);
    const pseudo = [...address('fe80::1'), ...address('ff02::12'), ...word(112), ...word(payload.length)];
    const words = bytesOf(pseudo, payload);
    let sum = 0;
    for (let i = 0; i < words.length; i += 2) sum += ((words[i] ?? 0) << 8) | (words[i + 1] ?? 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    payload.set(word(0xffff - sum), 6);
    const { advert, codes } = decode(ipv6({ nextHeader: 112, payload }));
    expect(advert).toMatchObject({ auth: { kind: 'hmac' }, checksum: { verdict: 'good' } });
    expect(codes).toEqual([]);
  });

  it('finds every encoded advert good, and every flipped bit bad', () => {
    const vips = fc.array(fc.ipV4(), { maxLength: 30 });
    fc.assert(
      fc.property(vips, fc.constantFrom(2, 3), fc.nat(1000), fc.nat(7), (list, version, at, bit) => {
        const payload = version === 2 ? advert2({ vips: list }) : advert3({ vips: list });
        const { advert } = decode4(payload);
        expect(advert.addresses).toEqual(list);
        expect(advert.checksum.verdict).toBe('good');
        const position = at % payload.length;
        if (position === 0 || position === 3) return;
        payload[position] = (payload[position] ?? 0) ^ (1 << bit);
        expect(decode4(payload).advert.checksum.verdict).toBe('bad');
      }),
    );
  });
});

describe('CARP beside VRRP', () => {
  it('reads a CARP advertisement', () => {
    expect(decodePacket(101, ipv4({ protocol: 112, payload: carpMessage() })).content).toEqual({
      kind: 'carp',
      vhid: 77,
      advSkew: 128,
      advBaseSeconds: 1,
      intervalMs: 1500,
      demotion: 0,
      counter: (1n << 32n) | 2n,
      checksum: { stored: expect.any(Number), verdict: 'good' },
    });
  });

  it('takes seven addresses, and five with a password (also 36 bytes), for VRRP', () => {
    const seven = Array.from({ length: 7 }, (_, i) => `192.0.2.${i}`);
    expect(decode4(advert2({ vips: seven })).advert.addresses).toEqual(seven);
    expect(decode4(advert2({ vips: seven.slice(0, 5) })).advert).toMatchObject({
      lengthBytes: 36,
      addressCountSaid: 5,
    });
  });

  it('does not judge the checksum of a CARP message that was cut', () => {
    const packet = decodePacket(101, ipv4({ protocol: 112, payload: carpMessage() }).subarray(0, 40));
    expect(packet.content).toMatchObject({ kind: 'carp', vhid: 77, checksum: { verdict: 'unverified' } });
    expect(packet.problems.map((problem) => problem.layer)).toContain('carp');
  });
});
