// From the bytes of an ear to adverts as facts: decoded, put on our clock, everything else thrown away. Passwords are
// never copied out of a frame. It keeps nothing but the half-read end of the last chunk.
import { createEarReader, type EarReader } from '../capture/ear.ts';
import { decodePacket } from '../wire/packet.ts';
import type { HostClock } from './host-clock.ts';
import type { AdvertFact } from './state/fact.ts';

export interface Vantage {
  /** Node name or `observer`. */
  readonly ear: string;
  readonly clock: HostClock;
  /** Of this host, to tell what it sends itself where a capture does not say; interface names by kernel index. */
  readonly macs: () => ReadonlySet<string>;
  readonly interfaces: () => ReadonlyMap<number, string>;
  /** The one interface listened on, where it is not `any`. */
  readonly onlyInterface?: string;
}

export interface HeardBytes {
  readonly atNs: bigint;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** Undefined for what is no VRRP advert, or only went past. */
export const readAdvert = (
  frame: HeardBytes,
  vantage: Vantage,
  receivedMs: number,
): AdvertFact | undefined => {
  const { link, ip, content } = decodePacket(frame.linkType, frame.bytes);
  const stampMs = Number(frame.atNs / 1000n) / 1000;
  vantage.clock.note(stampMs, receivedMs);
  if (content.kind !== 'vrrp' || ip === undefined || link.direction === 'other') return undefined;
  const { advert } = content;
  // Only these say who is master (RFC 9568 §5.2.2); a bad checksum makes keepalived drop it, so it counts for nobody.
  if (
    advert.type !== 1 ||
    (advert.version !== 2 && advert.version !== 3) ||
    advert.checksum.verdict === 'bad'
  )
    return undefined;
  const own = link.srcMac !== undefined && vantage.macs().has(link.srcMac);
  return {
    kind: 'advert',
    ear: vantage.ear,
    direction: link.direction ?? (own ? 'out' : 'in'),
    interface:
      vantage.onlyInterface ??
      (link.interfaceIndex === undefined ? undefined : vantage.interfaces().get(link.interfaceIndex)) ??
      '?',
    atMs: vantage.clock.ours(stampMs),
    stampMs,
    family: ip.version === 4 ? 'ipv4' : 'ipv6',
    src: ip.src,
    srcMac: link.srcMac,
    dst: ip.dst,
    version: advert.version,
    vrid: advert.vrid,
    priority: advert.priority,
    intervalMs: advert.intervalMs,
    addresses: advert.addresses,
  };
};

export interface EarReading {
  /** A new capture begins. */
  restart(): void;
  push(chunk: Uint8Array, receivedMs: number): 'working' | 'starting';
}

export const createEarReading = (vantage: Vantage, onAdvert: (advert: AdvertFact) => void): EarReading => {
  let reader: EarReader = createEarReader();
  return {
    restart: () => {
      reader = createEarReader();
    },
    push: (chunk, receivedMs) => {
      for (const frame of reader.push(chunk)) {
        const advert = readAdvert(frame, vantage, receivedMs);
        if (advert !== undefined) onAdvert(advert);
      }
      return reader.listening() === 'yes' ? 'working' : 'starting';
    },
  };
};
