/**
 * One captured frame from bytes to values: link, IP, and what the IP packet holds. This is the table of contents of
 * the decoders; each protocol lives in its own file. Never throws, never reads past the end of the bytes given, and
 * refuses nothing: what could not be read is said in `problems`.
 */

import { type AdvertBeginning, readAdvertBeginning } from './advert-beginning.ts';
import { type ArpMessage, decodeArp } from './arp.ts';
import { u8, u16 } from './bytes.ts';
import { type CarpAdvert, decodeCarp, isCarp } from './carp.ts';
import { decodeIcmp, type IcmpMessage } from './icmp.ts';
import { decodeIgmp, decodeMld, type MembershipMessage, mldTypes } from './igmp.ts';
import { decodeIp, type IpHeader, type IpPart, ipProtocols } from './ip.ts';
import { decodeLink, etherTypes, type LinkLayer } from './link.ts';
import { decodeNd, type NdMessage, ndTypes } from './nd.ts';
import type { Problem, Problems } from './problem.ts';
import { type Advert, carrierOf, decodeAdvert } from './vrrp.ts';

export interface PortPair {
  readonly srcPort: number;
  readonly dstPort: number;
}

export type Content =
  | { readonly kind: 'vrrp'; readonly advert: Advert }
  | CarpAdvert
  | ArpMessage
  | NdMessage
  | MembershipMessage
  | IcmpMessage
  /** `flags`: FIN 1, SYN 2, RST 4, PSH 8, ACK 16 (RFC 9293). */
  | ({ readonly kind: 'tcp'; readonly flags: number } & PortPair)
  | ({ readonly kind: 'udp' } & PortPair)
  /** Another protocol, or one of the above of which too little was captured. */
  | { readonly kind: 'other'; readonly beginning?: AdvertBeginning };

export interface Packet {
  readonly link: LinkLayer;
  readonly ip?: IpHeader;
  readonly content: Content;
  readonly problems: readonly Problem[];
}

const other: Content = { kind: 'other' };

/** `linkType` is a LINKTYPE_ number as a capture file or libpcap gives it. */
export function decodePacket(linkType: number, bytes: Uint8Array): Packet {
  const problems: Problems = [];
  const { link, network, payloadAt } = decodeLink(linkType, bytes, problems);
  if (network === etherTypes.arp) {
    return { link, content: decodeArp(bytes, payloadAt, problems) ?? other, problems };
  }
  if (network !== etherTypes.ipv4 && network !== etherTypes.ipv6) return { link, content: other, problems };
  const part = decodeIp(bytes, payloadAt, problems);
  if (part === undefined) return { link, content: other, problems };
  return { link, ip: part.header, content: decodeContent(bytes, part, problems) ?? other, problems };
}

function decodeContent(bytes: Uint8Array, part: IpPart, problems: Problems): Content | undefined {
  const { header, payloadAt: from, payloadEnd: to } = part;
  if (header.fragment !== undefined && header.fragment.offsetBytes > 0) return other;
  switch (header.protocol) {
    case ipProtocols.vrrp:
      return decodeVrrpOrCarp(bytes, part, problems);
    case ipProtocols.icmp:
      return header.version === 4 ? decodeIcmp(bytes, { from, to, version: 4 }, problems) : other;
    case ipProtocols.icmp6:
      return header.version === 6 ? decodeIcmp6(bytes, part, problems) : other;
    case ipProtocols.igmp:
      return decodeIgmp(bytes, from, to, problems);
    case ipProtocols.tcp:
      return decodeTcp(bytes, from, to, problems);
    case ipProtocols.udp:
      return decodeUdp(bytes, from, to, problems);
    default:
      return other;
  }
}

function decodeVrrpOrCarp(bytes: Uint8Array, part: IpPart, problems: Problems): Content | undefined {
  const carrier = carrierOf(part);
  if (isCarp(bytes, carrier)) {
    if (carrier.extent === 'part') {
      problems.push({ layer: 'carp', code: 'truncated', text: 'only a part of the message was captured' });
    }
    return decodeCarp(bytes, carrier);
  }
  const advert = decodeAdvert(bytes, carrier, problems);
  if (advert !== undefined) return { kind: 'vrrp', advert };
  const beginning = readAdvertBeginning(bytes, carrier);
  return beginning === undefined ? undefined : { kind: 'other', beginning };
}

function decodeIcmp6(bytes: Uint8Array, part: IpPart, problems: Problems): Content | undefined {
  const { header, payloadAt: from, payloadEnd: to } = part;
  const type = from < to ? u8(bytes, from) : -1;
  switch (type) {
    case ndTypes.solicitation:
    case ndTypes.advertisement:
      return decodeNd(bytes, { from, to, src: header.src }, problems);
    case mldTypes.query:
    case mldTypes.report:
    case mldTypes.done:
    case mldTypes.report2:
      return decodeMld(bytes, from, to, problems);
    default:
      return decodeIcmp(bytes, { from, to, version: 6 }, problems);
  }
}

function decodeTcp(bytes: Uint8Array, from: number, to: number, problems: Problems): Content | undefined {
  if (to - from < 20) {
    problems.push({ layer: 'tcp', code: 'truncated', text: 'the packet ends inside the TCP header' });
    return undefined;
  }
  return {
    kind: 'tcp',
    srcPort: u16(bytes, from),
    dstPort: u16(bytes, from + 2),
    flags: u8(bytes, from + 13),
  };
}

function decodeUdp(bytes: Uint8Array, from: number, to: number, problems: Problems): Content | undefined {
  if (to - from < 8) {
    problems.push({ layer: 'udp', code: 'truncated', text: 'the packet ends inside the UDP header' });
    return undefined;
  }
  return { kind: 'udp', srcPort: u16(bytes, from), dstPort: u16(bytes, from + 2) };
}
