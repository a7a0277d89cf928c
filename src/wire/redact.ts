/**
 * Takes the clear-text password of VRRP version 2 out of a captured frame, before anything is written down, and keeps
 * the checksum telling what it told: right stays right, wrong stays wrong by the same amount. Also inside ICMP errors,
 * which quote the advert they complain about. Deliberately masks too much rather than too little when a message is
 * malformed; knows nothing of where frames are stored. HMACs (AH, CARP, auth_hmac) are not passwords and stay.
 */

import { type AdvertLayout, layOutAdvert, type MessageSpan, passwordBytes } from './advert-layout.ts';
import { copyOf, foldSum, sumWords, u8, u16, writeU16 } from './bytes.ts';
import { isCarp } from './carp.ts';
import { icmpQuoteOffsetBytes, isIcmpError } from './icmp.ts';
import { decodeIp, ipProtocols } from './ip.ts';
import { decodeLink, etherTypes } from './link.ts';
import { type AdvertCarrier, type ChecksumVerdict, carrierOf, decodeAdvert } from './vrrp.ts';

/** Gets the 8 bytes as on the wire, zero-padded where fewer were captured; returns the 8 to put there. */
export type PasswordReplacement = (password8: Uint8Array) => Uint8Array;

/** The same array when the frame carries no password, else a copy. */
export function replaceVrrpPassword(
  linkType: number,
  bytes: Uint8Array,
  replacement: PasswordReplacement,
): Uint8Array {
  const { network, payloadAt } = decodeLink(linkType, bytes, []);
  if (network !== etherTypes.ipv4 && network !== etherTypes.ipv6) return bytes;
  return redactIp(bytes, payloadAt, replacement, 'outer');
}

function redactIp(
  bytes: Uint8Array,
  at: number,
  replacement: PasswordReplacement,
  depth: 'outer' | 'quoted',
): Uint8Array {
  const part = decodeIp(bytes, at, []);
  if (part === undefined) return mayHoldAdvert(bytes, at) ? blank(bytes, at + 20, bytes.length) : bytes;
  const { header, payloadAt, payloadEnd } = part;
  const isLaterFragment = header.fragment !== undefined && header.fragment.offsetBytes > 0;
  if (isLaterFragment) {
    const mayBeVrrp = header.protocol === ipProtocols.vrrp || header.protocol === ipProtocols.ah;
    return mayBeVrrp ? blank(bytes, payloadAt, payloadEnd) : bytes;
  }
  if (header.protocol === ipProtocols.vrrp) {
    return blankBehind(redactMessage(bytes, carrierOf(part), replacement), payloadAt, payloadEnd);
  }
  const isIcmp = header.protocol === (header.version === 4 ? ipProtocols.icmp : ipProtocols.icmp6);
  const isError = isIcmp && payloadAt < payloadEnd && isIcmpError(header.version, u8(bytes, payloadAt));
  if (!isError || depth === 'quoted') return bytes;
  return redactIp(bytes, payloadAt + icmpQuoteOffsetBytes, replacement, 'quoted');
}

function redactMessage(bytes: Uint8Array, span: AdvertCarrier, replacement: PasswordReplacement): Uint8Array {
  const { from, to } = span;
  if (to - from < 8 || u8(bytes, from) >>> 4 === 3 || isCarp(bytes, span)) return bytes;
  const layout = layOutAdvert(bytes, span);
  const secretFrom = layout.auth.from;
  const secretTo = secretEnd(layout, span);
  if (secretFrom >= secretTo) return bytes;
  // keepalived sends eight zero bytes without authentication: there is nothing to hide, and the frame stays as it was.
  const claimsPassword = u8(bytes, from + 4) === 1;
  if (!claimsPassword && isZero(bytes, secretFrom, secretTo)) return bytes;

  const password = new Uint8Array(passwordBytes);
  const passwordTo = Math.min(secretTo, secretFrom + passwordBytes);
  password.set(bytes.subarray(secretFrom, passwordTo));
  const masked = blank(bytes, secretFrom, secretTo);
  masked.set(replacement(password).subarray(0, passwordTo - secretFrom), secretFrom);
  if (span.extent === 'whole') keepVerdict(bytes, masked, span, layout);
  return masked;
}

/** A whole auth_hmac trailer is kept; other bytes behind the authentication data may be the rest of a password. */
function secretEnd(layout: AdvertLayout, span: MessageSpan): number {
  return layout.hmacAt ?? (layout.fit === 'exact' ? layout.auth.to : span.to);
}

/** A checksum may cover stray bytes or not (see judgeChecksum); the one end that fitted before must fit after. */
function keepVerdict(before: Uint8Array, after: Uint8Array, span: AdvertCarrier, layout: AdvertLayout): void {
  const stored = u16(before, span.from + 6);
  keepResidual(before, after, span.from, Math.min(layout.summedTo, span.to));
  if (layout.summedTo >= span.to || verdictOf(after, span) === verdictOf(before, span)) return;
  writeU16(after, span.from + 6, stored);
  keepResidual(before, after, span.from, span.to);
}

function verdictOf(bytes: Uint8Array, span: AdvertCarrier): ChecksumVerdict | undefined {
  return decodeAdvert(bytes, span, [])?.checksum.verdict;
}

/** RFC 1624: the stored checksum moves against the change of the data, so that their sum stays what it was. */
function keepResidual(before: Uint8Array, after: Uint8Array, from: number, to: number): void {
  const change = foldSum(sumWords(after, from, to)) - foldSum(sumWords(before, from, to));
  if (change === 0) return;
  const stored = u16(after, from + 6);
  writeU16(after, from + 6, foldSum(stored + (change > 0 ? 0xffff - change : -change)));
}

/** An IPv4 header too damaged to follow, whose protocol byte still says VRRP or AH. */
function mayHoldAdvert(bytes: Uint8Array, at: number): boolean {
  const protocol = u8(bytes, at + 9);
  return u8(bytes, at) >>> 4 === 4 && (protocol === ipProtocols.vrrp || protocol === ipProtocols.ah);
}

/** With a wrong IP length the password lies where Ethernet padding would; padding is zero anyway. */
function blankBehind(bytes: Uint8Array, messageAt: number, from: number): Uint8Array {
  const isVersion3 = from > messageAt && u8(bytes, messageAt) >>> 4 === 3;
  return isVersion3 || isZero(bytes, from, bytes.length) ? bytes : blank(bytes, from, bytes.length);
}

function blank(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = copyOf(bytes, 0, bytes.length);
  copy.fill(0, from, to);
  return copy;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
