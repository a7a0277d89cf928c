/**
 * Addresses between bytes and their canonical text: dotted quad, RFC 5952, colon-separated MAC.
 * Knows nothing of prefixes, scopes or zones; text with a prefix length or a zone is not an address here.
 */

import { u8, u16 } from './bytes.ts';

const decimals: readonly string[] = Array.from({ length: 256 }, (_, value) => String(value));
const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, '0'),
);

export function macText(bytes: Uint8Array, at: number): string {
  let text = hexPairs[u8(bytes, at)] ?? '';
  for (let i = 1; i < 6; i++) text += `:${hexPairs[u8(bytes, at + i)]}`;
  return text;
}

export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${decimals[u8(bytes, at)]}.${decimals[u8(bytes, at + 1)]}.${decimals[u8(bytes, at + 2)]}.${decimals[u8(bytes, at + 3)]}`;
}

/** RFC 5952: lower case, the longest run of zero groups (leftmost, two at least) as `::`, mapped IPv4 dotted. */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  let bestFrom = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && u16(bytes, at + 2 * (i + length)) === 0) length++;
    if (length > bestLength) {
      bestFrom = i;
      bestLength = length;
    }
    i += length;
  }
  if (bestFrom === 0 && bestLength === 5 && u16(bytes, at + 10) === 0xffff) {
    return `::ffff:${ipv4Text(bytes, at + 12)}`;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === bestFrom) {
      text += '::';
      i += bestLength - 1;
    } else {
      text += `${text === '' || text.endsWith(':') ? '' : ':'}${u16(bytes, at + 2 * i).toString(16)}`;
    }
  }
  return text;
}

/** The 4 or 16 bytes of an address text, or undefined when it is not one. */
export function addressBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const dottedFrom = text.lastIndexOf(':') + 1;
  const dotted = text.includes('.') ? ipv4Bytes(text.slice(dottedFrom)) : undefined;
  if (text.includes('.') && dotted === undefined) return undefined;
  const tail = dotted === undefined ? '' : `${u16(dotted, 0).toString(16)}:${u16(dotted, 2).toString(16)}`;
  const [left, right, ...more] = (dotted === undefined ? text : text.slice(0, dottedFrom) + tail).split('::');
  if (left === undefined || more.length > 0) return undefined;
  const leftGroups = left === '' ? [] : left.split(':');
  const rightGroups = right === undefined || right === '' ? [] : right.split(':');
  const missing = 8 - leftGroups.length - rightGroups.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...leftGroups, ...Array.from({ length: missing }, () => '0'), ...rightGroups];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => {
      const word = Number.parseInt(group, 16);
      return [word >>> 8, word & 0xff];
    }),
  );
}
