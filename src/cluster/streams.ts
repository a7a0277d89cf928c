// Adverts heard, grouped into streams: same vantage, direction, sender and content. It puts names to senders and
// quotes to streams, and judges nothing.
import type { Advert } from '../wire/vrrp.ts';
import type { AdvertStream, CarpSender, Instance, Quote } from './model.ts';
import type { Sighting } from './sightings.ts';

/** Who owns an address or a MAC. */
export interface Owners {
  nodeOfAddress(address: string): string | undefined;
  nodeOfMac(mac: string): string | undefined;
  /** Nodes whose addresses could not be read: an unknown sender may be one of them. */
  readonly unread: readonly string[];
}

/** Where a quote from a capture comes from, by vantage. */
export type CaptureName = (heardAt: string) => string;

const AUTH_NAMES: Readonly<Record<number, string>> = { 0: 'none', 1: 'PASS', 2: 'AH' };

const authTypeOf = (advert: Advert): number => {
  switch (advert.auth.kind) {
    case 'none':
    case 'hmac':
      return 0;
    case 'pass':
      return 1;
    case 'ah':
      return 2;
    case 'type':
      return advert.auth.value;
  }
};

const fingerprintOf = (advert: Advert): string | undefined =>
  advert.auth.kind === 'pass'
    ? [...advert.auth.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    : undefined;

export const senderOf = (src: string, srcMac: string | undefined, owners: Owners): string => {
  const byAddress = owners.nodeOfAddress(src);
  if (byAddress !== undefined) return byAddress;
  const byMac = srcMac === undefined ? undefined : owners.nodeOfMac(srcMac);
  if (byMac !== undefined) return byMac;
  return owners.unread.length > 0 ? 'unidentified' : 'foreign';
};

/** One advert as a line an operator recognises from tcpdump. */
export const describeAdvert = (stream: Omit<AdvertStream, 'quote'>): string => {
  const parts = [
    `${stream.src} > ${stream.dst}: VRRPv${stream.version}, ttl ${stream.ttl}, vrid ${stream.vrid}, prio ${stream.priority}`,
    `intvl ${stream.intervalMs % 1000 === 0 ? `${stream.intervalMs / 1000}s` : `${stream.intervalMs}ms`}`,
    `addrs ${stream.addresses.length === 0 ? 'none' : stream.addresses.join(',')}`,
  ];
  if (stream.version === 2) parts.push(`auth ${AUTH_NAMES[stream.authType] ?? `type ${stream.authType}`}`);
  if (stream.authFingerprint !== undefined) parts.push(`password fingerprint ${stream.authFingerprint}`);
  if (stream.hmac !== undefined)
    parts.push(`HMAC key ${stream.hmac.keyId}, clock ${(stream.hmac.skewMs / 1000).toFixed(1)} s off`);
  if (stream.checksum !== 'good') parts.push(`checksum ${stream.checksum}`);
  return `${parts.join(', ')} (${stream.count} ${stream.count === 1 ? 'advert' : 'adverts'})`;
};

/** How far the sender’s clock, as its trailer tells it, is from the one that stamped the frame, ms. */
const skewOf = ({ auth }: Advert, atNs: bigint): number | undefined =>
  auth.kind === 'hmac'
    ? auth.sentAtSeconds * 1000 + (auth.sentAtFraction * 1000) / 65_536 - Number(atNs / 1_000_000n)
    : undefined;

const furthest = (before: number | undefined, now: number | undefined): number | undefined =>
  before === undefined || (now !== undefined && Math.abs(now) > Math.abs(before)) ? now : before;

interface Gathered {
  readonly skewMs: number | undefined;
  readonly first: Sighting;
  readonly last: Sighting;
  readonly advert: Advert;
  readonly count: number;
}

const identity = (sighting: Sighting, advert: Advert): string =>
  JSON.stringify([
    sighting.heardAt,
    sighting.direction,
    sighting.interfaces[0],
    sighting.packet.ip?.src,
    sighting.packet.ip?.dst,
    sighting.packet.ip?.ttl,
    sighting.packet.link.srcMac,
    advert.version,
    advert.vrid,
    advert.priority,
    advert.intervalMs,
    advert.addresses,
    authTypeOf(advert),
    fingerprintOf(advert),
    advert.auth.kind === 'hmac' ? advert.auth.keyId : '',
    advert.checksum.verdict,
  ]);

export const streamsOf = (
  sightings: readonly Sighting[],
  owners: Owners,
  captureName: CaptureName,
): readonly AdvertStream[] => {
  const gathered = new Map<string, Gathered>();
  for (const sighting of sightings) {
    const content = sighting.packet.content;
    if (content.kind !== 'vrrp' || sighting.packet.ip === undefined) continue;
    const key = identity(sighting, content.advert);
    const before = gathered.get(key);
    gathered.set(key, {
      skewMs: furthest(before?.skewMs, skewOf(content.advert, sighting.atNs)),
      first: before?.first ?? sighting,
      last: sighting,
      advert: content.advert,
      count: (before?.count ?? 0) + 1,
    });
  }
  const streams: AdvertStream[] = [];
  for (const { first, last, advert, count, skewMs } of gathered.values()) {
    const ip = first.packet.ip;
    if (ip === undefined) continue;
    const fingerprint = fingerprintOf(advert);
    const stream = {
      heardAt: first.heardAt,
      direction: first.direction,
      interface: first.interfaces[0] ?? '?',
      family: ip.version === 4 ? ('ipv4' as const) : ('ipv6' as const),
      src: ip.src,
      srcMac: first.packet.link.srcMac ?? ('unknown' as const),
      dst: ip.dst,
      sender:
        first.direction === 'out' && first.heardAt !== 'observer'
          ? first.heardAt
          : senderOf(ip.src, first.packet.link.srcMac, owners),
      ttl: ip.ttl,
      version: advert.version,
      vrid: advert.vrid,
      priority: advert.priority,
      intervalMs: advert.intervalMs,
      addresses: advert.addresses,
      authType: authTypeOf(advert),
      ...(fingerprint === undefined ? {} : { authFingerprint: fingerprint }),
      ...(advert.auth.kind === 'hmac' && skewMs !== undefined
        ? { hmac: { keyId: advert.auth.keyId, skewMs: Math.round(skewMs) } }
        : {}),
      checksum: advert.checksum.verdict,
      count,
      firstAtNs: first.atNs,
      lastAtNs: last.atNs,
    };
    const quote: Quote = {
      node: first.heardAt,
      source: captureName(first.heardAt),
      quote: describeAdvert(stream),
    };
    streams.push({ ...stream, quote });
  }
  return streams;
};

/** An instance as adverts tell it apart from another of its node. */
type Twin = Pick<Instance, 'id' | 'node' | 'vrid' | 'family' | 'interface' | 'sourceAddress'>;

/** The same VRID may live on two interfaces of one node: there the interface tells whose advert it is, else its source. */
export const tellTwinsApart = (
  streams: readonly AdvertStream[],
  instances: readonly Twin[],
): readonly AdvertStream[] =>
  streams.map((stream) => {
    const twins = instances.filter(
      (one) => one.node === stream.sender && one.vrid === stream.vrid && one.family === stream.family,
    );
    if (twins.length < 2) return stream;
    const own = stream.heardAt === stream.sender && stream.direction === 'out';
    const instance = twins.find((one) =>
      own && stream.interface !== '?'
        ? one.interface === stream.interface
        : one.sourceAddress.kind === 'known' && one.sourceAddress.value === stream.src,
    );
    return instance === undefined ? stream : { ...stream, instance: instance.id };
  });

export const carpSendersOf = (
  sightings: readonly Sighting[],
  captureName: CaptureName,
): readonly CarpSender[] => {
  const senders = new Map<string, CarpSender>();
  for (const sighting of sightings) {
    const { content, ip, link } = sighting.packet;
    if (content.kind !== 'carp' || ip === undefined) continue;
    const key = JSON.stringify([sighting.heardAt, ip.src, content.vhid]);
    const count = (senders.get(key)?.count ?? 0) + 1;
    senders.set(key, {
      heardAt: sighting.heardAt,
      src: ip.src,
      srcMac: link.srcMac ?? 'unknown',
      vhid: content.vhid,
      count,
      quote: {
        node: sighting.heardAt,
        source: captureName(sighting.heardAt),
        quote: `${ip.src} (${link.srcMac ?? 'MAC unknown'}) > ${ip.dst}: CARP, vhid ${content.vhid}, advbase ${content.advBaseSeconds}s, advskew ${content.advSkew} (${count} ${count === 1 ? 'advert' : 'adverts'})`,
      },
    });
  }
  return [...senders.values()];
};
