// What ARP and neighbour discovery say about VIPs: who announces them, who answers for them, and when two answer the
// same question. It knows which addresses are VIPs because adverts name them; it does not know who a MAC belongs to.
import { copyMoment, type Moment, msBetween } from './moment.ts';
import type { NeighbourSighting } from './sighting.ts';

export interface Announcer {
  readonly vip: string;
  readonly mac: string;
  /** Gratuitous ARP, or unsolicited neighbour advertisements. */
  announcements: number;
  /** Answers to somebody who asked. */
  answers: number;
  readonly firstAt: Moment;
  lastAt: Moment;
}

/** Two MACs that answered one asker within a second. */
export interface DoubleAnswer {
  readonly vip: string;
  readonly macs: readonly [string, string];
  count: number;
  readonly firstAt: Moment;
  readonly firstFrame: number;
}

export interface AnnouncementEvent {
  readonly vip: string;
  readonly mac: string;
  readonly at: Moment;
}

export interface Neighbours {
  hear(
    sighting: NeighbourSighting,
    vip: string,
    place: { readonly at: Moment; readonly frame: number },
  ): void;
  readonly announcers: ReadonlyMap<string, Announcer>;
  readonly doubleAnswers: ReadonlyMap<string, DoubleAnswer>;
  readonly events: readonly AnnouncementEvent[];
}

const mostAnnouncers = 2000;
const mostEvents = 5000;
const mostAskers = 10_000;
/** Answers to one question follow each other at once; later ones may lie on either side of a failover. */
const sameQuestionMs = 1000;

/** The VIP a message is about, out of those known; undefined when it is about none. */
export const vipConcerned = (
  sighting: NeighbourSighting,
  isVip: (address: string) => boolean,
): string | undefined => {
  const candidates =
    sighting.kind === 'arp'
      ? [sighting.arp.senderIp, sighting.arp.targetIp]
      : [sighting.nd.target, sighting.src];
  return candidates.find(isVip);
};

interface Claim {
  readonly kind: 'announcement' | 'answer';
  readonly mac: string;
  /** Who asked, for an answer. */
  readonly asker: string;
}

/** What a message says about who holds the VIP; undefined for questions. */
const claimOf = (sighting: NeighbourSighting, vip: string): Claim | undefined => {
  if (sighting.kind === 'arp') {
    const { senderIp, senderMac, gratuitous, operation, targetIp } = sighting.arp;
    if (senderIp !== vip) return undefined;
    if (gratuitous === 'request' || gratuitous === 'reply')
      return { kind: 'announcement', mac: senderMac, asker: '' };
    return operation === 2 ? { kind: 'answer', mac: senderMac, asker: targetIp } : undefined;
  }
  const { message, target, targetMac, gratuitous } = sighting.nd;
  if (message !== 'advertisement' || target !== vip) return undefined;
  return {
    kind: gratuitous === 'unsolicited' ? 'announcement' : 'answer',
    mac: targetMac ?? sighting.srcMac ?? 'unknown',
    asker: sighting.dst,
  };
};

export const createNeighbours = (): Neighbours => {
  const announcers = new Map<string, Announcer>();
  const doubleAnswers = new Map<string, DoubleAnswer>();
  const events: AnnouncementEvent[] = [];
  const lastAnswers = new Map<string, { mac: string; at: Moment }>();

  const compareAnswers = (vip: string, { mac, asker }: Claim, at: Moment, frame: number): void => {
    const question = `${vip} ${asker}`;
    const before = lastAnswers.get(question);
    if (lastAnswers.size >= mostAskers) lastAnswers.clear();
    lastAnswers.set(question, { mac, at: copyMoment(at) });
    if (before === undefined || before.mac === mac) return;
    const gapMs = msBetween(before.at, at);
    if (gapMs < 0 || gapMs > sameQuestionMs) return;
    const [first, second] = before.mac < mac ? [before.mac, mac] : [mac, before.mac];
    const key = `${vip} ${first} ${second}`;
    const known = doubleAnswers.get(key);
    if (known !== undefined) known.count += 1;
    else if (doubleAnswers.size < mostAnnouncers)
      doubleAnswers.set(key, {
        vip,
        macs: [first, second],
        count: 1,
        firstAt: copyMoment(at),
        firstFrame: frame,
      });
  };

  return {
    announcers,
    doubleAnswers,
    events,
    hear: (sighting, vip, { at, frame }) => {
      const claim = claimOf(sighting, vip);
      if (claim === undefined) return;
      const key = `${vip} ${claim.mac}`;
      let announcer = announcers.get(key);
      if (announcer === undefined) {
        announcer = {
          vip,
          mac: claim.mac,
          announcements: 0,
          answers: 0,
          firstAt: copyMoment(at),
          lastAt: at,
        };
        if (announcers.size < mostAnnouncers) announcers.set(key, announcer);
      }
      announcer.lastAt = copyMoment(at);
      if (claim.kind === 'announcement') {
        announcer.announcements += 1;
        if (events.length < mostEvents) events.push({ vip, mac: claim.mac, at: copyMoment(at) });
      } else {
        announcer.answers += 1;
        compareAnswers(vip, claim, at, frame);
      }
    },
  };
};
