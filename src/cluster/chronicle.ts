// What was heard in the order of time: for every place that listened, each sender's adverts, what the kernel there
// delivered, who announced a VIP and who answered for it, and what keepalived logged. Every place keeps its own clock;
// nothing here compares two of them, and nothing is judged.
import type { Bundle, Delivery, HeardFrame, Witness } from '../evidence/bundle.ts';
import { isMulticast } from './advert-acceptance.ts';
import { readLogLine } from './logged-event.ts';
import type { ClusterModel, Family } from './model.ts';
import { type Sighting, sightingsOf, type Vantage } from './sightings.ts';

/** Adverts of one sender for one VRID at one place. */
export interface AdvertLane {
  readonly vrid: number;
  readonly family: Family;
  /** Node name, else `foreign` or `unidentified` with its address. */
  readonly sender: string;
  readonly src: string | 'unknown';
  /** `out`: seen leaving this host; `in`: arriving. */
  readonly direction: 'in' | 'out';
  /** Of unicast on the way out: the address it goes to. */
  readonly dst?: string;
  /** In the order they were heard first. */
  readonly priorities: readonly number[];
  /** When each was captured; `unknown` where nothing captured. */
  readonly heardAtNs: readonly bigint[] | 'unknown';
  /** When the kernel delivered each to a raw socket; `unknown` where nobody witnessed or on the way out. */
  readonly deliveredAtNs: readonly bigint[] | 'unknown';
}

/** `announcement`: a gratuitous ARP or unsolicited neighbour advertisement; `answer`: to somebody who asked. */
export interface AddressLane {
  readonly kind: 'announcement' | 'answer';
  readonly vip: string;
  /** Node that owns the MAC, else `foreign`; `unclear` when several of ours have it. */
  readonly by: string;
  readonly mac: string | 'unknown';
  readonly atNs: readonly bigint[];
}

export interface LoggedMoment {
  readonly atNs: bigint;
  readonly text: string;
}

/** One place that listened. */
export interface Listener {
  /** Node name, or `observer`. */
  readonly at: string;
  readonly source: string;
  /** For how long; `unknown` where a recording does not say. */
  readonly listenedMs: number | 'unknown';
  readonly adverts: readonly AdvertLane[];
  readonly addresses: readonly AddressLane[];
  /** What keepalived of this host logged while frames came in. */
  readonly logged: readonly LoggedMoment[];
}

export interface Chronicle {
  readonly listeners: readonly Listener[];
  /** The last things each keepalived logged that matter here, oldest first. */
  readonly history: readonly {
    readonly node: string;
    /** Epoch ms of the node's clock. */
    readonly atMs?: number;
    readonly text: string;
  }[];
}

/** Said often and tells nothing of the history. */
const humdrum: ReadonlySet<string> = new Set([
  'dump-written',
  'command-line',
  'config-file',
  'child-started',
  'startup-complete',
]);

const LAST_LINES_PER_NODE = 8;

const withoutPrefix = (vip: string): string => vip.split('/')[0] ?? vip;

const vantageOf = (at: string, model: ClusterModel, onlyInterface?: string): Vantage => {
  const host = model.hosts.find((one) => one.node === at);
  const links = host?.links.kind === 'known' ? host.links.value : [];
  return {
    at,
    macs: new Set(links.map((link) => link.mac)),
    addresses: new Set(),
    interfaces: new Map(links.map((link) => [link.index, link.name])),
    ...(onlyInterface === undefined ? {} : { onlyInterface }),
  };
};

/** The model has put names to senders already. */
const senderNamesOf = (model: ClusterModel) => {
  const names = new Map(
    model.adverts.streams.map((stream) => [
      `${stream.heardAt} ${stream.src} ${stream.srcMac}`,
      stream.sender,
    ]),
  );
  return (heardAt: string, src: string, mac: string | undefined): string =>
    names.get(`${heardAt} ${src} ${mac ?? 'unknown'}`) ?? 'unidentified';
};

const macOwnersOf = (model: ClusterModel) => {
  const owners = new Map<string, Set<string>>();
  for (const host of model.hosts)
    if (host.links.kind === 'known')
      for (const link of host.links.value)
        owners.set(link.mac, (owners.get(link.mac) ?? new Set()).add(host.node));
  const unread =
    model.hosts.length < model.nodes.length || model.hosts.some((host) => host.links.kind !== 'known');
  return (mac: string | undefined): string => {
    const [first, ...rest] = mac === undefined ? [] : (owners.get(mac) ?? []);
    if (first === undefined) return unread || mac === undefined ? 'unidentified' : 'foreign';
    return rest.length === 0 ? first : 'unclear';
  };
};

type SenderName = ReturnType<typeof senderNamesOf>;

const advertLanesOf = (sightings: readonly Sighting[], nameOf: SenderName): readonly AdvertLane[] => {
  const lanes = new Map<
    string,
    AdvertLane & { readonly heardAtNs: bigint[]; readonly priorities: number[] }
  >();
  for (const { heardAt, direction, atNs, packet } of sightings) {
    const { content, ip, link } = packet;
    if (content.kind !== 'vrrp' || ip === undefined) continue;
    const { vrid, priority } = content.advert;
    const family: Family = ip.version === 4 ? 'ipv4' : 'ipv6';
    const out = direction === 'out' && heardAt !== 'observer';
    const sender = out ? heardAt : nameOf(heardAt, ip.src, link.srcMac);
    const dst = out && !isMulticast(ip.dst) ? { dst: ip.dst } : {};
    const key = JSON.stringify([vrid, family, sender, ip.src, out, dst]);
    const lane = lanes.get(key) ?? {
      vrid,
      family,
      sender,
      src: ip.src,
      direction: out ? ('out' as const) : ('in' as const),
      ...dst,
      priorities: [],
      heardAtNs: [],
      deliveredAtNs: 'unknown' as const,
    };
    lane.heardAtNs.push(atNs);
    if (!lane.priorities.includes(priority)) lane.priorities.push(priority);
    lanes.set(key, lane);
  }
  return [...lanes.values()];
};

const addressLanesOf = (
  sightings: readonly Sighting[],
  vips: ReadonlySet<string>,
  ownerOf: (mac: string | undefined) => string,
): readonly AddressLane[] => {
  const lanes = new Map<string, AddressLane & { readonly atNs: bigint[] }>();
  const note = (
    sighting: Sighting,
    kind: AddressLane['kind'],
    vip: string,
    mac: string | undefined,
  ): void => {
    const out = sighting.direction === 'out' && sighting.heardAt !== 'observer';
    const by = out ? sighting.heardAt : ownerOf(mac);
    const key = JSON.stringify([kind, vip, by, mac]);
    const lane = lanes.get(key) ?? { kind, vip, by, mac: mac ?? ('unknown' as const), atNs: [] };
    lane.atNs.push(sighting.atNs);
    lanes.set(key, lane);
  };
  for (const sighting of sightings) {
    const { content } = sighting.packet;
    if (content.kind === 'arp' && vips.has(content.senderIp)) {
      if (content.gratuitous === 'request' || content.gratuitous === 'reply')
        note(sighting, 'announcement', content.senderIp, content.senderMac);
      else if (content.operation === 2) note(sighting, 'answer', content.senderIp, content.senderMac);
    }
    if (content.kind === 'nd' && content.message === 'advertisement' && vips.has(content.target))
      note(
        sighting,
        content.gratuitous === 'unsolicited' ? 'announcement' : 'answer',
        content.target,
        content.targetMac ?? sighting.packet.link.srcMac,
      );
  }
  return [...lanes.values()];
};

/** Lanes with their deliveries; what was delivered without having been captured gets a lane of its own. */
const withDeliveries = (
  lanes: readonly AdvertLane[],
  witness: Witness,
  nameOf: (src: string) => string,
): readonly AdvertLane[] => {
  if (witness.kind !== 'listened') return lanes;
  const keyOf = (delivery: Delivery): string => `${delivery.family} ${delivery.header[1]} ${delivery.src}`;
  const times = new Map<string, bigint[]>();
  for (const delivery of witness.deliveries)
    times.set(keyOf(delivery), [...(times.get(keyOf(delivery)) ?? []), delivery.atNs]);
  const own = new Set(lanes.filter((lane) => lane.direction === 'out').map((lane) => lane.src));
  const known = new Set<string>();
  const matched = lanes.map((lane): AdvertLane => {
    if (lane.direction === 'out') return lane;
    const key = `${lane.family} ${lane.vrid} ${lane.src}`;
    known.add(key);
    return { ...lane, deliveredAtNs: times.get(key) ?? [] };
  });
  const unheard = new Map(
    witness.deliveries
      .filter((delivery) => !known.has(keyOf(delivery)) && !own.has(delivery.src))
      .map((delivery) => [keyOf(delivery), delivery]),
  );
  return [
    ...matched,
    ...[...unheard].map(
      ([key, delivery]): AdvertLane => ({
        vrid: delivery.header[1] ?? 0,
        family: delivery.family,
        sender: nameOf(delivery.src),
        src: delivery.src,
        direction: 'in',
        priorities: delivery.header[2] === undefined ? [] : [delivery.header[2]],
        heardAtNs: 'unknown',
        deliveredAtNs: times.get(key) ?? [],
      }),
    ),
  ];
};

/** Senders whose adverts are due here and of which none came: their silence is what there is to see. */
const silentLanesOf = (
  node: string,
  lanes: readonly AdvertLane[],
  model: ClusterModel,
  witnessed: boolean,
): readonly AdvertLane[] =>
  model.ladder.flatMap((cell): readonly AdvertLane[] => {
    const family = model.groups.find((group) => group.id === cell.group)?.family ?? 'ipv4';
    const isThere = lanes.some(
      (lane) => lane.sender === cell.from && lane.vrid === cell.vrid && lane.family === family,
    );
    if (cell.to !== node || cell.from === node || cell.due === 'no' || isThere) return [];
    return [
      {
        vrid: cell.vrid,
        family,
        sender: cell.from,
        src: 'unknown',
        direction: 'in',
        priorities: [],
        heardAtNs: [],
        deliveredAtNs: witnessed ? [] : 'unknown',
      },
    ];
  });

const eventsOf = (text: string): boolean => {
  const event = readLogLine(text);
  return event !== undefined && !humdrum.has(event.kind);
};

/** The time stands beside it; what journald and syslog put before the message is left out. */
const messageOf = (line: string): string =>
  line.replace(/^(?:\d+\.\d+ \S+ )?Keepalived(?:_\S+?)?(?:\[\d+\])?: (?=.)/, '');

const linesOf = (node: string, model: ClusterModel) => {
  const log = model.nodes.find((one) => one.name === node)?.log;
  return log?.kind === 'known' ? log.value.filter((line) => eventsOf(line.text)) : [];
};

const spanOf = (frames: readonly HeardFrame[]): readonly [bigint, bigint] | undefined => {
  const first = frames[0];
  const last = frames.at(-1);
  return first === undefined || last === undefined ? undefined : [first.atNs, last.atNs];
};

const loggedDuring = (
  node: string,
  model: ClusterModel,
  span: readonly [bigint, bigint] | undefined,
): readonly LoggedMoment[] =>
  span === undefined
    ? []
    : linesOf(node, model).flatMap(({ atMs, text }) => {
        if (atMs === undefined) return [];
        const atNs = BigInt(Math.round(atMs * 1000)) * 1000n;
        return atNs >= span[0] && atNs <= span[1] ? [{ atNs, text: messageOf(text) }] : [];
      });

export const tellChronicle = (bundle: Bundle, model: ClusterModel): Chronicle => {
  const nameOf = senderNamesOf(model);
  const ownerOf = macOwnersOf(model);
  const vips = new Set(model.groups.flatMap((group) => group.vips.map(withoutPrefix)));
  const nodeOfSource = (src: string): string =>
    model.adverts.streams.find((stream) => stream.src === src)?.sender ??
    model.instances.find((one) => one.sourceAddress.kind === 'known' && one.sourceAddress.value === src)
      ?.node ??
    'unidentified';
  const listeners: Listener[] = [];
  const { observer } = bundle;
  if (observer.kind === 'present' && observer.ear.kind === 'listened') {
    const sightings = sightingsOf(observer.ear.frames, vantageOf('observer', model, observer.interface));
    listeners.push({
      at: 'observer',
      source: `${observer.ear.source} on ${observer.where}, ${observer.interface}`,
      listenedMs: observer.ear.listenedMs ?? 'unknown',
      adverts: advertLanesOf(sightings, nameOf),
      addresses: addressLanesOf(sightings, vips, ownerOf),
      logged: [],
    });
  }
  for (const { node, ear, witness } of bundle.nodes) {
    if (ear.kind === 'deaf' && witness.kind === 'absent') continue;
    const frames = ear.kind === 'listened' ? ear.frames : [];
    const sightings = sightingsOf(frames, vantageOf(node, model));
    const heard = withDeliveries(advertLanesOf(sightings, nameOf), witness, nodeOfSource);
    const silent =
      ear.kind === 'listened' ? silentLanesOf(node, heard, model, witness.kind === 'listened') : [];
    listeners.push({
      at: node,
      source: ear.kind === 'listened' ? ear.source : witness.kind === 'listened' ? witness.source : '',
      listenedMs:
        (ear.kind === 'listened' ? ear.listenedMs : undefined) ??
        (witness.kind === 'listened' ? witness.listenedMs : undefined) ??
        'unknown',
      adverts: [...heard, ...silent],
      addresses: addressLanesOf(sightings, vips, ownerOf),
      logged: loggedDuring(node, model, spanOf(frames)),
    });
  }
  return {
    listeners,
    history: model.nodes.flatMap(({ name }) =>
      linesOf(name, model)
        .slice(-LAST_LINES_PER_NODE)
        .map(({ atMs, text }) => ({
          node: name,
          ...(atMs === undefined ? {} : { atMs }),
          text: messageOf(text),
        })),
    ),
  };
};
