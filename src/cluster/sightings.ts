// From captured frames to sightings: which packet was seen where, when, and going which way. A packet that a host
// shows on several of its interfaces (bridge and port, bond and member, macvlan and parent) is one sighting. It
// does not know who the senders are.
import type { HeardFrame } from '../evidence/bundle.ts';
import { decodePacket, type Packet } from '../wire/packet.ts';

/** What the host's own interfaces tell about a frame. */
export interface Vantage {
  /** Node name or `observer`. */
  readonly at: string;
  readonly macs: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  /** Interface name by kernel index. */
  readonly interfaces: ReadonlyMap<number, string>;
  /** The one interface listened on, where it was not `any`. */
  readonly onlyInterface?: string;
}

export interface Sighting {
  readonly heardAt: string;
  readonly direction: 'in' | 'out';
  /** Interfaces the same packet was seen on, in the order of arrival; `?` where the capture does not say. */
  readonly interfaces: readonly string[];
  readonly atNs: bigint;
  readonly packet: Packet;
}

const decoded = new WeakMap<HeardFrame, Packet>();

const decodeOnce = (frame: HeardFrame): Packet => {
  const before = decoded.get(frame);
  if (before !== undefined) return before;
  const packet = decodePacket(frame.linkType, frame.bytes);
  decoded.set(frame, packet);
  return packet;
};

const directionOf = (packet: Packet, vantage: Vantage): 'in' | 'out' | 'other' => {
  if (packet.link.direction !== undefined) return packet.link.direction;
  if (packet.link.srcMac !== undefined && vantage.macs.has(packet.link.srcMac)) return 'out';
  return 'in';
};

/** Copies of one packet on stacked interfaces follow each other within microseconds; adverts are at least 10 ms apart. */
const SAME_PACKET_WITHIN_NS = 4_000_000n;

const identityOf = (packet: Packet, direction: string): string => {
  const ip = packet.ip;
  const content = packet.content;
  if (ip === undefined || content.kind !== 'vrrp') return '';
  return [
    direction,
    ip.src,
    ip.dst,
    ip.identification ?? '',
    content.advert.vrid,
    content.advert.priority,
    content.advert.checksum.stored,
  ].join(' ');
};

/** Sightings of one capture, oldest first. Frames that were only forwarded past this host are left out. */
export const sightingsOf = (frames: readonly HeardFrame[], vantage: Vantage): readonly Sighting[] => {
  const sightings: Sighting[] = [];
  const latest = new Map<string, number>();
  for (const frame of frames) {
    const packet = decodeOnce(frame);
    const direction = directionOf(packet, vantage);
    if (direction === 'other') continue;
    const index = packet.link.interfaceIndex;
    const name = (index === undefined ? vantage.onlyInterface : vantage.interfaces.get(index)) ?? '?';
    const identity = identityOf(packet, direction);
    if (identity !== '') {
      const at = latest.get(identity);
      const twin = at === undefined ? undefined : sightings[at];
      if (at !== undefined && twin !== undefined && frame.atNs - twin.atNs < SAME_PACKET_WITHIN_NS) {
        if (!twin.interfaces.includes(name))
          sightings[at] = { ...twin, interfaces: [...twin.interfaces, name] };
        continue;
      }
      latest.set(identity, sightings.length);
    }
    sightings.push({ heardAt: vantage.at, direction, interfaces: [name], atNs: frame.atNs, packet });
  }
  return sightings;
};
