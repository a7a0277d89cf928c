/**
 * IP and MAC addresses as numbers, and where an address falls by its own digits alone.
 * Knows text forms; does not know routes or which host owns an address.
 */
import ipaddr from 'ipaddr.js';

export interface IpNumber {
  readonly family: 'ipv4' | 'ipv6';
  readonly value: bigint;
}

export const widthOf = (family: 'ipv4' | 'ipv6'): number => (family === 'ipv4' ? 32 : 128);

function bytesToNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** An IPv4 dotted quad or an IPv6 address (a zone after `%` is ignored); undefined for anything else. */
export function readIp(text: string): IpNumber | undefined {
  const bare = text.split('%', 1)[0] ?? '';
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bare)) {
    const bytes = bare.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? { family: 'ipv4', value: bytesToNumber(bytes) } : undefined;
  }
  if (!bare.includes(':') || !ipaddr.IPv6.isValid(bare)) return undefined;
  return { family: 'ipv6', value: bytesToNumber(ipaddr.IPv6.parse(bare).toByteArray()) };
}

export function readMac(text: string): bigint | undefined {
  if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text)) return undefined;
  return bytesToNumber(text.split(/[:-]/).map((byte) => Number.parseInt(byte, 16)));
}

export function isMulticast(ip: IpNumber): boolean {
  return ip.family === 'ipv4' ? ip.value >> 28n === 0xen : ip.value >> 120n === 0xffn;
}

export const isLinkLocalV6 = (ip: IpNumber): boolean => ip.family === 'ipv6' && ip.value >> 118n === 0x3fan;

/** The Ethernet group address of an IP multicast address (RFC 1112 section 6.4, RFC 2464 section 7). */
export function multicastMac(ip: IpNumber): bigint {
  return ip.family === 'ipv4'
    ? 0x01005e000000n | (ip.value & 0x7fffffn)
    : 0x333300000000n | (ip.value & 0xffffffffn);
}

export function prefixMask(length: number, width: number): bigint {
  const host = BigInt(Math.max(0, Math.min(width, width - length)));
  return ((1n << BigInt(width)) - 1n) & ~((1n << host) - 1n);
}
