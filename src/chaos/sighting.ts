// What the observer sees while a trial runs, in slices of time and in turning points: adverts by sender, gratuitous
// ARPs, probes asked and answered with the node behind the MAC, VIPs that appear and vanish. For showing, at a bounded
// rate; numbers are measured from the capture afterwards, by others. Pure: packets in, sightings out.
import { canonicalAddress } from '../timeline/sightings.ts';
import type { MonitorEvent } from '../timeline/trial.ts';
import type { Packet } from '../wire/packet.ts';

/** Node is absent for a stranger. */
export interface SightedAdverts {
  readonly node?: string;
  readonly source: string;
  /** Of the last one. */
  readonly priority: number;
  readonly count: number;
}

export interface SightedMac {
  readonly node?: string;
  readonly mac: string;
  readonly count: number;
}

export type ProbeKind = 'icmp' | 'arp' | 'nd';

export interface SightedProbe {
  readonly probe: ProbeKind;
  readonly asked: number;
  readonly answered: readonly SightedMac[];
}

/** ms on the observer's clock, since the first frame of the trial. */
export type Sighting =
  | {
      readonly what: 'slice';
      readonly fromMs: number;
      readonly toMs: number;
      readonly adverts: readonly SightedAdverts[];
      readonly announcements: readonly SightedMac[];
      readonly probes: readonly SightedProbe[];
    }
  | { readonly what: 'goodbye'; readonly atMs: number; readonly node: string }
  | { readonly what: 'advertises'; readonly atMs: number; readonly node: string; readonly priority: number }
  | { readonly what: 'announces'; readonly atMs: number; readonly node: string; readonly mac: string }
  | {
      /** Told by the node; placed where the observer's clock was then. */
      readonly what: 'vip-appeared' | 'vip-vanished';
      readonly atMs: number;
      readonly node: string;
      readonly address: string;
    };

export interface SightingSubject {
  readonly vrid: number;
  readonly vip: string;
  /** All addresses of the instance. */
  readonly vips: readonly string[];
  readonly advertIntervalMs: number;
  readonly members: readonly {
    readonly node: string;
    readonly sourceAddress: string;
    readonly macs: readonly string[];
  }[];
}

export interface Lookout {
  /** A frame of the observer's capture; `atNs` on its clock, in order. */
  see(packet: Packet, atNs: bigint): void;
  /** A line of `ip monitor` on a node. */
  hear(node: string, event: MonitorEvent): void;
}

/** Slices short enough to show a takeover, and few enough to show them all. */
export const sliceMs = (advertIntervalMs: number): number =>
  Math.min(100, Math.max(25, Math.round(advertIntervalMs / 4)));

/** A sender not heard for this long begins anew when it is heard again. */
const silenceMs = (advertIntervalMs: number): number => 3.5 * advertIntervalMs + 150;
/** Announcements of one MAC this close together are one burst. */
const BURST_MS = 1000;

interface Draft {
  readonly adverts: Map<string, SightedAdverts>;
  readonly announcements: Map<string, SightedMac>;
  readonly asked: Map<ProbeKind, number>;
  readonly answered: Map<ProbeKind, Map<string, SightedMac>>;
}

const emptyDraft = (): Draft => ({
  adverts: new Map(),
  announcements: new Map(),
  asked: new Map(),
  answered: new Map(),
});

export const openLookout = (subject: SightingSubject, report: (sighting: Sighting) => void): Lookout => {
  const vip = canonicalAddress(subject.vip);
  const ipVersion = vip.includes(':') ? 6 : 4;
  const vips = new Set(subject.vips.map(canonicalAddress));
  const bySource = new Map(subject.members.map((one) => [canonicalAddress(one.sourceAddress), one.node]));
  const byMac = new Map(
    subject.members.flatMap((one) => one.macs.map((mac) => [mac.toLowerCase(), one.node])),
  );
  const everyMs = sliceMs(subject.advertIntervalMs);
  const quietMs = silenceMs(subject.advertIntervalMs);
  const lastAdvertMs = new Map<string, number>();
  const lastBurstMs = new Map<string, number>();
  /** MACs whose questions are answered to where we can hear it: only their silence means something. */
  const askers = new Set<string>();
  let baseNs: bigint | undefined;
  let nowMs = 0;
  /** The first one heard was sending before we listened: no turning point. */
  let anyHeard: 'yes' | 'no' = 'no';
  let slice = 0;
  let draft = emptyDraft();

  const named = (node: string | undefined): { readonly node?: string } =>
    node === undefined ? {} : { node };

  const close = (upTo: number): void => {
    const kinds = new Set([...draft.asked.keys(), ...draft.answered.keys()]);
    if (kinds.size + draft.adverts.size + draft.announcements.size > 0)
      report({
        what: 'slice',
        fromMs: slice * everyMs,
        toMs: (slice + 1) * everyMs,
        adverts: [...draft.adverts.values()],
        announcements: [...draft.announcements.values()],
        probes: [...kinds].map((probe) => ({
          probe,
          asked: draft.asked.get(probe) ?? 0,
          answered: [...(draft.answered.get(probe)?.values() ?? [])],
        })),
      });
    draft = emptyDraft();
    slice = upTo;
  };

  const advert = (source: string, priority: number, atMs: number, srcMac: string | undefined): void => {
    const node = bySource.get(source) ?? (srcMac === undefined ? undefined : byMac.get(srcMac));
    const before = draft.adverts.get(source);
    draft.adverts.set(source, { ...named(node), source, priority, count: (before?.count ?? 0) + 1 });
    const lastMs = lastAdvertMs.get(source);
    if (priority === 0) {
      lastAdvertMs.delete(source);
      if (lastMs !== undefined || anyHeard === 'no') report({ what: 'goodbye', atMs, node: node ?? source });
      anyHeard = 'yes';
      return;
    }
    lastAdvertMs.set(source, atMs);
    const heardBefore = anyHeard;
    anyHeard = 'yes';
    if (heardBefore === 'yes' && (lastMs === undefined || atMs - lastMs > quietMs))
      report({ what: 'advertises', atMs, node: node ?? source, priority });
  };

  const announcement = (mac: string, atMs: number): void => {
    const node = byMac.get(mac.toLowerCase());
    const before = draft.announcements.get(mac);
    draft.announcements.set(mac, { ...named(node), mac, count: (before?.count ?? 0) + 1 });
    const lastMs = lastBurstMs.get(mac);
    lastBurstMs.set(mac, atMs);
    if (lastMs === undefined || atMs - lastMs > BURST_MS)
      report({ what: 'announces', atMs, node: node ?? mac, mac });
  };

  const asked = (probe: ProbeKind): void => {
    draft.asked.set(probe, (draft.asked.get(probe) ?? 0) + 1);
  };

  const answered = (probe: ProbeKind, mac: string): void => {
    const macs = draft.answered.get(probe) ?? new Map<string, SightedMac>();
    const node = byMac.get(mac.toLowerCase());
    macs.set(mac, { ...named(node), mac, count: (macs.get(mac)?.count ?? 0) + 1 });
    draft.answered.set(probe, macs);
  };

  const look = ({ link, ip, content }: Packet, atMs: number): void => {
    const srcMac = 'srcMac' in link ? link.srcMac : undefined;
    const dstMac = 'dstMac' in link ? link.dstMac : undefined;
    if (content.kind === 'vrrp') {
      if (ip?.version === ipVersion && content.advert.vrid === subject.vrid)
        advert(ip.src, content.advert.priority, atMs, srcMac);
    } else if (content.kind === 'arp') {
      if (content.senderIp === vip && (content.gratuitous === 'request' || content.gratuitous === 'reply'))
        announcement(content.senderMac, atMs);
      else if (content.senderIp === vip && content.operation === 2) {
        if (dstMac !== undefined) askers.add(dstMac);
        answered('arp', content.senderMac);
      } else if (content.targetIp === vip && content.operation === 1 && askers.has(content.senderMac))
        asked('arp');
    } else if (content.kind === 'nd' && content.target === vip) {
      const mac = content.targetMac ?? srcMac;
      if (content.message === 'advertisement' && mac !== undefined) {
        if (content.gratuitous === 'unsolicited') announcement(mac, atMs);
        else {
          if (dstMac !== undefined) askers.add(dstMac);
          answered('nd', mac);
        }
      } else if (content.message === 'solicitation' && srcMac !== undefined && askers.has(srcMac))
        asked('nd');
    } else if (content.kind === 'icmp' && ip !== undefined) {
      const isReply = content.version === 4 ? content.type === 0 : content.type === 129;
      const isRequest = content.version === 4 ? content.type === 8 : content.type === 128;
      if (isReply && ip.src === vip && srcMac !== undefined) answered('icmp', srcMac);
      else if (isRequest && ip.dst === vip) asked('icmp');
    }
  };

  return {
    see: (packet, atNs) => {
      baseNs ??= atNs;
      const atMs = Number(atNs - baseNs) / 1e6;
      const here = Math.floor(atMs / everyMs);
      // A frame out of order belongs to the slice that is open.
      if (here > slice) close(here);
      nowMs = atMs;
      look(packet, atMs);
    },
    hear: (node, { kind, address }) => {
      if (kind === 'neighbour-changed' || !vips.has(canonicalAddress(address))) return;
      report({
        what: kind === 'address-added' ? 'vip-appeared' : 'vip-vanished',
        atMs: nowMs,
        node,
        address,
      });
    },
  };
};
