// One virtual router while it is watched: its senders and master, the flows of its adverts, how often it changed, who is
// a stranger in it. Bounded. What the nodes say about it is put beside it elsewhere.
import { createHourCount, type HourCount } from './counts.ts';
import type { AdvertFact, Family } from './fact.ts';
import { createFlow, type Flow, type FlowNews, hearInFlow, interruptFlow } from './flow.ts';
import {
  createMastership,
  hearMaster,
  type MasterNews,
  type Mastership,
  type Sender,
  senderOf,
} from './mastership.ts';
import type { RosterGroup } from './roster.ts';

export interface RouterAccount {
  id: string;
  readonly vrid: number;
  readonly family: Family;
  /** Undefined: no node is configured with it. */
  group: RosterGroup | undefined;
  readonly mastership: Mastership;
  readonly flows: Map<string, Flow>;
  readonly changesHour: HourCount;
  changes: number;
  version: number;
  dst: string;
  /** As its last advert carries them. */
  addresses: readonly string[];
  lastHeardMs: number | undefined;
  /** The last moment nobody listened where it could be heard. */
  deafUntilMs: number;
  /** How the present master became one: `seen` or only found there. */
  arrival: 'seen' | 'found';
  /** Whether it was told that it is there. */
  announced: 'yes' | 'no';
  /** Strangers told about, by source address. */
  readonly told: Set<string>;
  /** Adverts of senders beyond what is kept. */
  beyond: number;
}

const mostFlows = 128;

export const createRouter = (
  id: string,
  about: { readonly vrid: number; readonly family: Family; readonly group: RosterGroup | undefined },
): RouterAccount => ({
  id,
  ...about,
  mastership: createMastership(),
  flows: new Map(),
  changesHour: createHourCount(),
  changes: 0,
  version: about.group?.version ?? 0,
  dst: '',
  addresses: [],
  lastHeardMs: undefined,
  deafUntilMs: 0,
  arrival: 'found',
  announced: 'no',
  told: new Set(),
  beyond: 0,
});

const flowOf = (router: RouterAccount, advert: AdvertFact): Flow => {
  const key = `${advert.ear} ${advert.src} ${advert.dst}`;
  const found = router.flows.get(key);
  if (found !== undefined) return found;
  if (router.flows.size >= mostFlows) {
    const [oldest] = [...router.flows].sort(([, a], [, b]) => a.lastAtMs - b.lastAtMs);
    if (oldest !== undefined) router.flows.delete(oldest[0]);
  }
  const flow = createFlow(advert.ear, advert.src, advert.dst);
  router.flows.set(key, flow);
  return flow;
};

export interface Heard {
  readonly sender: Sender;
  readonly newcomer: 'yes' | 'no';
  readonly masters: readonly MasterNews[];
  readonly flow: FlowNews;
}

/** One advert; undefined when there are too many senders already. */
export const hearInRouter = (
  router: RouterAccount,
  advert: AdvertFact,
  who: Pick<Sender, 'name' | 'kind'>,
): Heard | undefined => {
  const intervalMs = advert.intervalMs > 0 ? advert.intervalMs : (router.group?.advertIntervalMs ?? 1000);
  let newcomer: Heard['newcomer'] = 'no';
  const sender = senderOf(
    router.mastership,
    advert.src,
    () => {
      newcomer = 'yes';
      return {
        src: advert.src,
        mac: advert.srcMac,
        ...who,
        lastAtMs: 0,
        priority: advert.priority,
        intervalMs,
        addresses: advert.addresses,
        resignedAtMs: undefined,
        sinceMs: advert.atMs,
        spoken: 0,
        tenure: 0,
      };
    },
    advert.atMs,
  );
  if (sender === undefined) {
    router.beyond += 1;
    return undefined;
  }
  sender.addresses = advert.addresses;
  router.lastHeardMs = Math.max(router.lastHeardMs ?? 0, advert.atMs);
  router.version = advert.version;
  router.dst = advert.dst;
  router.addresses = advert.addresses;
  const { atMs, stampMs, priority } = advert;
  const masters = hearMaster(router.mastership, sender, { atMs, priority, intervalMs });
  const flow = hearInFlow(flowOf(router, advert), {
    stampMs,
    atMs,
    priority,
    intervalMs,
    tenure: sender.tenure,
  });
  return { sender, newcomer, masters, flow };
};

/** The ear did not hear for a while. */
export const interruptEar = (router: RouterAccount, ear: string): void => {
  for (const flow of router.flows.values()) if (flow.ear === ear) interruptFlow(flow);
};
