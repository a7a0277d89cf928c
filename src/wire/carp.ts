/**
 * CARP advertisements of the BSDs, and how they are told apart from VRRP: both are IP protocol 112, sent to the
 * same group, and both begin with version 2, type 1, so the first byte says nothing. Does not verify the HMAC.
 *
 * The decision is structural. A CARP message is exactly 36 bytes and its fourth byte, the length of counter and
 * digest in words, is always 7. Read as VRRP version 2 those 36 bytes would announce seven addresses, and seven
 * addresses with the authentication data that RFC 3768 requires take 44 bytes; over IPv6 they would take 120. So a
 * 36-byte message with a 7 there cannot be a well-formed VRRP version 2 advert, and everything else is VRRP.
 */

import type { MessageSpan } from './advert-layout.ts';
import { foldSum, sumWords, u8, u16, u32 } from './bytes.ts';

export const carpMessageBytes = 36;
export const carpAuthWords = 7;

/** Field names of ip_carp.h. */
export interface CarpAdvert {
  readonly kind: 'carp';
  readonly vhid: number;
  /** 1/256 of a second each; the lowest sum of base and skew wins. */
  readonly advSkew: number;
  readonly advBaseSeconds: number;
  /** advBaseSeconds plus advSkew/256 seconds. */
  readonly intervalMs: number;
  /** Carried in the padding byte by OpenBSD's demotion counter; zero elsewhere. */
  readonly demotion: number;
  readonly counter: bigint;
  readonly checksum: { readonly stored: number; readonly verdict: 'good' | 'bad' | 'unverified' };
}

/** Eight captured bytes are enough to tell. */
export function isCarp(bytes: Uint8Array, span: MessageSpan): boolean {
  return (
    span.to - span.from >= 8 &&
    span.saidBytes === carpMessageBytes &&
    u8(bytes, span.from) === 0x21 &&
    u8(bytes, span.from + 3) === carpAuthWords
  );
}

/** Only for a span that isCarp accepted. */
export function decodeCarp(bytes: Uint8Array, span: MessageSpan): CarpAdvert {
  const { from, to } = span;
  const advSkew = u8(bytes, from + 2);
  const advBaseSeconds = u8(bytes, from + 5);
  const isWhole = to - from >= carpMessageBytes;
  const isGood = foldSum(sumWords(bytes, from, from + carpMessageBytes)) === 0xffff;
  return {
    kind: 'carp',
    vhid: u8(bytes, from + 1),
    advSkew,
    advBaseSeconds,
    intervalMs: advBaseSeconds * 1000 + (advSkew * 1000) / 256,
    demotion: u8(bytes, from + 4),
    counter: isWhole ? (BigInt(u32(bytes, from + 8)) << 32n) | BigInt(u32(bytes, from + 12)) : 0n,
    checksum: { stored: u16(bytes, from + 6), verdict: !isWhole ? 'unverified' : isGood ? 'good' : 'bad' },
  };
}
