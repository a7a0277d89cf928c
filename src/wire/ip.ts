/**
 * IPv4 and IPv6 headers, IPv6 extension headers and the authentication header of RFC 4302: where the payload
 * begins, how long it says it is, how much of it was captured. Does not reassemble fragments and does not judge
 * TTL, options or addresses.
 */

import { ipv4Text, ipv6Text } from './address.ts';
import { foldSum, sumWords, u8, u16, u32 } from './bytes.ts';
import type { Problems } from './problem.ts';

export const ipProtocols = { icmp: 1, igmp: 2, tcp: 6, udp: 17, ah: 51, icmp6: 58, vrrp: 112 } as const;

export interface AuthenticationHeader {
  /** Security parameters index; keepalived puts the sender's IPv4 address here (vrrp.c). */
  readonly spi: number;
  readonly sequence: number;
  readonly icvLengthBytes: number;
}

export interface IpHeader {
  readonly version: 4 | 6;
  readonly src: string;
  readonly dst: string;
  /** TTL (RFC 791) or hop limit (RFC 8200). */
  readonly ttl: number;
  /** The final next header: 112 for VRRP also when an authentication header lies in front of it. */
  readonly protocol: number;
  /** IPv4 identification; IPv6 only in a fragment header. */
  readonly identification?: number;
  /** What the header says: IPv4 total length; IPv6 40 + payload length. */
  readonly totalLengthBytes: number;
  /** Up to the payload: IPv4 options, IPv6 extension headers and the authentication header included. */
  readonly headerLengthBytes: number;
  /** IPv4 options, or IPv6 extension headers without the authentication header. */
  readonly optionsLengthBytes: number;
  readonly fragment?: { readonly offsetBytes: number; readonly more: boolean };
  readonly ah?: AuthenticationHeader;
  /** Frame bytes behind the IP packet: Ethernet padding, or a trailer. */
  readonly trailingBytes: number;
}

export interface IpPart {
  readonly header: IpHeader;
  /** Where source and destination lie: 4 + 4 or 16 + 16 bytes, for pseudo-header checksums. */
  readonly addressesAt: number;
  readonly payloadAt: number;
  /** End of the captured payload, frame padding already cut off. */
  readonly payloadEnd: number;
  /** Payload length by the IP header; larger than what was captured in a truncated frame. */
  readonly payloadSaidBytes: number;
}

/** Undefined when not even the fixed header can be read; then `problems` says why. */
export function decodeIp(bytes: Uint8Array, at: number, problems: Problems): IpPart | undefined {
  if (at >= bytes.length) {
    problems.push({ layer: 'ip', code: 'truncated', text: 'the frame ends before the IP header' });
    return undefined;
  }
  const version = u8(bytes, at) >>> 4;
  if (version === 4) return decodeIpv4(bytes, at, problems);
  if (version === 6) return decodeIpv6(bytes, at, problems);
  problems.push({ layer: 'ip', code: 'bad-version', text: `IP version ${version}` });
  return undefined;
}

function decodeIpv4(bytes: Uint8Array, at: number, problems: Problems): IpPart | undefined {
  const available = bytes.length - at;
  const fixedBytes = (u8(bytes, at) & 0x0f) * 4;
  if (available < 20 || (fixedBytes >= 20 && fixedBytes > available)) {
    problems.push({ layer: 'ip', code: 'truncated', text: 'the frame ends inside the IPv4 header' });
    return undefined;
  }
  if (fixedBytes < 20) {
    problems.push({ layer: 'ip', code: 'bad-length', text: `IPv4 header length of ${fixedBytes} bytes` });
    return undefined;
  }
  if (foldSum(sumWords(bytes, at, at + fixedBytes)) !== 0xffff) {
    problems.push({ layer: 'ip', code: 'bad-header-checksum', text: 'the IPv4 header checksum is wrong' });
  }
  const totalLengthBytes = u16(bytes, at + 2);
  const saidBytes = saidTotal(totalLengthBytes, fixedBytes, available, problems);
  const end = at + Math.min(saidBytes, available);
  const flags = u16(bytes, at + 6);
  const offsetBytes = (flags & 0x1fff) * 8;
  const more = (flags & 0x2000) !== 0;
  const isFragment = offsetBytes > 0 || more;
  const walk = startWalk(u8(bytes, at + 9), at + fixedBytes);
  if (offsetBytes === 0 && walk.protocol === ipProtocols.ah)
    skipAuthenticationHeader(bytes, walk, end, problems);
  if (isFragment) problems.push({ layer: 'ip', code: 'fragment', text: 'a fragment of a larger IP packet' });
  return {
    header: {
      version: 4,
      src: ipv4Text(bytes, at + 12),
      dst: ipv4Text(bytes, at + 16),
      ttl: u8(bytes, at + 8),
      protocol: walk.protocol,
      identification: u16(bytes, at + 4),
      totalLengthBytes,
      headerLengthBytes: walk.at - at,
      optionsLengthBytes: fixedBytes - 20,
      trailingBytes: available - (end - at),
      ...(isFragment ? { fragment: { offsetBytes, more } } : undefined),
      ...(walk.ah === undefined ? undefined : { ah: walk.ah }),
    },
    addressesAt: at + 12,
    payloadAt: walk.at,
    payloadEnd: end,
    payloadSaidBytes: Math.max(0, at + saidBytes - walk.at),
  };
}

function decodeIpv6(bytes: Uint8Array, at: number, problems: Problems): IpPart | undefined {
  const available = bytes.length - at;
  if (available < 40) {
    problems.push({ layer: 'ip', code: 'truncated', text: 'the frame ends inside the IPv6 header' });
    return undefined;
  }
  const totalLengthBytes = 40 + u16(bytes, at + 4);
  const saidBytes = saidTotal(totalLengthBytes, 40, available, problems);
  const end = at + Math.min(saidBytes, available);
  const walk = startWalk(u8(bytes, at + 6), at + 40);
  skipExtensionHeaders(bytes, walk, end, problems);
  if (walk.fragment !== undefined) {
    problems.push({ layer: 'ip', code: 'fragment', text: 'a fragment of a larger IP packet' });
  }
  return {
    header: {
      version: 6,
      src: ipv6Text(bytes, at + 8),
      dst: ipv6Text(bytes, at + 24),
      ttl: u8(bytes, at + 7),
      protocol: walk.protocol,
      totalLengthBytes,
      headerLengthBytes: walk.at - at,
      optionsLengthBytes: walk.extensionBytes,
      trailingBytes: available - (end - at),
      ...(walk.identification === undefined ? undefined : { identification: walk.identification }),
      ...(walk.fragment === undefined ? undefined : { fragment: walk.fragment }),
      ...(walk.ah === undefined ? undefined : { ah: walk.ah }),
    },
    addressesAt: at + 8,
    payloadAt: walk.at,
    payloadEnd: end,
    payloadSaidBytes: Math.max(0, at + saidBytes - walk.at),
  };
}

/** A total length of 0 is what segmentation offload leaves in a capture: then the frame is the packet. */
function saidTotal(
  totalLengthBytes: number,
  fixedBytes: number,
  available: number,
  problems: Problems,
): number {
  if (totalLengthBytes === 0) return available;
  if (totalLengthBytes < fixedBytes) {
    problems.push({
      layer: 'ip',
      code: 'bad-length',
      text: `IP total length of ${totalLengthBytes} bytes is below its header of ${fixedBytes}`,
    });
    return fixedBytes;
  }
  if (totalLengthBytes > available) {
    problems.push({
      layer: 'ip',
      code: 'truncated',
      text: `${available} of ${totalLengthBytes} bytes of the IP packet were captured`,
    });
  }
  return totalLengthBytes;
}

interface HeaderWalk {
  protocol: number;
  at: number;
  extensionBytes: number;
  identification: number | undefined;
  fragment: { readonly offsetBytes: number; readonly more: boolean } | undefined;
  ah: AuthenticationHeader | undefined;
}

function startWalk(protocol: number, at: number): HeaderWalk {
  return { protocol, at, extensionBytes: 0, identification: undefined, fragment: undefined, ah: undefined };
}

const maxExtensionHeaders = 16;

function skipExtensionHeaders(bytes: Uint8Array, walk: HeaderWalk, end: number, problems: Problems): void {
  for (let seen = 0; ; seen++) {
    if (!isExtensionHeader(walk.protocol)) return;
    if (seen === maxExtensionHeaders) {
      problems.push({
        layer: 'ip',
        code: 'too-many-extension-headers',
        text: `more than ${maxExtensionHeaders} IPv6 extension headers`,
      });
      walk.at = end;
      return;
    }
    if (walk.protocol === ipProtocols.ah) {
      if (skipAuthenticationHeader(bytes, walk, end, problems) === 'stopped') return;
      continue;
    }
    if (walk.at + 8 > end) {
      stopInExtension(walk, end, problems);
      return;
    }
    const isFragmentHeader = walk.protocol === 44;
    const lengthBytes = isFragmentHeader ? 8 : (u8(bytes, walk.at + 1) + 1) * 8;
    if (walk.at + lengthBytes > end) {
      stopInExtension(walk, end, problems);
      return;
    }
    if (isFragmentHeader) {
      const word = u16(bytes, walk.at + 2);
      // An atomic fragment (RFC 6946) is a whole packet.
      if ((word & 0xfff9) !== 0) walk.fragment = { offsetBytes: word & 0xfff8, more: (word & 1) !== 0 };
      walk.identification = u32(bytes, walk.at + 4);
    }
    walk.protocol = u8(bytes, walk.at);
    walk.at += lengthBytes;
    walk.extensionBytes += lengthBytes;
    // What follows in a later fragment is the middle of something, not a header.
    if (isFragmentHeader && walk.fragment !== undefined && walk.fragment.offsetBytes > 0) return;
  }
}

/** Hop-by-hop, routing, fragment, authentication header, destination options (RFC 8200, section 4). */
function isExtensionHeader(protocol: number): boolean {
  return (
    protocol === 0 || protocol === 43 || protocol === 44 || protocol === ipProtocols.ah || protocol === 60
  );
}

function stopInExtension(walk: HeaderWalk, end: number, problems: Problems): void {
  problems.push({ layer: 'ip', code: 'truncated', text: 'the packet ends inside an IPv6 extension header' });
  walk.at = end;
}

/** RFC 4302, section 2: next header, length in words minus two, reserved, SPI, sequence, ICV. */
function skipAuthenticationHeader(
  bytes: Uint8Array,
  walk: HeaderWalk,
  end: number,
  problems: Problems,
): 'skipped' | 'stopped' {
  const lengthBytes = (u8(bytes, walk.at + 1) + 2) * 4;
  if (walk.at + 12 > end || (lengthBytes >= 12 && walk.at + lengthBytes > end)) {
    problems.push({
      layer: 'ah',
      code: 'truncated',
      text: 'the packet ends inside the authentication header',
    });
    walk.at = end;
    return 'stopped';
  }
  if (lengthBytes < 12) {
    problems.push({ layer: 'ah', code: 'bad-length', text: `authentication header of ${lengthBytes} bytes` });
    walk.at = end;
    return 'stopped';
  }
  walk.ah = {
    spi: u32(bytes, walk.at + 4),
    sequence: u32(bytes, walk.at + 8),
    icvLengthBytes: lengthBytes - 12,
  };
  walk.protocol = u8(bytes, walk.at);
  walk.at += lengthBytes;
  return 'skipped';
}
