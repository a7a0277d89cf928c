// The capture of a trial as what matters for measuring: adverts of the group, announcements of the VIP, answers to
// probes. Times are ns since the trial's base, as plain numbers. It decodes and sorts; it measures nothing.
import type { HeardFrame } from '../evidence/bundle.ts';
import { addressBytes, ipv4Text, ipv6Text } from '../wire/address.ts';
import { decodePacket, type Packet } from '../wire/packet.ts';
import type { Subject } from './trial.ts';

export interface AdvertSighting {
  readonly atNs: number;
  /** The member it came from; undefined for a stranger. */
  readonly node: string | undefined;
  readonly source: string;
  readonly priority: number;
}

/** A gratuitous ARP or an unsolicited neighbour advertisement for the VIP. */
export interface AnnouncementSighting {
  readonly atNs: number;
  readonly mac: string;
}

/** An echo reply of the VIP; `id` as in the probe's requests. */
export interface EchoSighting {
  readonly atNs: number;
  readonly id: number;
  readonly mac: string;
}

/** An echo request to the VIP as the observer sent it; `to` is the MAC it believed in. */
export interface RequestSighting {
  readonly id: number;
  readonly to: string;
}

/** An ARP reply or a solicited neighbour advertisement for the VIP; `to` is the MAC it was sent to. */
export interface AnswerSighting {
  readonly atNs: number;
  readonly mac: string;
  readonly to: string;
}

export interface Sightings {
  readonly adverts: readonly AdvertSighting[];
  readonly announcements: readonly AnnouncementSighting[];
  readonly echoes: readonly EchoSighting[];
  readonly requests: readonly RequestSighting[];
  readonly answers: readonly AnswerSighting[];
  readonly firstNs: number | undefined;
  readonly lastNs: number | undefined;
}

/** Without prefix length and zone, in the spelling the decoders use. */
export const canonicalAddress = (text: string): string => {
  const bare = text.replace(/[/%].*$/, '');
  const bytes = addressBytes(bare);
  if (bytes === undefined) return bare;
  return bytes.length === 4 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0);
};

/** Of a group with use_vmac (RFC 5798 7.3). */
export const virtualMac = ({ family, vrid }: Subject): string =>
  `00:00:5e:00:0${family === 'ipv4' ? 1 : 2}:${vrid.toString(16).padStart(2, '0')}`;

const srcMacOf = ({ link }: Packet): string | undefined => ('srcMac' in link ? link.srcMac : undefined);
const dstMacOf = ({ link }: Packet): string => ('dstMac' in link ? (link.dstMac ?? '') : '');

export const readSightings = (
  subject: Subject,
  frames: readonly HeardFrame[],
  nsOf: (atNs: bigint) => number,
): Sightings => {
  const vip = canonicalAddress(subject.vip);
  const memberBySource = new Map(
    subject.members.map((member) => [canonicalAddress(member.sourceAddress), member.node]),
  );
  const memberByMac = new Map(
    subject.members.flatMap((member) => member.macs.map((mac) => [mac.toLowerCase(), member.node])),
  );
  const adverts: AdvertSighting[] = [];
  const announcements: AnnouncementSighting[] = [];
  const echoes: EchoSighting[] = [];
  const requests: RequestSighting[] = [];
  const answers: AnswerSighting[] = [];
  let firstNs: number | undefined;
  let lastNs: number | undefined;
  for (const frame of frames) {
    const atNs = nsOf(frame.atNs);
    firstNs = Math.min(firstNs ?? atNs, atNs);
    lastNs = Math.max(lastNs ?? atNs, atNs);
    const packet = decodePacket(frame.linkType, frame.bytes);
    const { content, ip } = packet;
    const srcMac = srcMacOf(packet);
    if (content.kind === 'vrrp' && ip !== undefined) {
      const family = ip.version === 4 ? 'ipv4' : 'ipv6';
      const { advert } = content;
      if (advert.vrid !== subject.vrid || family !== subject.family || advert.type !== 1) continue;
      const node = memberBySource.get(ip.src) ?? (srcMac === undefined ? undefined : memberByMac.get(srcMac));
      adverts.push({ atNs, node, source: ip.src, priority: advert.priority });
    } else if (content.kind === 'arp' && content.senderIp === vip) {
      if (content.gratuitous === 'request' || content.gratuitous === 'reply')
        announcements.push({ atNs, mac: content.senderMac });
      else if (content.operation === 2) answers.push({ atNs, mac: content.senderMac, to: dstMacOf(packet) });
    } else if (content.kind === 'nd' && content.message === 'advertisement' && content.target === vip) {
      const mac = content.targetMac ?? srcMac;
      if (mac === undefined) continue;
      if (content.gratuitous === 'unsolicited') announcements.push({ atNs, mac });
      else answers.push({ atNs, mac, to: dstMacOf(packet) });
    } else if (content.kind === 'icmp' && ip?.src === vip && srcMac !== undefined) {
      const { identifier, sequence, type, version } = content;
      const isReply = version === 4 ? type === 0 : type === 129;
      if (isReply && identifier !== undefined && sequence !== undefined)
        echoes.push({ atNs, id: identifier * 0x10000 + sequence, mac: srcMac });
    } else if (content.kind === 'icmp' && ip?.dst === vip) {
      const { identifier, sequence, type, version } = content;
      const isRequest = version === 4 ? type === 8 : type === 128;
      if (isRequest && identifier !== undefined && sequence !== undefined)
        requests.push({ id: identifier * 0x10000 + sequence, to: dstMacOf(packet) });
    }
  }
  const byTime = <T extends { readonly atNs: number }>(list: T[]): readonly T[] =>
    list.sort((a, b) => a.atNs - b.atNs);
  return {
    adverts: byTime(adverts),
    announcements: byTime(announcements),
    echoes: byTime(echoes),
    requests,
    answers: byTime(answers),
    firstNs,
    lastNs,
  };
};
