// One sender of a virtual router: how many adverts, how regular, which kinds, when last. It counts and compares with
// nobody; who is master is the router's matter.
import { copyMoment, type Moment, msBetween } from './moment.ts';
import type { AdvertSighting } from './sighting.ts';
import { addGap, noSpacing, type Spacing } from './spacing.ts';

/** Adverts of one sender that look the same. */
export interface Stream {
  readonly sighting: AdvertSighting;
  count: number;
  readonly firstAt: Moment;
  lastAt: Moment;
  /** Frame numbers. */
  readonly firstFrame: number;
  lastFrame: number;
}

/** One sender towards one destination: unicast masters tell each peer on its own. */
export interface Flow {
  readonly dst: string;
  readonly spacing: Spacing;
  seconds: number;
  nanos: number;
  /** IPv4 identification and checksum of the last advert: a copy of it on another interface has the same. */
  identification: number;
  stored: number;
  /** Whether the last advert belongs to the same tenure as the next may. */
  running: boolean;
}

export interface Sender {
  /** Its address; with the MAC behind it when two hosts use the same. */
  readonly name: string;
  readonly src: string;
  readonly srcMac: string | undefined;
  readonly firstAt: Moment;
  /** Last advert, farewells included. */
  lastAt: Moment;
  lastFrame: number;
  /** Adverts with a priority above 0. */
  adverts: number;
  /** Adverts with priority 0. */
  farewells: number;
  /** Of its newest advert above 0. */
  priority: number;
  intervalMs: number;
  readonly flows: Map<string, Flow>;
  readonly streams: Map<string, Stream>;
}

export const createSender = (name: string, sighting: AdvertSighting, at: Moment): Sender => ({
  name,
  src: sighting.src,
  srcMac: sighting.srcMac,
  firstAt: copyMoment(at),
  lastAt: copyMoment(at),
  lastFrame: 0,
  adverts: 0,
  farewells: 0,
  priority: sighting.advert.priority,
  intervalMs: sighting.advert.intervalMs,
  flows: new Map(),
  streams: new Map(),
});

export const createFlow = (dst: string): Flow => ({
  dst,
  spacing: noSpacing(),
  seconds: 0,
  nanos: 0,
  identification: -1,
  stored: -1,
  running: false,
});

/** Copies of one packet on stacked interfaces follow within microseconds; adverts are at least 10 ms apart. */
const samePacketWithinMs = 4;

export type Arrival = 'copy' | 'in-order' | 'back-in-time';

/** Notes the next advert of a flow; a copy of the last one changes nothing. */
export const continueFlow = (
  flow: Flow,
  at: Moment,
  advert: { readonly identification: number; readonly stored: number; readonly priority: number },
): Arrival => {
  const gapMs = flow.identification === -1 && flow.stored === -1 ? Infinity : msBetween(flow, at);
  if (
    gapMs >= 0 &&
    gapMs < samePacketWithinMs &&
    flow.identification === advert.identification &&
    flow.stored === advert.stored
  )
    return 'copy';
  // A resignation comes when it comes; its distance is no interval.
  if (flow.running && advert.priority > 0 && gapMs >= 0) addGap(flow.spacing, gapMs);
  flow.seconds = at.seconds;
  flow.nanos = at.nanos;
  flow.identification = advert.identification;
  flow.stored = advert.stored;
  return gapMs < 0 ? 'back-in-time' : 'in-order';
};

/** Its silence is no interval: the next advert begins a new tenure. */
export const endTenure = (sender: Sender): void => {
  for (const flow of sender.flows.values()) flow.running = false;
};
