// Everything a capture showed, in bounded memory: virtual routers with their senders over time, CARP, who announced
// and answered for VIPs, problems met while decoding. It collects; words and judgements are elsewhere.
import { copyMoment, type Moment } from './moment.ts';
import { createNeighbours, type Neighbours } from './neighbours.ts';
import { createBudget, createRouter, hearAdvert, type Router, settleRouter } from './router.ts';
import { continueFlow, createFlow, createSender, type Flow, type Sender, type Stream } from './sender.ts';
import type { AdvertSighting, CarpSighting, NeighbourSighting, Sighting } from './sighting.ts';

export interface CarpSender {
  readonly sighting: CarpSighting;
  count: number;
  readonly firstAt: Moment;
  lastAt: Moment;
}

export interface ProblemCount {
  readonly layer: string;
  readonly code: string;
  /** Of the first one. */
  readonly text: string;
  readonly firstFrame: number;
  count: number;
}

/** Where a frame stands in the capture. */
export interface FramePosition {
  readonly frame: number;
  readonly at: Moment;
  /** IPv4 identification; -1 where there is none. */
  readonly identification: number;
}

/** Where the next advert that looks the same is counted; found once for all of them. */
export interface AdvertAccount {
  readonly router: Router;
  readonly sender: Sender;
  readonly flow: Flow;
  readonly stream: Stream;
}

export interface History {
  readonly routers: ReadonlyMap<string, Router>;
  readonly carp: ReadonlyMap<string, CarpSender>;
  readonly neighbours: Neighbours;
  readonly problems: ReadonlyMap<string, ProblemCount>;
  readonly vips: ReadonlySet<string>;
  /** Changes when an address becomes a VIP. */
  vipEdition(): number;
  /** Adverts beyond what memory may hold apart, by what there was too much of. */
  readonly beyond: { routers: number; senders: number; streams: number; carp: number };
  /** Frames earlier than the one before them, of the same flow. */
  clockSteps(): number;
  openAccount(sighting: AdvertSighting, place: FramePosition): AdvertAccount | undefined;
  countAdvert(account: AdvertAccount, priority: number, place: FramePosition): void;
  countCarp(sighting: CarpSighting, place: FramePosition): void;
  countNeighbour(sighting: NeighbourSighting, vip: string, place: FramePosition): void;
  noteProblems(sighting: Sighting, frame: number): void;
  learnVips(addresses: Iterable<string>): void;
  /** The capture ended with a frame at this moment. */
  settle(end: Moment): void;
}

/** Per virtual router: senders; per sender: streams; streams of all senders together; the rest per capture. */
const most = { routers: 1024, senders: 64, streams: 64, allStreams: 2000, carp: 1024, vips: 20_000 } as const;

/** Only these say who is master. */
export const isElectoral = ({ advert }: AdvertSighting): boolean =>
  advert.type === 1 && (advert.version === 2 || advert.version === 3);

const streamKey = ({ advert, auth, dst, ttl, direction }: AdvertSighting): string =>
  `${dst} ${ttl} ${direction ?? ''} ${advert.version} ${advert.priority} ${advert.intervalMs} ${advert.checksum.verdict} ${
    auth.type
  } ${auth.type === 'PASS' ? auth.fingerprint : ''} ${advert.addresses.join(' ')}`;

/** So few that looking at each is quicker than making a key. */
const fewSenders = 8;

/** Equal for equal streams; others may share it. */
const markOf = ({ advert }: AdvertSighting): number => {
  const { addresses, priority, version, intervalMs } = advert;
  let mark = (priority * 31 + version) * 31 + intervalMs + addresses.length * 65_599;
  const last = addresses.at(-1) ?? '';
  for (let at = 0; at < last.length; at++) mark = Math.imul(mark, 31) + last.charCodeAt(at);
  return mark;
};

export const createHistory = (): History => {
  const routers = new Map<string, Router>();
  const carp = new Map<string, CarpSender>();
  const neighbours = createNeighbours();
  const problems = new Map<string, ProblemCount>();
  const vips = new Set<string>();
  const beyond = { routers: 0, senders: 0, streams: 0, carp: 0 };
  const budget = createBudget();
  let clockSteps = 0;
  let streamCount = 0;

  /** Numbers of the streams there are: what is not among them is no known stream, told without making its key. */
  const streamMarks = new Set<number>();
  /** Routers of untagged frames by number; the key of others is a text. */
  const untagged = new Map<number, Router>();

  const learnVips = (addresses: Iterable<string>): void => {
    if (vips.size >= most.vips) return;
    for (const address of addresses) if (vips.size < most.vips) vips.add(address);
  };

  const routerFor = (sighting: AdvertSighting): Router | undefined => {
    const { family, vlans, interfaceId, advert } = sighting;
    const number =
      vlans.length === 0 ? (interfaceId * 2 + (family === 'ipv4' ? 0 : 1)) * 256 + advert.vrid : -1;
    const untaggedOne = untagged.get(number);
    if (untaggedOne !== undefined) return untaggedOne;
    const key = `${advert.vrid}/${family}/${vlans.join('.')}/${interfaceId}`;
    const known = routers.get(key);
    if (known !== undefined || routers.size >= most.routers) return known;
    const router = createRouter({ key, vrid: advert.vrid, family, vlans, interfaceId, budget });
    routers.set(key, router);
    if (number >= 0) untagged.set(number, router);
    return router;
  };

  const senderFor = (router: Router, sighting: AdvertSighting, at: Moment): Sender | undefined => {
    const { src, srcMac } = sighting;
    if (router.senders.size <= fewSenders)
      for (const sender of router.senders.values())
        if (sender.src === src && sender.srcMac === srcMac) return sender;
    const key = `${sighting.src} ${sighting.srcMac ?? ''}`;
    const known = router.senders.get(key);
    if (known !== undefined || router.senders.size >= most.senders) return known;
    const isTaken = [...router.senders.values()].some((other) => other.src === sighting.src);
    const name =
      isTaken && sighting.srcMac !== undefined ? `${sighting.src} (${sighting.srcMac})` : sighting.src;
    const sender = createSender(name, sighting, at);
    router.senders.set(key, sender);
    return sender;
  };

  const streamFor = (
    sender: Sender,
    sighting: AdvertSighting,
    { at, frame }: FramePosition,
  ): Stream | undefined => {
    const mark = markOf(sighting);
    if (streamCount >= most.allStreams && !streamMarks.has(mark)) return undefined;
    const key = streamKey(sighting);
    const known = sender.streams.get(key);
    if (known !== undefined) return known;
    if (sender.streams.size >= most.streams || streamCount >= most.allStreams) return undefined;
    streamCount += 1;
    const moment = copyMoment(at);
    const stream: Stream = {
      sighting,
      count: 0,
      firstAt: moment,
      lastAt: moment,
      firstFrame: frame,
      lastFrame: frame,
    };
    sender.streams.set(key, stream);
    streamMarks.add(mark);
    return stream;
  };

  const flowFor = (sender: Sender, dst: string): Flow => {
    const known = sender.flows.get(dst);
    if (known !== undefined) return known;
    const flow = createFlow(dst);
    // Beyond the limit a flow is not remembered, so its intervals are not measured.
    if (sender.flows.size < most.streams) sender.flows.set(dst, flow);
    return flow;
  };

  return {
    routers,
    carp,
    neighbours,
    problems,
    vips,
    beyond,
    learnVips,
    vipEdition: () => vips.size,
    clockSteps: () => clockSteps,

    openAccount: (sighting, place) => {
      if (!isElectoral(sighting)) return undefined;
      learnVips(sighting.advert.addresses);
      const router = routerFor(sighting);
      if (router === undefined) {
        beyond.routers += 1;
        return undefined;
      }
      const sender = senderFor(router, sighting, place.at);
      if (sender === undefined) {
        beyond.senders += 1;
        return undefined;
      }
      const stream = streamFor(sender, sighting, place);
      if (stream === undefined) {
        beyond.streams += 1;
        return undefined;
      }
      return { router, sender, flow: flowFor(sender, sighting.dst), stream };
    },

    countAdvert: ({ router, sender, flow, stream }, priority, place) => {
      const { advert } = stream.sighting;
      const arrival = continueFlow(flow, place.at, {
        identification: place.identification,
        stored: advert.checksum.stored,
        priority,
      });
      if (arrival === 'copy') return;
      if (arrival === 'back-in-time') clockSteps += 1;
      if (priority > 0) {
        sender.adverts += 1;
        sender.priority = priority;
        sender.intervalMs = advert.intervalMs;
      } else sender.farewells += 1;
      hearAdvert(router, sender, { priority, at: place.at, frame: place.frame });
      flow.running = priority > 0;
      const at = copyMoment(place.at);
      sender.lastAt = at;
      sender.lastFrame = place.frame;
      stream.lastAt = at;
      stream.lastFrame = place.frame;
      stream.count += 1;
    },

    countCarp: (sighting, { at }) => {
      const key = `${sighting.carp.vhid} ${sighting.src}`;
      const known = carp.get(key);
      if (known !== undefined) {
        known.count += 1;
        known.lastAt = copyMoment(at);
      } else if (carp.size < most.carp)
        carp.set(key, { sighting, count: 1, firstAt: copyMoment(at), lastAt: copyMoment(at) });
      else beyond.carp += 1;
    },

    countNeighbour: (sighting, vip, { at, frame }) => neighbours.hear(sighting, vip, { at, frame }),

    noteProblems: (sighting, frame) => {
      for (const { layer, code, text } of sighting.problems) {
        const key = `${layer} ${code}`;
        const known = problems.get(key);
        if (known !== undefined) known.count += 1;
        else problems.set(key, { layer, code, text, firstFrame: frame, count: 1 });
      }
    },

    settle: (end) => {
      for (const router of routers.values()) settleRouter(router, end);
    },
  };
};
