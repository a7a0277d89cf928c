// The cluster as a capture shows it, for the rules: senders are its nodes, named by their addresses. What only the
// nodes could tell (configuration, state, firewall) is unknown with that reason, never assumed.
import type {
  AdvertStream,
  CarpSender,
  ClusterModel,
  Group,
  Instance,
  VipHolding,
} from '../cluster/model.ts';
import { describeAdvert } from '../cluster/streams.ts';
import { known, unknown } from '../evidence/reading.ts';
import { isoText, type Moment, msBetween, nsOf } from './moment.ts';
import type { Announcer } from './neighbours.ts';
import type { Replayed } from './replay.ts';
import { mastersAt, type Router } from './router.ts';
import type { Sender, Stream } from './sender.ts';
import type { ShownAuth } from './sighting.ts';

/** Where every quotation comes from. */
export const vantage = 'observer';

export interface CaptureModel {
  readonly model: ClusterModel;
  /** Router by the id of its group. */
  readonly routerOf: ReadonlyMap<string, Router>;
}

/** What tells the router's segment from others in the same capture; empty where there is only one. */
export const segmentName = (router: Router): string =>
  [
    ...(router.vlans.length === 0 ? [] : [`VLAN ${router.vlans.join('.')}`]),
    ...(router.interfaceId === 0 ? [] : [`interface ${router.interfaceId}`]),
  ].join(' ');

export const groupId = (router: Router): string =>
  `${router.vrid}/${router.family}/${segmentName(router) || 'wire'}`;

/** What a sender says now: its newest advert that is no farewell. */
export const newestStream = (sender: Sender): Stream | undefined => {
  let newest: Stream | undefined;
  for (const stream of sender.streams.values())
    if (stream.sighting.advert.priority > 0 && (newest === undefined || stream.lastFrame > newest.lastFrame))
      newest = stream;
  return newest;
};

const addressesOf = (sender: Sender): readonly string[] =>
  (newestStream(sender) ?? [...sender.streams.values()].at(-1))?.sighting.advert.addresses ?? [];

/**
 * Senders that share a VIP, directly or through a third, stand in for each other; with nothing in common they are two
 * clusters that use one VRID. The larger camp comes first, then the one heard first.
 */
export const campsOf = (router: Router): readonly (readonly Sender[])[] => {
  const camps: { senders: Sender[]; vips: Set<string> }[] = [];
  for (const sender of router.senders.values()) {
    const vips = addressesOf(sender);
    const joined = camps.filter(
      (camp) => vips.length === 0 || camp.vips.size === 0 || vips.some((vip) => camp.vips.has(vip)),
    );
    const [home, ...others] = joined;
    if (home === undefined) {
      camps.push({ senders: [sender], vips: new Set(vips) });
      continue;
    }
    home.senders.push(sender);
    for (const vip of vips) home.vips.add(vip);
    for (const other of others) {
      home.senders.push(...other.senders);
      for (const vip of other.vips) home.vips.add(vip);
      camps.splice(camps.indexOf(other), 1);
    }
  }
  return camps.map((camp) => camp.senders).toSorted((a, b) => b.length - a.length);
};

const authTypeOf = (auth: ShownAuth): number => {
  if (auth.type === 'unknown') return auth.value;
  return { none: 0, hmac: 0, PASS: 1, AH: 2 }[auth.type];
};

const isMulticast = (address: string): boolean =>
  address.includes(':') ? address.startsWith('ff') : /^2(2[4-9]|3\d)\./.test(address);

export const describeStream = (
  stream: Stream,
  { sender, router, source }: { readonly sender: string; readonly router: Router; readonly source: string },
): AdvertStream => {
  const { sighting, count, firstAt, lastAt } = stream;
  const { advert, auth } = sighting;
  const described = {
    heardAt: vantage,
    direction: 'in' as const,
    interface: segmentName(router) || '?',
    family: router.family,
    src: sighting.src,
    srcMac: sighting.srcMac ?? ('unknown' as const),
    dst: sighting.dst,
    sender,
    ttl: sighting.ttl,
    version: advert.version,
    vrid: router.vrid,
    priority: advert.priority,
    intervalMs: advert.intervalMs,
    addresses: advert.addresses,
    authType: authTypeOf(auth),
    ...(auth.type === 'PASS' ? { authFingerprint: auth.fingerprint } : {}),
    checksum: advert.checksum.verdict,
    count,
    firstAtNs: nsOf(firstAt),
    lastAtNs: nsOf(lastAt),
  };
  const where = `frame ${stream.firstFrame}${stream.count > 1 ? ` to ${stream.lastFrame}` : ''}`;
  return {
    ...described,
    quote: {
      node: vantage,
      source: `${source}, ${where}, ${isoText(lastAt)}`,
      quote: describeAdvert(described),
    },
  };
};

const majority = <T>(values: readonly T[], fallback: T): T => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? fallback;
};

const describeGroup = (router: Router, members: readonly Sender[], end: Moment | undefined): Group => {
  const streams = members.flatMap((sender) => newestStream(sender) ?? []);
  const lists = streams.map((stream) => stream.sighting.advert.addresses.join(' '));
  return {
    id: groupId(router),
    vrid: router.vrid,
    family: router.family,
    version:
      majority(
        streams.map((stream) => stream.sighting.advert.version),
        2,
      ) === 3
        ? 3
        : 2,
    mode: streams.some((stream) => isMulticast(stream.sighting.dst)) ? 'multicast' : 'unicast',
    vips: majority(lists, '')
      .split(' ')
      .filter((vip) => vip !== ''),
    members: members.map((sender) => instanceId(router, sender)),
    advertIntervalMs: Math.max(10, ...streams.map((stream) => stream.sighting.advert.intervalMs)),
    masters: mastersAt(router, end)
      .filter((sender) => members.includes(sender))
      .map((sender) => sender.name),
  };
};

const instanceId = (router: Router, sender: Sender): string => `${sender.name}/${groupId(router)}`;

const describeInstance = (router: Router, sender: Sender): Instance => ({
  id: instanceId(router, sender),
  node: sender.name,
  name: `VRID ${router.vrid}`,
  group: groupId(router),
  interface: segmentName(router) || '?',
  vrid: router.vrid,
  family: router.family,
  configured: unknown('a capture shows no configuration'),
  running: unknown('a capture shows adverts, not states'),
  sourceAddress: known(sender.src),
  process: 'unknown',
});

/** Names by MAC; a virtual MAC belongs to whoever was master last. */
export const ownersByMac = (
  routers: Iterable<Router>,
  family: Router['family'],
): ReadonlyMap<string, string> => {
  const owners = new Map<string, string>();
  for (const router of routers) {
    if (router.family !== family) continue;
    const block = router.family === 'ipv4' ? '01' : '02';
    const virtual = `00:00:5e:00:${block}:${router.vrid.toString(16).padStart(2, '0')}`;
    if (router.master !== undefined) owners.set(virtual, router.master.name);
    for (const sender of router.senders.values())
      if (sender.srcMac !== undefined && sender.srcMac !== virtual) owners.set(sender.srcMac, sender.name);
  }
  return owners;
};

const describeHolding = (
  { group, vip }: { readonly group: Group; readonly vip: string },
  replayed: Replayed,
  { owners, source }: { readonly owners: ReadonlyMap<string, string>; readonly source: string },
): VipHolding => {
  const { announcers, doubleAnswers } = replayed.history.neighbours;
  const quoteOf = ({ mac, answers, firstAt }: Announcer) => ({
    node: vantage,
    source: `${source}, ${isoText(firstAt)}`,
    quote: `${vip} is-at ${mac} (${answers} ${answers === 1 ? 'answer' : 'answers'})`,
  });
  const macs = new Set([...doubleAnswers.values()].flatMap((one) => (one.vip === vip ? one.macs : [])));
  const answering = [...announcers.values()].filter((one) => one.vip === vip && one.answers > 0);
  const twice = answering.filter((one) => macs.has(one.mac));
  const once = answering.filter((one) => owners.has(one.mac)).slice(-1);
  const shown = twice.length > 1 ? twice : once;
  return {
    group: group.id,
    vrid: group.vrid,
    vip,
    holders: [],
    unread: [],
    arp:
      shown.length === 0
        ? unknown('nobody who advertises answered for it in this capture')
        : known(
            shown.map((one) => ({
              mac: one.mac,
              owner: owners.get(one.mac) ?? 'foreign',
              quote: quoteOf(one),
            })),
          ),
  };
};

const carpOf = (replayed: Replayed, source: string): readonly CarpSender[] =>
  [...replayed.history.carp.values()].map(({ sighting, count, firstAt }) => ({
    heardAt: vantage,
    src: sighting.src,
    srcMac: sighting.srcMac ?? 'unknown',
    vhid: sighting.carp.vhid,
    count,
    quote: {
      node: vantage,
      source: `${source}, ${isoText(firstAt)}`,
      quote: `${sighting.src} > ${sighting.dst}: CARP, vhid ${sighting.carp.vhid}, advbase ${sighting.carp.advBaseSeconds}s, advskew ${sighting.carp.advSkew} (${count} ${count === 1 ? 'advert' : 'adverts'})`,
    },
  }));

/** `source` is what the capture is called in quotations. */
export const modelCapture = (replayed: Replayed, source: string): CaptureModel => {
  const { history, firstAt, lastAt } = replayed;
  const routers = [...history.routers.values()];
  const camps = routers.map((router) => ({ router, camps: campsOf(router) }));
  const groups = camps.map(({ router, camps: [members = []] }) => describeGroup(router, members, lastAt));
  const owners = {
    ipv4: ownersByMac(routers, 'ipv4'),
    ipv6: ownersByMac(routers, 'ipv6'),
  };
  const streams = camps.flatMap(({ router, camps: [members = []] }) =>
    [...router.senders.values()].flatMap((sender) =>
      [...sender.streams.values()].map((stream) =>
        describeStream(stream, {
          sender: members.includes(sender) ? sender.name : 'foreign',
          router,
          source,
        }),
      ),
    ),
  );
  const model: ClusterModel = {
    window: {
      listenedMs: firstAt === undefined || lastAt === undefined ? 0 : Math.max(0, msBetween(firstAt, lastAt)),
      endedBecause: 'end of capture',
    },
    nodes: [],
    groups,
    instances: camps.flatMap(({ router, camps: [members = []] }) =>
      members.map((sender) => describeInstance(router, sender)),
    ),
    adverts: {
      streams,
      carp: carpOf(replayed, source),
      ears: [{ at: vantage, heard: 'yes' }],
    },
    configurations: [],
    ladder: [],
    holders: groups.flatMap((group) =>
      group.vips.map((vip) =>
        describeHolding({ group, vip }, replayed, { owners: owners[group.family], source }),
      ),
    ),
    hosts: [],
    segment: {
      observer: known({ where: source, interface: '?' }),
      igmpQueries: 'unknown',
      igmpReports: 'unknown',
    },
  };
  return { model, routerOf: new Map(routers.map((router) => [groupId(router), router])) };
};
