/**
 * The link layer of a captured frame: Ethernet with stacked VLAN tags, Linux cooked captures v1 and v2, raw IP
 * and the BSD loopback headers. Knows where the network layer begins; deliberately not what it holds.
 * Numbers are the LINKTYPE_ values of tcpdump.org/linktypes.html.
 */

import { macText } from './address.ts';
import { u8, u16, u32 } from './bytes.ts';
import type { Problems } from './problem.ts';

export const linkTypes = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const;

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

export interface LinkLayer {
  readonly kind: 'ethernet' | 'sll' | 'sll2' | 'raw' | 'null' | 'unknown';
  readonly srcMac?: string;
  readonly dstMac?: string;
  /** Behind any VLAN tags; absent where the link header has none. */
  readonly etherType?: number;
  /** VLAN identifiers of the tags present in the frame, outermost first (802.1ad, 802.1Q). */
  readonly vlans: readonly number[];
  /** Cooked captures only: packet type 0, 1, 2 = in, 4 = out, 3 = other (somebody else's, promiscuous). */
  readonly direction?: 'in' | 'out' | 'other';
  /** Linux cooked v2 only: the kernel's interface index on the capturing node. */
  readonly interfaceIndex?: number;
}

export interface LinkPart {
  readonly link: LinkLayer;
  /** An EtherType, inferred from the IP version nibble where the link header has none; 0 = unknown. */
  readonly network: number;
  readonly payloadAt: number;
}

const noVlans: readonly number[] = [];
const maxVlanTags = 8;

export function decodeLink(linkType: number, bytes: Uint8Array, problems: Problems): LinkPart {
  switch (linkType) {
    case linkTypes.ethernet:
      return decodeEthernet(bytes, problems);
    case linkTypes.sll:
      return decodeCooked(bytes, problems);
    case linkTypes.sll2:
      return decodeCooked2(bytes, problems);
    case linkTypes.raw:
    case linkTypes.rawBsd:
    case linkTypes.rawOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return { link: { kind: 'raw', vlans: noVlans }, network: networkByNibble(bytes, 0), payloadAt: 0 };
    case linkTypes.null:
    case linkTypes.loop:
      return decodeLoopback(bytes, problems);
    default:
      problems.push({
        layer: 'link',
        code: 'unknown-link-type',
        text: `link type ${linkType} is not supported`,
      });
      return { link: { kind: 'unknown', vlans: noVlans }, network: 0, payloadAt: bytes.length };
  }
}

function decodeEthernet(bytes: Uint8Array, problems: Problems): LinkPart {
  if (bytes.length < 14) return tooShort('ethernet', bytes, problems);
  const { etherType, vlans, payloadAt } = skipSnap(bytes, skipVlanTags(bytes, 12, problems));
  const srcMac = macText(bytes, 6);
  const dstMac = macText(bytes, 0);
  return { link: { kind: 'ethernet', srcMac, dstMac, etherType, vlans }, network: etherType, payloadAt };
}

function decodeCooked(bytes: Uint8Array, problems: Problems): LinkPart {
  if (bytes.length < 16) return tooShort('sll', bytes, problems);
  const { etherType, vlans, payloadAt } = skipVlanTags(bytes, 14, problems);
  const direction = packetDirection(u16(bytes, 0));
  const head = { kind: 'sll', etherType, vlans, direction } as const;
  const link = u16(bytes, 4) === 6 ? { ...head, srcMac: macText(bytes, 6) } : head;
  return { link, network: etherType, payloadAt };
}

function decodeCooked2(bytes: Uint8Array, problems: Problems): LinkPart {
  if (bytes.length < 20) return tooShort('sll2', bytes, problems);
  const direction = packetDirection(u8(bytes, 10));
  const interfaceIndex = u32(bytes, 4);
  // The protocol field leads the header here, so a tag in the payload starts with its TCI, not with its EtherType.
  const { etherType, vlans, payloadAt } = readVlanTags(bytes, u16(bytes, 0), 20, problems);
  const head = { kind: 'sll2', etherType, vlans, direction, interfaceIndex } as const;
  const link = u8(bytes, 11) === 6 ? { ...head, srcMac: macText(bytes, 12) } : head;
  return { link, network: etherType, payloadAt };
}

/** DLT_NULL carries the address family in the byte order of the capturing host, DLT_LOOP in network order. */
function decodeLoopback(bytes: Uint8Array, problems: Problems): LinkPart {
  if (bytes.length < 4) return tooShort('null', bytes, problems);
  const big = u32(bytes, 0);
  const family = big > 0xffff ? u8(bytes, 0) | (u8(bytes, 1) << 8) : big;
  const network = family === 2 ? etherTypes.ipv4 : [10, 24, 28, 30].includes(family) ? etherTypes.ipv6 : 0;
  return { link: { kind: 'null', vlans: noVlans }, network, payloadAt: 4 };
}

interface TaggedType {
  readonly etherType: number;
  readonly vlans: readonly number[];
  readonly payloadAt: number;
}

function skipVlanTags(bytes: Uint8Array, typeAt: number, problems: Problems): TaggedType {
  return readVlanTags(bytes, u16(bytes, typeAt), typeAt + 2, problems);
}

function readVlanTags(bytes: Uint8Array, firstType: number, from: number, problems: Problems): TaggedType {
  if (!isVlanTag(firstType)) return { etherType: firstType, vlans: noVlans, payloadAt: from };
  const vlans: number[] = [];
  let etherType = firstType;
  let at = from;
  while (isVlanTag(etherType)) {
    if (at + 4 > bytes.length) {
      problems.push({ layer: 'link', code: 'truncated', text: 'the frame ends inside a VLAN tag' });
      return { etherType, vlans, payloadAt: bytes.length };
    }
    if (vlans.length === maxVlanTags) {
      problems.push({
        layer: 'link',
        code: 'too-many-vlan-tags',
        text: `more than ${maxVlanTags} VLAN tags`,
      });
      return { etherType, vlans, payloadAt: bytes.length };
    }
    vlans.push(u16(bytes, at) & 0x0fff);
    etherType = u16(bytes, at + 2);
    at += 4;
  }
  return { etherType, vlans, payloadAt: at };
}

/** IEEE 802.3 with LLC and SNAP (RFC 1042): a length where the EtherType would be, the EtherType eight bytes on. */
function skipSnap(bytes: Uint8Array, tagged: TaggedType): TaggedType {
  const { etherType, vlans, payloadAt } = tagged;
  const isSnap = etherType <= 1500 && u32(bytes, payloadAt) === 0xaaaa0300 && u16(bytes, payloadAt + 4) === 0;
  return isSnap ? { etherType: u16(bytes, payloadAt + 6), vlans, payloadAt: payloadAt + 8 } : tagged;
}

/** 802.1Q, 802.1ad, and the value many switches used for stacked tags before 802.1ad. */
function isVlanTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;
}

function packetDirection(packetType: number): 'in' | 'out' | 'other' {
  if (packetType === 4) return 'out';
  return packetType <= 2 ? 'in' : 'other';
}

function networkByNibble(bytes: Uint8Array, at: number): number {
  const version = u8(bytes, at) >>> 4;
  return version === 4 ? etherTypes.ipv4 : version === 6 ? etherTypes.ipv6 : 0;
}

function tooShort(kind: LinkLayer['kind'], bytes: Uint8Array, problems: Problems): LinkPart {
  problems.push({ layer: 'link', code: 'truncated', text: `the frame ends inside its ${kind} header` });
  return { link: { kind, vlans: noVlans }, network: 0, payloadAt: bytes.length };
}
