// What one frame of the capture is, without its time: decoded, and without secrets. It says what there is to see in a
// frame and leaves counting, history and judgement to others.
import type { AdvertBeginning } from '../wire/advert-beginning.ts';
import type { ArpMessage } from '../wire/arp.ts';
import type { CarpAdvert } from '../wire/carp.ts';
import { type AuthenticationHeader, type IpHeader, ipProtocols } from '../wire/ip.ts';
import type { NdMessage } from '../wire/nd.ts';
import { decodePacket, type Packet } from '../wire/packet.ts';
import type { Problem } from '../wire/problem.ts';
import type { Advert } from '../wire/vrrp.ts';

/** Authentication as it may be printed. */
export type ShownAuth =
  | { readonly type: 'none' }
  | { readonly type: 'PASS'; readonly fingerprint: string }
  | { readonly type: 'AH'; readonly spi: number; readonly sequence: number }
  | {
      readonly type: 'hmac';
      readonly scheme: number;
      readonly keyId: number;
      /** Sender's clock, ms since 1970. */
      readonly sentAtMs: number;
      readonly counter: number;
    }
  /** A type byte of version 2 that nothing else in the message bears out. */
  | { readonly type: 'unknown'; readonly value: number };

interface Origin {
  readonly srcMac: string | undefined;
  /** Outermost first. */
  readonly vlans: readonly number[];
  /** Packet type of a Linux cooked capture. */
  readonly direction: 'in' | 'out' | 'other' | undefined;
  /** Kernel index of a Linux cooked v2 capture, else the interface number of a pcapng section. */
  readonly interfaceId: number;
  readonly problems: readonly Problem[];
}

interface IpOrigin extends Origin {
  readonly family: 'ipv4' | 'ipv6';
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
}

/** An advert without its authentication, which holds the password. */
export type OpenAdvert = Omit<Advert, 'auth'>;

export type Sighting =
  | (IpOrigin & {
      readonly kind: 'advert';
      readonly advert: OpenAdvert;
      readonly auth: ShownAuth;
    })
  | (IpOrigin & { readonly kind: 'carp'; readonly carp: CarpAdvert })
  | (Origin & { readonly kind: 'arp'; readonly arp: ArpMessage })
  | (IpOrigin & { readonly kind: 'nd'; readonly nd: NdMessage })
  /** Protocol 112 or 51 of which no message could be read. */
  | (IpOrigin & {
      readonly kind: 'unknown';
      readonly protocol: number;
      /** The header fields captured of a message cut off inside its header. */
      readonly beginning: AdvertBeginning | undefined;
      readonly ah: AuthenticationHeader | undefined;
    })
  /** Nothing this command is about. */
  | { readonly kind: 'other'; readonly problems: readonly Problem[] };

export type AdvertSighting = Extract<Sighting, { kind: 'advert' }>;
export type CarpSighting = Extract<Sighting, { kind: 'carp' }>;
export type NeighbourSighting = Extract<Sighting, { kind: 'arp' | 'nd' }>;

/** How a capture says which interface a frame came from. */
export interface FramePlace {
  readonly linkType: number;
  /** Of a pcapng section. */
  readonly interfaceId: number;
}

const shownAuth = (advert: Advert, fingerprint: (secret: Uint8Array) => string): ShownAuth => {
  const { auth } = advert;
  switch (auth.kind) {
    case 'none':
      return { type: 'none' };
    case 'pass':
      return { type: 'PASS', fingerprint: fingerprint(auth.bytes) };
    case 'ah':
      return { type: 'AH', spi: auth.spi, sequence: auth.sequence };
    case 'hmac':
      return {
        type: 'hmac',
        scheme: auth.scheme,
        keyId: auth.keyId,
        sentAtMs: auth.sentAtSeconds * 1000 + Math.floor((auth.sentAtFraction * 1000) / 65_536),
        counter: auth.counter,
      };
    case 'type':
      return { type: 'unknown', value: auth.value };
  }
};

/** Field by field: copying by spreading takes longer than all decoding. */
const withoutAuth = (advert: Advert): OpenAdvert => ({
  version: advert.version,
  type: advert.type,
  vrid: advert.vrid,
  priority: advert.priority,
  addressCountSaid: advert.addressCountSaid,
  addressCountPresent: advert.addressCountPresent,
  addresses: advert.addresses,
  intervalMs: advert.intervalMs,
  checksum: advert.checksum,
  lengthBytes: advert.lengthBytes,
});

const seeAdvert = (
  { link, problems }: Packet,
  {
    ip,
    advert,
    interfaceId,
  }: { readonly ip: IpHeader; readonly advert: Advert; readonly interfaceId: number },
  fingerprint: (secret: Uint8Array) => string,
): AdvertSighting => ({
  kind: 'advert',
  srcMac: link.srcMac,
  vlans: link.vlans,
  direction: link.direction,
  interfaceId: link.interfaceIndex ?? interfaceId,
  problems,
  family: ip.version === 4 ? 'ipv4' : 'ipv6',
  src: ip.src,
  dst: ip.dst,
  ttl: ip.ttl,
  advert: withoutAuth(advert),
  auth: shownAuth(advert, fingerprint),
});

export const seeFrame = (
  place: FramePlace,
  bytes: Uint8Array,
  fingerprint: (secret: Uint8Array) => string,
): Sighting => {
  const packet = decodePacket(place.linkType, bytes);
  const { content, ip, link, problems } = packet;
  if (content.kind === 'vrrp' && ip !== undefined)
    return seeAdvert(packet, { ip, advert: content.advert, interfaceId: place.interfaceId }, fingerprint);
  const origin: Origin = {
    srcMac: link.srcMac,
    vlans: link.vlans,
    direction: link.direction,
    interfaceId: link.interfaceIndex ?? place.interfaceId,
    problems,
  };
  if (content.kind === 'arp') return { kind: 'arp', ...origin, arp: content };
  if (ip === undefined) return { kind: 'other', problems };
  const carriesVrrp =
    ip.protocol === ipProtocols.vrrp || ip.protocol === ipProtocols.ah || ip.ah !== undefined;
  if (content.kind !== 'nd' && !carriesVrrp) return { kind: 'other', problems };
  const ipOrigin: IpOrigin = {
    ...origin,
    family: ip.version === 4 ? 'ipv4' : 'ipv6',
    src: ip.src,
    dst: ip.dst,
    ttl: ip.ttl,
  };
  if (content.kind === 'nd') return { kind: 'nd', ...ipOrigin, nd: content };
  if (content.kind === 'carp') return { kind: 'carp', ...ipOrigin, carp: content };
  const beginning = content.kind === 'other' ? content.beginning : undefined;
  return { kind: 'unknown', ...ipOrigin, protocol: ip.protocol, beginning, ah: ip.ah };
};
