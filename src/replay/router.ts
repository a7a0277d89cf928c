// One virtual router over time: who is its master, when and why that changed, and when two were at once. It reads the
// adverts as a bystander would, who cannot ask anybody: a change is named by what was seen before it. Whether that is
// a fault is judged elsewhere.
import { copyMoment, type Moment, msBetween } from './moment.ts';
import { endTenure, type Sender } from './sender.ts';

export type TransitionReason =
  /** The first sender heard of this router. */
  | 'first-heard'
  /** The old master resigned with priority 0. */
  | 'priority-0'
  /** The old master had been silent for as long as an election waits. */
  | 'timeout'
  /** The old master was outranked and fell silent. */
  | 'higher-priority'
  /** The old master fell silent in favour of a lower priority, or of two masters only one was left. */
  | 'yielded'
  /** The master itself again, after a silence nobody filled. */
  | 'returned';

export interface Transition {
  readonly at: Moment;
  readonly frame: number;
  readonly from: string | undefined;
  /** Undefined when the capture ends with nobody. */
  readonly to: string | undefined;
  readonly priority: number;
  readonly reason: TransitionReason;
  /** From the old master's last advert (a resignation included) to the new one's first. */
  readonly takeoverMs: number | undefined;
}

/** Two senders that both went on, each after hearing time enough to hear the other. */
export interface Overlap {
  readonly senders: readonly [Sender, Sender];
  readonly from: Moment;
  to: Moment;
  readonly firstFrame: number;
  lastFrame: number;
  /** Adverts of each within it. */
  readonly counts: [number, number];
  state: 'ongoing' | 'over';
}

interface Rival {
  readonly sender: Sender;
  readonly since: Moment;
  readonly sinceFrame: number;
  readonly masterPriority: number;
  readonly masterLastAt: Moment;
  own: number;
  masters: number;
  overlap: Overlap | undefined;
}

export interface Router {
  readonly key: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Innermost last; empty when untagged. */
  readonly vlans: readonly number[];
  readonly interfaceId: number;
  readonly budget: Budget;
  readonly senders: Map<string, Sender>;
  readonly transitions: Transition[];
  readonly overlaps: Overlap[];
  /** Beyond what is listed. */
  furtherTransitions: number;
  furtherOverlaps: number;
  master: Sender | undefined;
  /** When the last master resigned without a successor yet. */
  vacantSince: Moment | undefined;
  vacantFrame: number;
  readonly rivals: Map<Sender, Rival>;
  /** Senders beyond the limit, whose adverts are only counted. */
  furtherSenders: number;
}

/** What all routers of a capture may list together. */
export interface Budget {
  transitions: number;
  overlaps: number;
}

export const createBudget = (): Budget => ({ transitions: 20_000, overlaps: 4000 });

export const createRouter = (
  place: Pick<Router, 'key' | 'vrid' | 'family' | 'vlans' | 'interfaceId' | 'budget'>,
): Router => ({
  ...place,
  senders: new Map(),
  transitions: [],
  overlaps: [],
  furtherTransitions: 0,
  furtherOverlaps: 0,
  master: undefined,
  vacantSince: undefined,
  vacantFrame: 0,
  rivals: new Map(),
  furtherSenders: 0,
});

const mostTransitions = 1000;
const mostOverlaps = 200;

/**
 * An election waits three intervals and the skew time (RFC 3768 §6.1, RFC 9568 §6.1); half an interval less leaves
 * room for the clock's and the network's unevenness.
 */
const electionIntervals = 2.5;
/** A sender is gone when its next advert is this late. */
const silenceIntervals = 1.5;
/** Shorter intervals than the shortest configurable one come from odd packets. */
const shortestIntervalMs = 10;

const intervalOf = (sender: Sender): number => Math.max(sender.intervalMs, shortestIntervalMs);

export const isSilent = (sender: Sender, at: Moment): boolean =>
  msBetween(sender.lastAt, at) > silenceIntervals * intervalOf(sender) + shortestIntervalMs;

/** Whether an election would have been held since. */
export const isGone = (sender: Sender, at: Moment): boolean =>
  msBetween(sender.lastAt, at) >= electionIntervals * intervalOf(sender);

const addTransition = (
  router: Router,
  to: Sender,
  found: Pick<Transition, 'at' | 'frame' | 'from' | 'reason' | 'takeoverMs'>,
): void => {
  router.master = to;
  router.vacantSince = undefined;
  if (router.transitions.length >= mostTransitions || router.budget.transitions === 0) {
    router.furtherTransitions += 1;
    return;
  }
  router.budget.transitions -= 1;
  router.transitions.push({
    ...found,
    at: copyMoment(found.at),
    to: to.name,
    priority: to.priority,
  });
};

const closeOverlap = (rival: Rival): void => {
  if (rival.overlap !== undefined) rival.overlap.state = 'over';
};

const dismissRivals = (router: Router): void => {
  for (const rival of router.rivals.values()) closeOverlap(rival);
  router.rivals.clear();
};

/** The rival goes on alone: it is master since its first advert, or since the overlap ended. */
const promote = (router: Router, rival: Rival, old: Sender): void => {
  const outranked = rival.sender.priority >= rival.masterPriority && rival.overlap === undefined;
  closeOverlap(rival);
  router.rivals.delete(rival.sender);
  endTenure(old);
  addTransition(router, rival.sender, {
    at: rival.overlap === undefined ? rival.since : rival.overlap.to,
    frame: rival.overlap === undefined ? rival.sinceFrame : rival.overlap.lastFrame,
    from: old.name,
    reason: outranked ? 'higher-priority' : 'yielded',
    takeoverMs: rival.overlap === undefined ? msBetween(rival.masterLastAt, rival.since) : undefined,
  });
};

const extendOverlap = (router: Router, master: Sender, rival: Rival): void => {
  if (rival.overlap === undefined) {
    rival.overlap = {
      senders: [master, rival.sender],
      from: rival.since,
      to: rival.since,
      firstFrame: rival.sinceFrame,
      lastFrame: rival.sinceFrame,
      counts: [0, 0],
      state: 'ongoing',
    };
    if (router.overlaps.length < mostOverlaps && router.budget.overlaps > 0) {
      router.budget.overlaps -= 1;
      router.overlaps.push(rival.overlap);
    } else router.furtherOverlaps += 1;
  }
  rival.overlap.counts[0] = rival.masters;
  rival.overlap.counts[1] = rival.own;
};

/** It lasts as long as both go on: to the last advert of the one that was heard less lately. */
const touchOverlap = (rival: Rival, other: Sender): void => {
  if (rival.overlap === undefined) return;
  rival.overlap.to = other.lastAt;
  rival.overlap.lastFrame = other.lastFrame;
};

const resign = (router: Router, sender: Sender, at: Moment, frame: number): void => {
  endTenure(sender);
  const rival = router.rivals.get(sender);
  if (rival !== undefined) {
    closeOverlap(rival);
    router.rivals.delete(sender);
  }
  if (router.master !== sender) return;
  const heir = [...router.rivals.values()].find((one) => !isSilent(one.sender, at));
  if (heir !== undefined) promote(router, heir, sender);
  else {
    dismissRivals(router);
    router.master = undefined;
    router.vacantSince = copyMoment(at);
    router.vacantFrame = frame;
  }
};

const masterGoesOn = (router: Router, master: Sender, at: Moment): void => {
  for (const rival of router.rivals.values()) {
    if (isSilent(rival.sender, at)) {
      closeOverlap(rival);
      router.rivals.delete(rival.sender);
      endTenure(rival.sender);
      continue;
    }
    rival.masters += 1;
    // A single advert of a rival that then hears the master and yields is how an election goes.
    if (rival.own >= 2) {
      extendOverlap(router, master, rival);
      touchOverlap(rival, rival.sender);
    }
  }
};

const rivalSpeaks = (router: Router, master: Sender, sender: Sender, at: Moment, frame: number): void => {
  const rival = router.rivals.get(sender);
  if (rival === undefined) {
    router.rivals.set(sender, {
      sender,
      since: copyMoment(at),
      sinceFrame: frame,
      masterPriority: master.priority,
      masterLastAt: copyMoment(master.lastAt),
      own: 1,
      masters: 0,
      overlap: undefined,
    });
    return;
  }
  rival.own += 1;
  if (isSilent(master, at)) {
    promote(router, rival, master);
    return;
  }
  // A last advert of the master may have crossed the rival's first on the wire; a later one did not.
  if (rival.overlap === undefined && msBetween(rival.since, master.lastAt) <= shortestIntervalMs) return;
  extendOverlap(router, master, rival);
  touchOverlap(rival, master);
};

const firstOrNext = (router: Router, sender: Sender, at: Moment, frame: number): void => {
  const before = router.transitions.at(-1);
  const vacant = router.vacantSince;
  addTransition(router, sender, {
    at,
    frame,
    from: vacant === undefined ? undefined : before?.to,
    reason: vacant === undefined ? 'first-heard' : 'priority-0',
    takeoverMs: vacant === undefined ? undefined : msBetween(vacant, at),
  });
};

/** One advert of a sender, in the order of the capture. The sender's own counts are updated by the caller afterwards. */
export const hearAdvert = (
  router: Router,
  sender: Sender,
  advert: { readonly priority: number; readonly at: Moment; readonly frame: number },
): void => {
  const { at, frame, priority } = advert;
  const { master } = router;
  if (priority === 0) {
    resign(router, sender, at, frame);
    return;
  }
  if (master === undefined) {
    firstOrNext(router, sender, at, frame);
    return;
  }
  if (master === sender) {
    if (router.rivals.size > 0) masterGoesOn(router, master, at);
    if (isGone(sender, at)) {
      const takeoverMs = msBetween(sender.lastAt, at);
      endTenure(sender);
      addTransition(router, sender, { at, frame, from: sender.name, reason: 'returned', takeoverMs });
    }
    return;
  }
  if (!isGone(master, at)) {
    rivalSpeaks(router, master, sender, at, frame);
    return;
  }
  const rival = router.rivals.get(sender);
  if (rival !== undefined) {
    promote(router, rival, master);
    return;
  }
  const takeoverMs = msBetween(master.lastAt, at);
  dismissRivals(router);
  endTenure(master);
  addTransition(router, sender, { at, frame, from: master.name, reason: 'timeout', takeoverMs });
};

/** The last master left and the capture ends before another came. */
const noteVacancy = (router: Router, end: Moment): void => {
  const { master, vacantSince, transitions } = router;
  const last = transitions.at(-1);
  if (last === undefined || transitions.length >= mostTransitions) return;
  const found =
    vacantSince !== undefined
      ? ({ at: vacantSince, reason: 'priority-0' } as const)
      : master !== undefined && isGone(master, end)
        ? ({ at: master.lastAt, reason: 'timeout' } as const)
        : undefined;
  if (found !== undefined)
    transitions.push({
      ...found,
      frame: master?.lastFrame ?? router.vacantFrame,
      from: last.to,
      to: undefined,
      priority: 0,
      takeoverMs: undefined,
    });
};

/** No more adverts will come: what is still open is decided by what was heard, up to the capture's last frame. */
export const settleRouter = (router: Router, end: Moment): void => {
  const { master } = router;
  if (master !== undefined)
    for (const rival of [...router.rivals.values()])
      if (router.master === master && rival.own >= 2 && rival.masters === 0) promote(router, rival, master);
  for (const overlap of router.overlaps)
    if (overlap.senders.some((sender) => isSilent(sender, end))) overlap.state = 'over';
  noteVacancy(router, end);
};

/** Who is master when the capture ends: nobody when the last one had fallen silent, two when two went on. */
export const mastersAt = (router: Router, end: Moment | undefined): readonly Sender[] => {
  const { master, overlaps } = router;
  if (master === undefined || end === undefined || isSilent(master, end)) return [];
  const others = overlaps.filter((one) => one.state === 'ongoing').flatMap((one) => one.senders);
  return [...new Set([master, ...others])];
};
