import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Content, decodePacket } from '../../src/wire/packet.ts';
import { createCaptureReader } from '../../src/wire/pcap.ts';
import { replaceVrrpPassword } from '../../src/wire/redact.ts';
import {
  advert2,
  advert3,
  bytesOf,
  carpMessage,
  ethernet,
  goodFrames,
  hmacTrailer,
  ipv4,
  ipv6,
  secret8,
  surrounded,
} from './frame-encoder.ts';

const masked8 = Uint8Array.from('********', (c) => c.charCodeAt(0));
const mask = (): Uint8Array => masked8;

function holds(haystack: Uint8Array, needle: Uint8Array): boolean {
  return Buffer.from(haystack).includes(Buffer.from(needle));
}

/** Any three letters of the password in a row would be a leak. */
function leaks(bytes: Uint8Array): boolean {
  return [0, 1, 2, 3, 4, 5].some((from) => holds(bytes, secret8.subarray(from, from + 3)));
}

function verdictOf(content: Content): string | undefined {
  return content.kind === 'vrrp' ? content.advert.checksum.verdict : undefined;
}

const v2Frame = (payload: Uint8Array): Uint8Array => ethernet(0x0800, ipv4({ protocol: 112, payload }));

describe('replaceVrrpPassword', () => {
  it.each(goodFrames)('leaves no password and changes no meaning: $name', ({ linkType, bytes }) => {
    const before = decodePacket(linkType, bytes);
    const redacted = replaceVrrpPassword(linkType, bytes, mask);
    expect(leaks(redacted)).toBe(false);
    expect(redacted.length).toBe(bytes.length);
    if (!leaks(bytes)) expect(redacted).toBe(bytes);
    const after = decodePacket(linkType, redacted);
    expect(after.problems).toEqual(before.problems);
    expect(verdictOf(after.content)).toBe(verdictOf(before.content));
  });

  it('replaces the eight bytes and touches nothing else but the checksum', () => {
    const frame = v2Frame(advert2());
    const given: Uint8Array[] = [];
    const redacted = replaceVrrpPassword(1, frame, (password8) => {
      given.push(password8);
      return masked8;
    });
    expect(given).toEqual([secret8]);
    expect(redacted.subarray(-8)).toEqual(masked8);
    const differing = [...frame.keys()].filter((i) => frame[i] !== redacted[i]);
    expect(differing.filter((i) => i < frame.length - 8).every((i) => i === 40 || i === 41)).toBe(true);
    expect(leaks(frame)).toBe(true);
  });

  it('copies a Node Buffer instead of writing into it', () => {
    const frame = Buffer.from(v2Frame(advert2()));
    replaceVrrpPassword(1, frame, mask);
    expect(frame.subarray(-8)).toEqual(Buffer.from(secret8));
  });

  it('keeps a wrong checksum wrong by the same residual', () => {
    const any8 = fc.uint8Array({ minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(
        any8,
        any8,
        fc.nat(0xffff),
        fc.array(fc.ipV4(), { maxLength: 20 }),
        (password, replacement, error, vips) => {
          const payload = advert2({ vips, auth: { type: 1, data: password } });
          payload[6] = (payload[6] ?? 0) ^ (error >>> 8);
          payload[7] = (payload[7] ?? 0) ^ (error & 0xff);
          const frame = v2Frame(payload);
          const redacted = replaceVrrpPassword(1, frame, () => replacement);
          expect(redacted.subarray(-8)).toEqual(replacement);
          expect(residual(redacted.subarray(34))).toBe(residual(frame.subarray(34)));
          expect(verdictOf(decodePacket(1, redacted).content)).toBe(
            verdictOf(decodePacket(1, frame).content),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves the zeros of an advert without authentication alone', () => {
    const frame = v2Frame(advert2({ auth: { type: 0, data: new Uint8Array(8) } }));
    expect(replaceVrrpPassword(1, frame, mask)).toBe(frame);
  });

  it('replaces an empty password too, because its type says that there is one', () => {
    const frame = v2Frame(advert2({ auth: { type: 1, data: new Uint8Array(8) } }));
    expect(replaceVrrpPassword(1, frame, mask).subarray(-8)).toEqual(masked8);
  });

  it.each([0, 2, 7, 255])('treats the bytes as secret whatever the auth type says: %i', (type) => {
    const redacted = replaceVrrpPassword(1, v2Frame(advert2({ auth: { type, data: secret8 } })), mask);
    expect(redacted.subarray(-8)).toEqual(masked8);
    expect(verdictOf(decodePacket(1, redacted).content)).toBe('good');
  });

  it('keeps the auth_hmac trailer behind the authentication data', () => {
    const frame = v2Frame(bytesOf(advert2(), hmacTrailer()));
    const redacted = replaceVrrpPassword(1, frame, mask);
    expect(leaks(redacted)).toBe(false);
    expect(redacted.subarray(-28)).toEqual(hmacTrailer());
  });

  it.each([-2, -1, 1, 2, 3, 4, 200])('finds the password behind an address count wrong by %i', (error) => {
    const payload = advert2();
    payload[3] = Math.max(0, 2 + error);
    const frame = v2Frame(payload);
    const redacted = replaceVrrpPassword(1, frame, mask);
    expect(leaks(redacted)).toBe(false);
    expect(verdictOf(decodePacket(1, redacted).content)).toBe(verdictOf(decodePacket(1, frame).content));
  });

  it('keeps a checksum good that covers stray bytes behind the password', () => {
    const payload = bytesOf(advert2(), secret8.subarray(0, 4));
    payload.set([0, 0], 6);
    const sum = residual(payload);
    payload.set([(0xffff - sum) >>> 8, (0xffff - sum) & 0xff], 6);
    const frame = v2Frame(payload);
    expect(verdictOf(decodePacket(1, frame).content)).toBe('good');
    const redacted = replaceVrrpPassword(1, frame, mask);
    expect(leaks(redacted)).toBe(false);
    expect(verdictOf(decodePacket(1, redacted).content)).toBe('good');
  });

  it('masks what is there of a truncated password', () => {
    const frame = v2Frame(advert2());
    for (let length = frame.length - 1; length >= 0; length--) {
      const cut = surrounded(frame.slice(0, length));
      const redacted = replaceVrrpPassword(1, cut, mask);
      expect(leaks(redacted)).toBe(false);
      expect(redacted.subarray(0, 50)).toEqual(cut.subarray(0, 50));
    }
  });

  it('masks later fragments, and adverts quoted by an ICMP error', () => {
    const later = ethernet(0x0800, ipv4({ protocol: 112, flags: 2, payload: secret8 }));
    expect(leaks(replaceVrrpPassword(1, later, mask))).toBe(false);
    const quoted = ipv4({ protocol: 112, dst: '192.0.2.2', payload: advert2() });
    const error = ipv4({ protocol: 1, payload: bytesOf(3, 2, [0, 0, 0, 0, 0, 0], quoted) });
    expect(leaks(error)).toBe(true);
    expect(leaks(replaceVrrpPassword(101, error, mask))).toBe(false);
    const error6 = ipv6({
      nextHeader: 58,
      payload: bytesOf(1, 4, [0, 0, 0, 0, 0, 0], ipv6({ nextHeader: 112, payload: advert2() })),
    });
    expect(leaks(replaceVrrpPassword(101, error6, mask))).toBe(false);
  });

  it('finds the password behind an IP length or header length that is wrong', () => {
    const advert = advert2();
    for (let totalLength = 0; totalLength < 60; totalLength++) {
      const frame = ethernet(0x0800, ipv4({ protocol: 112, payload: advert, totalLength }));
      expect(leaks(replaceVrrpPassword(1, frame, mask))).toBe(false);
    }
    for (let headerWords = 0; headerWords <= 5; headerWords++) {
      const frame = v2Frame(advert);
      frame[14] = 0x40 | headerWords;
      expect(leaks(replaceVrrpPassword(1, frame, mask))).toBe(false);
    }
  });

  it('leaves version 3, CARP and everything else as it is', () => {
    for (const payload of [advert3(), bytesOf(advert3(), hmacTrailer()), carpMessage()]) {
      const frame = v2Frame(payload);
      expect(replaceVrrpPassword(1, frame, mask)).toBe(frame);
    }
  });

  it('survives random bytes and never changes a length', () => {
    const start = fc.constantFrom(v2Frame(advert2()), ...goodFrames.map((frame) => frame.bytes));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 12 }), fc.nat(120), (frame, noise, at) => {
        const broken = frame.slice();
        broken.set(noise.subarray(0, Math.max(0, broken.length - at)), Math.min(at, broken.length));
        const redacted = replaceVrrpPassword(1, surrounded(broken), mask);
        expect(redacted.length).toBe(broken.length);
        expect(redacted).toEqual(replaceVrrpPassword(1, broken, mask));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['ethernet', 'sll2', 'sll-ns'])('takes every password out of a real capture: %s', (name) => {
    const file = readFileSync(new URL(`../../fixtures/pcap/keepalived-2.2.7-${name}.pcap`, import.meta.url));
    const frames = createCaptureReader().push(file);
    expect(frames.some((frame) => leaks(frame.bytes))).toBe(true);
    for (const { linkType, bytes } of frames) {
      const redacted = replaceVrrpPassword(linkType, bytes, mask);
      expect(leaks(redacted)).toBe(false);
      expect(verdictOf(decodePacket(linkType, redacted).content)).toBe(
        verdictOf(decodePacket(linkType, bytes).content),
      );
    }
  });
});

/** Sum of all 16-bit words modulo 0xffff, where 0 stands for a right checksum. */
function residual(message: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < message.length; i += 2) sum += ((message[i] ?? 0) << 8) | (message[i + 1] ?? 0);
  return sum % 0xffff;
}
