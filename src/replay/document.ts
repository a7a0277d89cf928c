// What `replay` says about a capture, in the names scripts rely on: who sent, who was master when, what was found.
// It has types of its own, so that the document stays when the inside moves, and adds no judgement.
import type { Finding, ReportCluster, RuleVerdict, Verdict } from '../report/report.ts';
import type { CarpSender, History } from './history.ts';
import { type Judged, judgeCapture } from './judgement.ts';
import { campsOf, newestStream, ownersByMac } from './model.ts';
import { isoText, type Moment, msBetween, nsOf } from './moment.ts';
import type { AnnouncementEvent } from './neighbours.ts';
import type { FrameCounts, Replayed } from './replay.ts';
import { mastersAt, type Router, type Transition, type TransitionReason } from './router.ts';
import type { Sender } from './sender.ts';
import { jitterMs, mergeSpacing, noSpacing } from './spacing.ts';

export interface ReplayDocument {
  readonly schemaVersion: 1;
  readonly kind: 'replay';
  readonly tool: { readonly name: string; readonly version: string };
  readonly capture: {
    /** File name as given; `-` is stdin. */
    readonly source: string;
    readonly format: 'pcap' | 'pcapng' | 'unknown';
    /** LINKTYPE_ numbers. */
    readonly linkTypes: readonly number[];
    /** ISO 8601, UTC; null without timestamps. */
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    readonly durationMs: number;
    readonly frames: number;
    readonly adverts: number;
    readonly carp: number;
    readonly arp: number;
    readonly nd: number;
    readonly unknown: number;
    /** Of the file itself. */
    readonly problems: readonly { readonly code: string; readonly text: string }[];
  };
  readonly verdict: Verdict;
  /** One sentence a person can act on. */
  readonly headline: string;
  readonly routers: readonly RouterReport[];
  readonly carp: readonly CarpReport[];
  readonly neighbours: readonly NeighbourReport[];
  /** Oddities met while decoding, by kind. */
  readonly problems: readonly {
    readonly layer: string;
    readonly code: string;
    readonly count: number;
    readonly firstFrame: number;
    readonly text: string;
  }[];
  readonly verdicts: readonly RuleVerdict[];
  /** What the capture left open, in words. */
  readonly gaps: readonly string[];
  readonly clusters: readonly ReportCluster[];
  readonly findings: readonly Finding[];
}

export interface RouterReport {
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Innermost tag, where there is one. */
  readonly vlan?: number;
  readonly interfaceId: number;
  readonly vips: readonly string[];
  /** At the end of the capture. */
  readonly master: string | null;
  readonly senders: readonly SenderReport[];
  readonly transitions: readonly TransitionReport[];
  readonly overlaps: readonly OverlapReport[];
  /** Transitions and overlaps beyond those listed. */
  readonly furtherTransitions: number;
  readonly furtherOverlaps: number;
}

export interface SenderReport {
  readonly name: string;
  readonly src: string;
  readonly srcMac: string | null;
  readonly relation: 'member' | 'foreign';
  readonly adverts: number;
  /** With priority 0. */
  readonly farewells: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Newest first, without resignations. */
  readonly priorities: readonly number[];
  readonly versions: readonly number[];
  readonly ttls: readonly number[];
  readonly auth: readonly string[];
  readonly checksums: Readonly<Record<string, number>>;
  readonly advertisedIntervalMs: number;
  /** Between adverts while master; null with fewer than two in a row. */
  readonly interval: {
    readonly count: number;
    readonly minMs: number;
    readonly meanMs: number;
    readonly maxMs: number;
    /** Standard deviation. */
    readonly jitterMs: number;
  } | null;
}

export interface TransitionReport {
  readonly at: string;
  readonly atNs: string;
  readonly frame: number;
  readonly from: string | null;
  /** Null: the capture ends with nobody. */
  readonly to: string | null;
  readonly priority: number;
  readonly reason: TransitionReason;
  readonly takeoverMs: number | null;
  /** From the new master's first advert to its first gratuitous ARP or unsolicited neighbour advertisement. */
  readonly announcedAfterMs: number | null;
}

export interface OverlapReport {
  readonly from: string;
  readonly to: string;
  readonly durationMs: number;
  readonly senders: readonly string[];
  readonly adverts: readonly number[];
  readonly state: 'ongoing' | 'over';
}

export interface CarpReport {
  readonly vhid: number;
  readonly src: string;
  readonly srcMac: string | null;
  readonly advBaseSeconds: number;
  readonly advSkew: number;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface NeighbourReport {
  readonly vip: string;
  readonly mac: string;
  /** Sender whose MAC it is; null when nobody advertises from it. */
  readonly sender: string | null;
  readonly announcements: number;
  readonly answers: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

const describeInterval = (sender: Sender): SenderReport['interval'] => {
  const spacing = [...sender.flows.values()].map((flow) => flow.spacing).reduce(mergeSpacing, noSpacing());
  return spacing.count === 0
    ? null
    : {
        count: spacing.count,
        minMs: rounded(spacing.minMs),
        meanMs: rounded(spacing.meanMs),
        maxMs: rounded(spacing.maxMs),
        jitterMs: rounded(jitterMs(spacing)),
      };
};

const describeSender = (sender: Sender, relation: SenderReport['relation']): SenderReport => {
  const streams = [...sender.streams.values()].toSorted((a, b) => b.lastFrame - a.lastFrame);
  const checksums: Record<string, number> = {};
  for (const { sighting, count } of streams) {
    const { verdict } = sighting.advert.checksum;
    checksums[verdict] = (checksums[verdict] ?? 0) + count;
  }
  return {
    name: sender.name,
    src: sender.src,
    srcMac: sender.srcMac ?? null,
    relation,
    adverts: sender.adverts,
    farewells: sender.farewells,
    firstAt: isoText(sender.firstAt),
    lastAt: isoText(sender.lastAt),
    priorities: unique(
      streams.map((stream) => stream.sighting.advert.priority).filter((priority) => priority > 0),
    ),
    versions: unique(streams.map((stream) => stream.sighting.advert.version)),
    ttls: unique(streams.map((stream) => stream.sighting.ttl)),
    auth: unique(
      streams.map(({ sighting: { auth } }) =>
        auth.type === 'PASS' ? `PASS (fingerprint ${auth.fingerprint})` : auth.type,
      ),
    ),
    checksums,
    advertisedIntervalMs: sender.intervalMs,
    interval: describeInterval(sender),
  };
};

/** The first announcement of one of the router's VIPs between this transition and the next. */
const announcedAfter = (
  { at, to }: Transition,
  next: Transition | undefined,
  events: readonly AnnouncementEvent[],
): number | null => {
  const first = events.find((event) => msBetween(at, event.at) >= 0);
  if (to === undefined || first === undefined || (next !== undefined && msBetween(next.at, first.at) >= 0))
    return null;
  return rounded(msBetween(at, first.at));
};

const describeRouter = (router: Router, replayed: Replayed): RouterReport => {
  const { history, lastAt } = replayed;
  const [members = []] = campsOf(router);
  const senders = [...router.senders.values()];
  const vips = unique(members.flatMap((one) => newestStream(one)?.sighting.advert.addresses ?? []));
  const events = history.neighbours.events.filter((event) => vips.includes(event.vip));
  const innermost = router.vlans.at(-1);
  return {
    vrid: router.vrid,
    family: router.family,
    ...(innermost === undefined ? {} : { vlan: innermost }),
    interfaceId: router.interfaceId,
    vips,
    master: mastersAt(router, lastAt)[0]?.name ?? null,
    senders: senders.map((sender) => describeSender(sender, members.includes(sender) ? 'member' : 'foreign')),
    transitions: router.transitions.map((transition, index) => ({
      at: isoText(transition.at),
      atNs: String(nsOf(transition.at)),
      frame: transition.frame,
      from: transition.from ?? null,
      to: transition.to ?? null,
      priority: transition.priority,
      reason: transition.reason,
      takeoverMs: transition.takeoverMs === undefined ? null : rounded(transition.takeoverMs),
      announcedAfterMs: announcedAfter(transition, router.transitions[index + 1], events),
    })),
    overlaps: router.overlaps.map((overlap) => ({
      from: isoText(overlap.from),
      to: isoText(overlap.to),
      durationMs: rounded(msBetween(overlap.from, overlap.to)),
      senders: overlap.senders.map((sender) => sender.name),
      adverts: overlap.counts,
      state: overlap.state,
    })),
    furtherTransitions: router.furtherTransitions,
    furtherOverlaps: router.furtherOverlaps,
  };
};

const describeCarp = ({ sighting, count, firstAt, lastAt }: CarpSender): CarpReport => ({
  vhid: sighting.carp.vhid,
  src: sighting.src,
  srcMac: sighting.srcMac ?? null,
  advBaseSeconds: sighting.carp.advBaseSeconds,
  advSkew: sighting.carp.advSkew,
  count,
  firstAt: isoText(firstAt),
  lastAt: isoText(lastAt),
});

const describeNeighbours = ({ routers, neighbours }: History): readonly NeighbourReport[] => {
  const owners = {
    ipv4: ownersByMac(routers.values(), 'ipv4'),
    ipv6: ownersByMac(routers.values(), 'ipv6'),
  };
  return [...neighbours.announcers.values()].map((one) => ({
    vip: one.vip,
    mac: one.mac,
    sender: owners[one.vip.includes(':') ? 'ipv6' : 'ipv4'].get(one.mac) ?? null,
    announcements: one.announcements,
    answers: one.answers,
    firstAt: isoText(one.firstAt),
    lastAt: isoText(one.lastAt),
  }));
};

/** What the capture left open, in words. */
export const gapsOf = ({ history, captureProblems }: Replayed): readonly string[] => {
  const { beyond } = history;
  const steps = history.clockSteps();
  return [
    ...captureProblems.map((problem) => problem.text),
    ...(steps > 0
      ? [
          `${steps} ${steps === 1 ? 'advert is' : 'adverts are'} earlier than the one before: the clock was set, or captures were merged out of order`,
        ]
      : []),
    ...(beyond.routers + beyond.senders + beyond.streams + beyond.carp > 0
      ? [
          'more virtual routers, senders or kinds of adverts than are kept apart: those beyond are only counted',
        ]
      : []),
  ];
};

const textOf = (at: Moment | undefined): string | null => (at === undefined ? null : isoText(at));

export interface Replayable {
  readonly replayed: Replayed;
  readonly source: string;
  readonly tool: { readonly name: string; readonly version: string };
}

const describeClusters = ({ model }: Judged): readonly ReportCluster[] =>
  model.groups.map((group) => ({
    id: group.id,
    vrid: group.vrid,
    family: group.family,
    version: group.version,
    mode: group.mode,
    vips: group.vips,
    masters: group.masters,
    // Who carries an address is not on the wire; who answers for it is, see `neighbours`.
    holders: [],
    members: model.instances
      .filter((instance) => instance.group === group.id)
      .map((instance) => {
        const newest = model.adverts.streams
          .filter((one) => one.sender === instance.node && one.vrid === group.vrid && one.priority > 0)
          .toSorted((a, b) => Number(b.lastAtNs - a.lastAtNs))[0];
        return {
          node: instance.node,
          state: group.masters.includes(instance.node) ? ('MASTER' as const) : ('UNKNOWN' as const),
          priority: newest?.priority ?? null,
          effectivePriority: newest?.priority ?? null,
          advertIntervalMs: newest?.intervalMs ?? null,
          interface: instance.interface,
        };
      }),
  }));

export const composeDocument = ({ replayed, source, tool }: Replayable): ReplayDocument => {
  const { history, counts, firstAt, lastAt, format, linkTypes, captureProblems } = replayed;
  const judged = judgeCapture(replayed, source);
  const { frames, adverts, carp, arp, nd, unknown }: Readonly<FrameCounts> = counts;
  return {
    schemaVersion: 1,
    kind: 'replay',
    tool: { name: tool.name, version: tool.version },
    capture: {
      source,
      format,
      linkTypes,
      firstAt: textOf(firstAt),
      lastAt: textOf(lastAt),
      durationMs:
        firstAt === undefined || lastAt === undefined ? 0 : rounded(Math.max(0, msBetween(firstAt, lastAt))),
      frames,
      adverts,
      carp,
      arp,
      nd,
      unknown,
      problems: captureProblems.map(({ code, text }) => ({ code, text })),
    },
    verdict: judged.verdict,
    headline: judged.headline,
    routers: [...history.routers.values()].map((router) => describeRouter(router, replayed)),
    carp: [...history.carp.values()].map(describeCarp),
    neighbours: describeNeighbours(history),
    problems: [...history.problems.values()].map(({ layer, code, count, firstFrame, text }) => ({
      layer,
      code,
      count,
      firstFrame,
      text,
    })),
    verdicts: judged.verdicts,
    gaps: gapsOf(replayed),
    clusters: describeClusters(judged),
    findings: judged.findings,
  };
};
