// What tcpdump printed between the two hosts, turned back into frames and deliveries. keepalived sent nothing else.
import type { Delivery, Ear, HeardFrame } from '../../src/evidence/bundle.ts';
import { foldSum, sumWords, writeU16 } from '../../src/wire/bytes.ts';
import { type Host, peer, vip, vm } from './host.ts';

export interface Advert {
  readonly atNs: bigint;
  readonly src: string;
  readonly priority: number;
  readonly identification: number;
}

/** `17:25:13.966306 IP (… id 90, …)` and the line after it. */
export const readWire = (text: string): readonly Advert[] =>
  [
    ...text.matchAll(
      /^(\d\d:\d\d:\d\d)\.(\d{6}) IP .*? id (\d+),.*\n\s+(\S+) > 224\.0\.0\.18: VRRPv2.*? prio (\d+)/gm,
    ),
  ].map(([, clock, micros, id, src, priority]) => ({
    atNs: BigInt(Date.parse(`2026-11-20T${clock}Z`)) * 1_000_000n + BigInt(micros ?? 0) * 1000n,
    src: src ?? '',
    priority: Number(priority),
    identification: Number(id),
  }));

const quad = (address: string): readonly number[] => address.split('.').map(Number);
const octets = (mac: string): readonly number[] => mac.split(':').map((pair) => Number.parseInt(pair, 16));

/** keepalived's packet as tcpdump showed it: tos 0xc0, ttl 255, VRID 51, no authentication, interval 1 s. */
const packetOf = (advert: Advert): Uint8Array => {
  const { identification: id, priority, src } = advert;
  const bytes = Uint8Array.from([
    ...[0x45, 0xc0, 0, 40, id >> 8, id & 0xff, 0, 0, 255, 112, 0, 0, ...quad(src), 224, 0, 0, 18],
    ...[0x21, 51, priority, 1, 0, 1, 0, 0, ...quad(vip), 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  writeU16(bytes, 10, ~foldSum(sumWords(bytes, 0, 20)) & 0xffff);
  writeU16(bytes, 26, ~foldSum(sumWords(bytes, 20, 40)) & 0xffff);
  return bytes;
};

const senderOf = (advert: Advert): Host => (advert.src === vm.address ? vm : peer);

/** LINKTYPE_ETHERNET, as on the bridge between the two. */
export const onBridge = (advert: Advert): HeardFrame => ({
  atNs: advert.atNs,
  linkType: 1,
  bytes: Uint8Array.from([1, 0, 0x5e, 0, 0, 18, ...octets(senderOf(advert).mac), 8, 0, ...packetOf(advert)]),
});

/** LINKTYPE_LINUX_SLL2, as `tcpdump -i any` on a node: interface 2, packet type 2 (multicast) or 4 (outgoing). */
export const onNode = (advert: Advert, host: Host): HeardFrame => ({
  atNs: advert.atNs,
  linkType: 276,
  bytes: Uint8Array.from([
    ...[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, advert.src === host.address ? 4 : 2, 6],
    ...[...octets(senderOf(advert).mac), 0, 0],
    ...packetOf(advert),
  ]),
});

export const deliveryOf = (advert: Advert): Delivery => ({
  atNs: advert.atNs,
  family: 'ipv4',
  protocol: 112,
  interface: 'eth0',
  src: advert.src,
  dst: '224.0.0.18',
  ttl: 255,
  header: packetOf(advert).slice(20, 28),
});

export const listened = (source_: string, frames: readonly HeardFrame[]): Ear => ({
  kind: 'listened',
  source: source_,
  method: 'tcpdump',
  frames,
  dropped: 0,
  problems: [],
});
