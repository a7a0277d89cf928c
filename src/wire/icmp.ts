/**
 * ICMP and ICMPv6 messages other than neighbour discovery and MLD: type, code, echo numbers, and in an error the
 * addresses and protocol of the packet it quotes (a peer that answers an advert with "protocol unreachable" runs no
 * VRRP; "administratively prohibited" comes from a firewall). Does not say what a code means.
 */

import { ipv4Text, ipv6Text } from './address.ts';
import { u8, u16 } from './bytes.ts';
import type { Problems } from './problem.ts';

export interface IcmpMessage {
  readonly kind: 'icmp';
  /** 4 for ICMP, 6 for ICMPv6. */
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  /** Echo requests and replies only. */
  readonly identifier?: number;
  readonly sequence?: number;
  /** Errors only: the packet complained about; its protocol is that of its fixed header. */
  readonly quoted?: { readonly src: string; readonly dst: string; readonly protocol: number };
}

/** Where the quoted IP packet of an error begins (RFC 792, RFC 4443). */
export const icmpQuoteOffsetBytes = 8;

export function decodeIcmp(
  bytes: Uint8Array,
  span: { readonly from: number; readonly to: number; readonly version: 4 | 6 },
  problems: Problems,
): IcmpMessage | undefined {
  const { from, to, version } = span;
  if (to - from < 8) {
    problems.push({ layer: 'icmp', code: 'truncated', text: 'the packet ends inside the ICMP header' });
    return undefined;
  }
  const type = u8(bytes, from);
  const head = { kind: 'icmp', version, type, code: u8(bytes, from + 1) } as const;
  if (isEcho(version, type)) {
    return { ...head, identifier: u16(bytes, from + 4), sequence: u16(bytes, from + 6) };
  }
  const quoted = isIcmpError(version, type) ? readQuote(bytes, from + icmpQuoteOffsetBytes, to) : undefined;
  return quoted === undefined ? head : { ...head, quoted };
}

/** Errors quote the packet that caused them; v4: unreachable, quench, redirect, time exceeded, parameter problem. */
export function isIcmpError(version: 4 | 6, type: number): boolean {
  return version === 6 ? type < 128 : type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}

function isEcho(version: 4 | 6, type: number): boolean {
  return version === 6 ? type === 128 || type === 129 : type === 8 || type === 0;
}

function readQuote(bytes: Uint8Array, at: number, to: number): IcmpMessage['quoted'] {
  const version = u8(bytes, at) >>> 4;
  if (version === 4 && at + 20 <= to) {
    return { src: ipv4Text(bytes, at + 12), dst: ipv4Text(bytes, at + 16), protocol: u8(bytes, at + 9) };
  }
  if (version === 6 && at + 40 <= to) {
    return { src: ipv6Text(bytes, at + 8), dst: ipv6Text(bytes, at + 24), protocol: u8(bytes, at + 6) };
  }
  return undefined;
}
