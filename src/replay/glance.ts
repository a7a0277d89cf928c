// What a frame is by a few of its bytes, so that most frames of a capture need not be decoded: those that cannot
// matter are passed over, and those equal to an earlier one are recognised. It decodes nothing and is sure of nothing
// that decoding would have to say; in doubt it says `decode`.
import { u8, u16 } from '../wire/bytes.ts';
import { etherTypes, linkTypes } from '../wire/link.ts';

export interface Glance {
  /** `neighbour`: ARP, or IPv6 neighbour discovery. */
  kind: 'advert' | 'neighbour' | 'decode' | 'irrelevant';
  /** Where an IPv4 header begins whose identification changes from packet to packet; -1 where there is none. */
  ipv4At: number;
}

/** 802.1Q, 802.1ad and the older value for stacked tags. */
const isVlanTag = (etherType: number): boolean =>
  etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;

const maxTags = 8;
const unknown = -1;
const ipv4HeaderBytes = 20;
const ipv6HeaderBytes = 40;
const arpMessageBytes = 28;

/** An EtherType of somebody else's; up to 1500 it is a length, and what it is of only decoding tells. */
const isForeign = (network: number): boolean =>
  network > 1500 &&
  network !== etherTypes.ipv4 &&
  network !== etherTypes.ipv6 &&
  network !== etherTypes.arp &&
  !isVlanTag(network);

/** Authentication header, VRRP, and what may stand in front of them in IPv6 (hop-by-hop, routing, fragment, options). */
const kindOfProtocol = (protocol: number, icmpType: number, version: 4 | 6): Glance['kind'] => {
  if (protocol === 112 || protocol === 51) return 'advert';
  if (version === 4) return 'irrelevant';
  if (protocol === 58) return icmpType === 135 || icmpType === 136 ? 'neighbour' : 'irrelevant';
  return protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60 ? 'decode' : 'irrelevant';
};

/** Looks at the frame in [from, to) and writes what it saw into `into`, which is made once for a capture. */
export const glanceAt = (
  into: Glance,
  linkType: number,
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): void => {
  let network: number = unknown;
  let at = from;
  switch (linkType) {
    case linkTypes.ethernet:
      network = u16(bytes, from + 12);
      at = from + 14;
      break;
    case linkTypes.sll:
      network = u16(bytes, from + 14);
      at = from + 16;
      break;
    case linkTypes.sll2:
      network = u16(bytes, from);
      at = from + 20;
      break;
    case linkTypes.raw:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      network = u8(bytes, from) >>> 4 === 4 ? etherTypes.ipv4 : etherTypes.ipv6;
      break;
    default:
  }
  for (let tags = 0; tags < maxTags && isVlanTag(network); tags++) {
    network = u16(bytes, at + 2);
    at += 4;
  }
  into.ipv4At = -1;
  // A frame cut short has bytes of its neighbour behind it: whatever they say, decoding says better.
  if (network === etherTypes.ipv4 && at + ipv4HeaderBytes <= to) {
    into.kind = kindOfProtocol(u8(bytes, at + 9), 0, 4);
    if (into.kind === 'advert') into.ipv4At = at - from;
  } else if (network === etherTypes.ipv6 && at + ipv6HeaderBytes < to)
    into.kind = kindOfProtocol(u8(bytes, at + 6), u8(bytes, at + ipv6HeaderBytes), 6);
  else if (network === etherTypes.arp && at + arpMessageBytes <= to) into.kind = 'neighbour';
  else into.kind = isForeign(network) ? 'irrelevant' : 'decode';
};
