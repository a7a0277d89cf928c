// From an evidence bundle to the cluster model: the table of contents of this room. Pure; may be asked again and
// again while evidence is still coming in.
import type { Bundle, NodeEvidence } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { formGroups, type UngroupedInstance } from './groups.ts';
import { findHolders, latestTable } from './holders.ts';
import { describeHost } from './hosts.ts';
import { describeInstances, type Heard, type NodeView } from './instances.ts';
import { buildLadder } from './ladder.ts';
import type { AdvertStream, AdvertsFacet, ClusterModel, SegmentFacet } from './model.ts';
import { describeNode, viewNode } from './nodes.ts';
import { type Readings, readNode } from './readings.ts';
import { type Sighting, sightingsOf, type Vantage } from './sightings.ts';
import { carpSendersOf, type Owners, streamsOf, tellTwinsApart } from './streams.ts';

interface Visited {
  readonly evidence: NodeEvidence;
  readonly readings: Readings;
  readonly view: NodeView;
}

const vantageOf = ({ evidence, readings }: Visited): Vantage => {
  const links = readings.links.kind === 'known' ? readings.links.value : [];
  const table = readings.addresses.kind === 'known' ? latestTable(readings.addresses.value) : undefined;
  return {
    at: evidence.node,
    macs: new Set(links.map((link) => link.mac)),
    addresses: new Set((table?.addresses ?? []).map((held) => held.address)),
    interfaces: new Map(links.map((link) => [link.index, link.name])),
  };
};

/** Addresses and MACs by node. VIPs belong to nobody: a sender that uses one as source is told by its MAC. */
const ownersOf = (visited: readonly Visited[]): Owners => {
  const vips = new Set(
    visited.flatMap(({ view }) =>
      view.daemons.flatMap((daemon) =>
        daemon.config.kind === 'known'
          ? daemon.config.value.instances.flatMap((one) =>
              [...one.vips, ...one.excludedVips].map((vip) => vip.address),
            )
          : [],
      ),
    ),
  );
  const byAddress = new Map<string, string>();
  const byMac = new Map<string, string>();
  const unread: string[] = [];
  for (const { evidence, readings } of visited) {
    if (readings.addresses.kind === 'unknown') {
      unread.push(evidence.node);
      byAddress.set(evidence.address, evidence.node);
      continue;
    }
    for (const held of latestTable(readings.addresses.value).addresses)
      if (!vips.has(held.address) && !byAddress.has(held.address)) byAddress.set(held.address, evidence.node);
    if (readings.links.kind === 'known')
      for (const link of readings.links.value)
        if (!/^(00:){5}00$/.test(link.mac) && link.mac !== '') byMac.set(link.mac, evidence.node);
  }
  return { nodeOfAddress: (address) => byAddress.get(address), nodeOfMac: (mac) => byMac.get(mac), unread };
};

const hearEverything = (bundle: Bundle, visited: readonly Visited[]): readonly Sighting[] => {
  const onNodes = visited.flatMap((one) =>
    one.evidence.ear.kind === 'listened' ? sightingsOf(one.evidence.ear.frames, vantageOf(one)) : [],
  );
  if (bundle.observer.kind === 'none' || bundle.observer.ear.kind === 'deaf') return onNodes;
  const vantage: Vantage = {
    at: 'observer',
    macs: new Set(),
    addresses: new Set(),
    interfaces: new Map(),
    onlyInterface: bundle.observer.interface,
  };
  return [...onNodes, ...sightingsOf(bundle.observer.ear.frames, vantage)];
};

const captureNamesOf = (bundle: Bundle) => {
  const names = new Map(
    bundle.nodes.map(
      (node) => [node.node, node.ear.kind === 'listened' ? node.ear.source : 'capture'] as const,
    ),
  );
  if (bundle.observer.kind === 'present')
    names.set(
      'observer',
      `${bundle.observer.ear.kind === 'listened' ? bundle.observer.ear.source : 'capture'} on ${bundle.observer.where}, ${bundle.observer.interface}`,
    );
  return (heardAt: string): string => names.get(heardAt) ?? 'capture';
};

const earsOf = (bundle: Bundle): AdvertsFacet['ears'] => [
  ...bundle.nodes.map((node) =>
    node.ear.kind === 'listened'
      ? { at: node.node, heard: 'yes' as const }
      : { at: node.node, heard: 'no' as const, reason: node.ear.reason },
  ),
  bundle.observer.kind === 'none'
    ? { at: 'observer', heard: 'no' as const, reason: bundle.observer.reason }
    : bundle.observer.ear.kind === 'deaf'
      ? { at: 'observer', heard: 'no' as const, reason: bundle.observer.ear.reason }
      : { at: 'observer', heard: 'yes' as const },
];

const segmentOf = (
  bundle: Bundle,
  sightings: readonly Sighting[],
  ears: AdvertsFacet['ears'],
): SegmentFacet => {
  const observer: Reading<{ readonly where: string; readonly interface: string }> =
    bundle.observer.kind === 'none'
      ? unknown(bundle.observer.reason)
      : known({ where: bundle.observer.where, interface: bundle.observer.interface });
  const listened = ears.some((ear) => ear.heard === 'yes');
  const igmp = sightings.flatMap(({ packet }) =>
    packet.content.kind === 'igmp' ? [packet.content.message] : [],
  );
  return {
    observer,
    igmpQueries: listened ? igmp.filter((message) => message === 'query').length : 'unknown',
    igmpReports: listened ? igmp.filter((message) => message === 'report').length : 'unknown',
  };
};

const heardBy = (node: string, evidence: NodeEvidence, streams: readonly AdvertStream[]): Heard => ({
  outgoing: streams.filter((stream) => stream.heardAt === node && stream.direction === 'out'),
  incoming: streams.filter((stream) => stream.heardAt === node && stream.direction === 'in'),
  elsewhere: streams.filter((stream) => stream.sender === node && stream.heardAt !== node),
  ear: evidence.ear.kind,
});

/** VIP mismatches are tolerated from 2.3.3 on (keepalived vrrp.c, commit af103930). */
const toleranceOf =
  (visited: readonly Visited[]) =>
  (node: string): 'yes' | 'no' | 'unknown' => {
    const version = visited.find((one) => one.evidence.node === node)?.readings.version;
    const [first] = version?.kind === 'known' ? version.value : [];
    if (first === undefined) return 'unknown';
    const number = first.major * 1_000_000 + first.minor * 1000 + first.patch;
    return number >= 2_003_003 ? 'yes' : 'no';
  };

export const buildCluster = (bundle: Bundle): ClusterModel => {
  const visited: readonly Visited[] = bundle.nodes.map((evidence) => {
    const readings = readNode(evidence);
    return { evidence, readings, view: viewNode(evidence, readings) };
  });
  const owners = ownersOf(visited);
  const sightings = hearEverything(bundle, visited);
  const ears = earsOf(bundle);
  const captureName = captureNamesOf(bundle);
  const anonymous = streamsOf(sightings, owners, captureName);
  const ungrouped: readonly UngroupedInstance[] = visited.flatMap(({ evidence, view }) =>
    describeInstances(view, heardBy(evidence.node, evidence, anonymous)),
  );
  const streams = tellTwinsApart(anonymous, ungrouped);
  const { groups, groupOf } = formGroups(ungrouped);
  const instances = ungrouped.map(({ segments: _, ...instance }) => ({
    ...instance,
    group: groupOf.get(instance.id) ?? '?',
  }));
  const macOf = (node: string): string | undefined =>
    streams.find((stream) => stream.sender === node && stream.srcMac !== 'unknown')?.srcMac;
  return {
    window: { listenedMs: bundle.window.listenedMs, endedBecause: bundle.window.endedBecause },
    nodes: visited.map(({ evidence, readings, view }) => describeNode(evidence, readings, view)),
    groups,
    instances,
    configurations: visited.flatMap(({ evidence, view }) =>
      view.daemons.map(({ config }) => ({ node: evidence.node, config })),
    ),
    adverts: { streams, carp: carpSendersOf(sightings, captureName), ears },
    ladder: buildLadder({
      groups,
      instances,
      streams,
      hearings: bundle.nodes.map((node) => ({
        node: node.node,
        ear: node.ear.kind,
        witness: node.witness.kind,
        deliveries: node.witness.kind === 'listened' ? node.witness.deliveries : [],
        earMs: node.ear.kind === 'listened' ? node.ear.listenedMs : undefined,
        witnessMs: node.witness.kind === 'listened' ? node.witness.listenedMs : undefined,
      })),
      observer:
        bundle.observer.kind === 'present' && bundle.observer.ear.kind === 'deaf'
          ? 'deaf'
          : bundle.observer.kind,
      observerMs:
        bundle.observer.kind === 'present' && bundle.observer.ear.kind === 'listened'
          ? bundle.observer.ear.listenedMs
          : undefined,
      listenedMs: bundle.window.listenedMs,
      toleratesVipMismatch: toleranceOf(visited),
    }),
    holders: findHolders({
      groups,
      instances,
      nodes: visited.map(({ evidence, readings }) => ({
        node: evidence.node,
        addresses: readings.addresses,
      })),
      bundle,
      ownerOfMac: owners.nodeOfMac,
    }),
    hosts: visited
      .filter(({ evidence }) => evidence.contact.kind !== 'unreachable')
      .map(({ evidence, readings }) => describeHost({ node: evidence.node, readings, instances, macOf })),
    segment: segmentOf(bundle, sightings, ears),
  };
};
