// Who is master of one virtual router, from its adverts in the order they come: changes with what the wire shows as
// their reason, two at once, nobody. It reads as a bystander would, and names no cause that is not on the wire.
import type { TransitionReason } from '../../report/watch.ts';

export interface Sender {
  readonly src: string;
  mac: string | undefined;
  /** Node name, else its address. */
  name: string;
  kind: 'ours' | 'foreign' | 'unidentified';
  lastAtMs: number;
  priority: number;
  intervalMs: number;
  addresses: readonly string[];
  /** When it last resigned; undefined since it spoke again. */
  resignedAtMs: number | undefined;
  /** First advert since it was last silent. */
  sinceMs: number;
  /** Adverts since then. */
  spoken: number;
  /** Counts its times of speaking. */
  tenure: number;
}

interface Rival {
  readonly sender: Sender;
  readonly sinceMs: number;
  readonly masterPriority: number;
  readonly masterLastMs: number;
  own: number;
  masters: number;
  /** Both went on after time enough to hear each other. */
  state: 'pending' | 'overlapping';
}

export interface Mastership {
  readonly senders: Map<string, Sender>;
  master: Sender | undefined;
  /** Undefined while nobody is. */
  masterSinceMs: number | undefined;
  readonly rivals: Map<string, Rival>;
  /** How and when the last master left. */
  left:
    | {
        readonly name: string;
        readonly atMs: number;
        readonly reason: 'priority-0' | 'silence';
        /** Whether it was told that nobody is master. */
        readonly told: 'yes' | 'no';
      }
    | undefined;
}

export interface Change {
  readonly kind: 'change';
  readonly atMs: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: TransitionReason;
  readonly silentMs: number | null;
}
export interface Overlap {
  readonly kind: 'overlap';
  readonly atMs: number;
  readonly state: 'begin' | 'end';
  readonly masters: readonly string[];
}
export type MasterNews = Change | Overlap;

export const createMastership = (): Mastership => ({
  senders: new Map(),
  master: undefined,
  masterSinceMs: undefined,
  rivals: new Map(),
  left: undefined,
});

/** Shorter intervals than the shortest configurable one come from odd packets. */
const shortestIntervalMs = 10;
/** A sender is gone when its next advert is this late. */
const silenceIntervals = 1.5;
/**
 * An election waits three intervals and the skew time (RFC 3768 §6.1, RFC 9568 §6.1); half an interval less leaves room
 * for the clock's and the network's unevenness.
 */
const electionIntervals = 2.5;
/** Master down interval, and its skew of at most one interval more. */
const vacancyIntervals = 4;
/** Ears report through different connections: so much later may the last word of a master come in. */
const latencyMs = 600;
/**
 * Copies of adverts sent before a resignation may come after it from a slower ear. Who resigned comes back as BACKUP
 * and waits for an election, so it cannot be master again so soon.
 */
const staleIntervals = 1.5;
const leastStaleMs = 150;
const mostStaleMs = 500;

const isStale = (sender: Sender, atMs: number): boolean =>
  sender.resignedAtMs !== undefined &&
  atMs <
    sender.resignedAtMs + Math.min(mostStaleMs, Math.max(leastStaleMs, staleIntervals * intervalOf(sender)));
const mostSenders = 16;

const intervalOf = (sender: Sender): number => Math.max(sender.intervalMs, shortestIntervalMs);

const isSilent = (sender: Sender, atMs: number, slackMs = shortestIntervalMs): boolean =>
  atMs - sender.lastAtMs > silenceIntervals * intervalOf(sender) + slackMs;

const isGone = (sender: Sender, atMs: number): boolean =>
  sender.resignedAtMs !== undefined || atMs - sender.lastAtMs >= electionIntervals * intervalOf(sender);

/** Names of those that are master now. */
export const mastersOf = ({ master, rivals }: Mastership): readonly string[] =>
  master === undefined
    ? []
    : [
        master.name,
        ...[...rivals.values()].flatMap((rival) =>
          rival.state === 'overlapping' ? [rival.sender.name] : [],
        ),
      ];

/** The sender, made when new; the one silent longest makes way. Undefined while all places are taken. */
export const senderOf = (
  mastership: Mastership,
  src: string,
  create: () => Sender,
  atMs: number,
): Sender | undefined => {
  const { senders } = mastership;
  const found = senders.get(src);
  if (found !== undefined) return found;
  if (senders.size >= mostSenders) {
    const oldest = [...senders.values()]
      .filter((sender) => sender !== mastership.master && !mastership.rivals.has(sender.src))
      .reduce<Sender | undefined>(
        (least, sender) => (least === undefined || sender.lastAtMs < least.lastAtMs ? sender : least),
        undefined,
      );
    if (oldest === undefined || !isGone(oldest, atMs)) return undefined;
    senders.delete(oldest.src);
  }
  const sender = create();
  senders.set(src, sender);
  return sender;
};

const overlapEnds = (mastership: Mastership, rival: Rival, atMs: number): readonly Overlap[] => {
  const masters = mastersOf(mastership);
  mastership.rivals.delete(rival.sender.src);
  return rival.state === 'overlapping' && mastersOf(mastership).length < 2
    ? [{ kind: 'overlap', atMs, state: 'end', masters }]
    : [];
};

const dismissRivals = (mastership: Mastership, atMs: number): readonly Overlap[] =>
  [...mastership.rivals.values()].flatMap((rival) => overlapEnds(mastership, rival, atMs));

const install = (mastership: Mastership, sender: Sender, change: Omit<Change, 'kind' | 'to'>): Change => {
  mastership.master = sender;
  mastership.masterSinceMs = change.atMs;
  mastership.left = undefined;
  return { kind: 'change', ...change, to: sender.name };
};

/** The rival goes on alone. */
const promote = (mastership: Mastership, rival: Rival, old: Sender, atMs: number): readonly MasterNews[] => {
  const { sender } = rival;
  const overlapped = rival.state === 'overlapping';
  const ended = overlapEnds(mastership, rival, atMs);
  const outranked = sender.priority >= rival.masterPriority && !overlapped;
  return [
    ...ended,
    install(mastership, sender, {
      atMs: overlapped ? atMs : rival.sinceMs,
      from: old.name,
      reason: outranked ? 'outranked' : 'yielded',
      silentMs: overlapped ? null : Math.max(0, rival.sinceMs - rival.masterLastMs),
    }),
  ];
};

const vacate = (
  mastership: Mastership,
  master: Sender,
  left: Omit<NonNullable<Mastership['left']>, 'name'>,
): void => {
  mastership.master = undefined;
  mastership.masterSinceMs = undefined;
  mastership.left = { name: master.name, ...left };
};

const resign = (mastership: Mastership, sender: Sender, atMs: number): readonly MasterNews[] => {
  if (sender.resignedAtMs !== undefined) return [];
  sender.resignedAtMs = atMs;
  sender.lastAtMs = Math.max(sender.lastAtMs, atMs);
  sender.spoken = 0;
  const rival = mastership.rivals.get(sender.src);
  if (rival !== undefined) return overlapEnds(mastership, rival, atMs);
  if (mastership.master !== sender) return [];
  const heir = [...mastership.rivals.values()].find((one) => !isSilent(one.sender, atMs));
  if (heir !== undefined) return promote(mastership, heir, sender, atMs);
  const ended = dismissRivals(mastership, atMs);
  vacate(mastership, sender, { atMs, reason: 'priority-0', told: 'no' });
  return ended;
};

const afterVacancy = (mastership: Mastership, sender: Sender, atMs: number): Change => {
  const { left } = mastership;
  if (left === undefined)
    return install(mastership, sender, { atMs, from: null, reason: 'first-heard', silentMs: null });
  const silentMs = Math.max(0, atMs - left.atMs);
  const same = left.name === sender.name;
  return install(mastership, sender, {
    atMs,
    from: left.told === 'yes' ? null : left.name,
    reason: same ? 'returned' : left.reason,
    silentMs,
  });
};

const masterSpeaks = (mastership: Mastership, atMs: number): readonly MasterNews[] => {
  const news: MasterNews[] = [];
  for (const rival of [...mastership.rivals.values()]) {
    if (isSilent(rival.sender, atMs)) {
      news.push(...overlapEnds(mastership, rival, atMs));
      continue;
    }
    rival.masters += 1;
    news.push(...overlapBegins(mastership, rival, atMs));
  }
  return news;
};

/** A single advert of a rival that then hears the master and yields is how an election goes. */
const overlapBegins = (mastership: Mastership, rival: Rival, atMs: number): readonly Overlap[] => {
  if (rival.state === 'overlapping' || rival.own < 2 || rival.masters < 2) return [];
  rival.state = 'overlapping';
  return [{ kind: 'overlap', atMs, state: 'begin', masters: mastersOf(mastership) }];
};

const rivalSpeaks = (
  mastership: Mastership,
  master: Sender,
  sender: Sender,
  atMs: number,
): readonly MasterNews[] => {
  const rival = mastership.rivals.get(sender.src);
  if (rival === undefined) {
    mastership.rivals.set(sender.src, {
      sender,
      sinceMs: atMs,
      masterPriority: master.priority,
      masterLastMs: master.lastAtMs,
      own: 1,
      masters: 0,
      state: 'pending',
    });
    return [];
  }
  rival.own += 1;
  if (isSilent(master, atMs, latencyMs)) return promote(mastership, rival, master, atMs);
  return overlapBegins(mastership, rival, atMs);
};

/** One advert; the same one from another ear changes nothing. The sender must be of this mastership. */
export const hearMaster = (
  mastership: Mastership,
  sender: Sender,
  advert: { readonly atMs: number; readonly priority: number; readonly intervalMs: number },
): readonly MasterNews[] => {
  const { atMs, priority } = advert;
  if (priority === 0) return resign(mastership, sender, atMs);
  if (isStale(sender, atMs)) return [];
  const gapMs = atMs - sender.lastAtMs;
  const wasGone = sender.spoken === 0 || isGone(sender, atMs);
  sender.intervalMs = advert.intervalMs;
  if (gapMs < intervalOf(sender) / 2 && !wasGone) {
    sender.lastAtMs = Math.max(sender.lastAtMs, atMs);
    return [];
  }
  const { master } = mastership;
  const priorMs = sender.lastAtMs;
  sender.lastAtMs = atMs;
  sender.priority = priority;
  sender.resignedAtMs = undefined;
  sender.spoken += 1;
  if (wasGone && master !== sender) {
    sender.sinceMs = atMs;
    sender.spoken = 1;
    sender.tenure += 1;
  }
  if (master === undefined) {
    // Dead air nobody filled does not begin a new time of the same master.
    return [afterVacancy(mastership, sender, atMs)];
  }
  if (master === sender) return priorMs === atMs ? [] : masterSpeaks(mastership, atMs);
  if (!isGone(master, atMs)) return rivalSpeaks(mastership, master, sender, atMs);
  const rival = mastership.rivals.get(sender.src);
  if (rival !== undefined) return promote(mastership, rival, master, atMs);
  const ended = dismissRivals(mastership, atMs);
  const silentMs = atMs - master.lastAtMs;
  return [...ended, install(mastership, sender, { atMs, from: master.name, reason: 'silence', silentMs })];
};

/** Time passes. `deaf`: nobody listens where this router could be heard, so silence means nothing. */
export const passTime = (
  mastership: Mastership,
  nowMs: number,
  hearing: 'listening' | 'deaf',
): readonly MasterNews[] => {
  const { master } = mastership;
  if (master === undefined || hearing === 'deaf') return [];
  const news: MasterNews[] = [];
  for (const rival of [...mastership.rivals.values()])
    if (isSilent(rival.sender, nowMs, latencyMs)) news.push(...overlapEnds(mastership, rival, nowMs));
  if (isSilent(master, nowMs, latencyMs)) {
    const heir = [...mastership.rivals.values()].find((rival) => rival.own >= 2);
    if (heir !== undefined) return [...news, ...promote(mastership, heir, master, nowMs)];
  }
  if (nowMs - master.lastAtMs > vacancyIntervals * intervalOf(master) + latencyMs) {
    news.push(...dismissRivals(mastership, nowMs));
    const leftMs = master.lastAtMs;
    vacate(mastership, master, { atMs: leftMs, reason: 'silence', told: 'yes' });
    news.push({
      kind: 'change',
      atMs: nowMs,
      from: master.name,
      to: null,
      reason: 'silence',
      silentMs: nowMs - leftMs,
    });
  }
  return news;
};

/** Nobody has spoken for the master down interval after a resignation. */
export const stillVacant = (
  mastership: Mastership,
  nowMs: number,
  intervalMs: number,
): Change | undefined => {
  const { left, master } = mastership;
  if (master !== undefined || left === undefined || left.told === 'yes') return undefined;
  const silentMs = nowMs - left.atMs;
  if (silentMs <= vacancyIntervals * Math.max(intervalMs, shortestIntervalMs) + latencyMs) return undefined;
  mastership.left = { ...left, told: 'yes' };
  return { kind: 'change', atMs: nowMs, from: left.name, to: null, reason: 'priority-0', silentMs };
};
