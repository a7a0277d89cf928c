// When a trial has settled and when it must stop: pure judgements over the adverts heard so far and the state of the
// heartbeats. Times are ms on our own clock, for waiting only; nothing is measured with them.
import type { AdvertHeard } from './recorders.ts';

export interface Watched {
  readonly nowMs: number;
  readonly adverts: readonly AdvertHeard[];
  /** When injecting (or healing) was ordered. */
  readonly sinceMs: number;
  readonly advertIntervalMs: number;
}

/** How long an advert counts as a claim, ms. */
const freshMs = ({ advertIntervalMs }: Pick<Watched, 'advertIntervalMs'>): number =>
  3.5 * advertIntervalMs + 150;

/** Adverts with a priority, of the last few intervals: who claims to be master right now. */
export const claimants = ({ nowMs, adverts, advertIntervalMs }: Watched, least = 2): readonly string[] => {
  const fromMs = nowMs - freshMs({ advertIntervalMs });
  const counts = new Map<string, number>();
  for (let at = adverts.length - 1; at >= 0; at -= 1) {
    const advert = adverts[at];
    if (advert === undefined || advert.heardMs < fromMs) break;
    if (advert.priority > 0) counts.set(advert.src, (counts.get(advert.src) ?? 0) + 1);
  }
  return [...counts].flatMap(([src, count]) => (count >= least ? [src] : []));
};

/** First advert (priority above 0) since then of one that satisfies; undefined while there is none. */
export const firstOf = (
  { adverts, sinceMs }: Watched,
  wanted: (src: string) => boolean,
): AdvertHeard | undefined =>
  adverts.find((advert) => advert.heardMs >= sinceMs && advert.priority > 0 && wanted(advert.src));

/** The one that claims now and is not `old`, since it last took over from anybody: hands may change twice in one fault. */
export const standingOf = (watched: Watched, old: string): AdvertHeard | undefined => {
  const now = claimants(watched).filter((src) => src !== old);
  const since = watched.adverts.filter(
    (advert) => advert.heardMs >= watched.sinceMs && advert.priority > 0 && advert.src !== old,
  );
  const src = since.at(-1)?.src;
  if (src === undefined || !now.includes(src)) return undefined;
  return since[since.findLastIndex((advert) => advert.src !== src) + 1];
};

/** The first advert of the old master after somebody else had taken over. */
export const returnOf = (watched: Watched, old: string): AdvertHeard | undefined => {
  const taken = firstOf(watched, (src) => src !== old);
  return taken === undefined
    ? undefined
    : firstOf({ ...watched, sinceMs: taken.heardMs }, (src) => src === old);
};

export interface StopConditions {
  /** --max-outage-abort. */
  readonly maxOutageMs: number;
  readonly secondSender: 'expected' | 'not-expected';
  /** When the VIP last answered an echo; undefined when nobody asks or it never did. */
  readonly lastReplyMs: number | undefined;
  /** Why the observer cannot be trusted any more. */
  readonly observerLost: string | undefined;
  /** Nodes whose heartbeat stopped although the fault does not cut them off. */
  readonly nodesLost: readonly string[];
}

/**
 * Who claims at the same time as somebody else: twice after the other had begun. Of a change of hands the adverts of
 * both are still fresh, but those of the old master all lie before the first of the new one.
 */
const rivalsIn = (watched: Watched): readonly string[] => {
  const claiming = claimants(watched, 3);
  const fromMs = watched.nowMs - freshMs(watched);
  const fresh = watched.adverts.filter(
    ({ src, heardMs, priority }) => heardMs >= fromMs && priority > 0 && claiming.includes(src),
  );
  return claiming.filter((src) => {
    const other = fresh.find((advert) => advert.src !== src);
    const after = fresh.filter((advert) => advert.src === src && advert.heardMs > (other?.heardMs ?? 0));
    return other !== undefined && after.length >= 2;
  });
};

/** The reason to heal at once, in words; undefined while all goes as planned. */
export const whyStop = (watched: Watched, conditions: StopConditions): string | undefined => {
  const { nowMs, adverts, sinceMs } = watched;
  if (conditions.observerLost !== undefined) return `the observer is lost: ${conditions.observerLost}`;
  if (conditions.nodesLost.length > 0) return `no heartbeat from ${conditions.nodesLost.join(', ')}`;
  const lastAdvertMs = adverts.findLast((advert) => advert.priority > 0)?.heardMs ?? sinceMs;
  if (nowMs - lastAdvertMs > conditions.maxOutageMs)
    return `no master for ${Math.round((nowMs - lastAdvertMs) / 1000)} s (--max-outage-abort)`;
  if (conditions.lastReplyMs !== undefined && nowMs - conditions.lastReplyMs > conditions.maxOutageMs)
    return `the VIP has not answered for ${Math.round((nowMs - conditions.lastReplyMs) / 1000)} s (--max-outage-abort)`;
  const rivals = rivalsIn(watched);
  if (conditions.secondSender === 'not-expected' && rivals.length > 1)
    return `two masters where one was expected: ${rivals.join(' and ')}`;
  return undefined;
};

/** Traffic must have flowed again for so long, ms: a neighbour entry may be put right by the second burst only. */
const flowingMs = 5000;

/** Whether a new master has stood long enough, and the VIP has answered since for long enough. */
export const isQuiet = (
  { nowMs }: Pick<Watched, 'nowMs'>,
  stood: { readonly sinceMs: number; readonly resumedMs: number | undefined; readonly quietMs: number },
): 'yes' | 'no' =>
  nowMs - stood.sinceMs >= stood.quietMs &&
  (stood.resumedMs === undefined || nowMs - stood.resumedMs >= flowingMs)
    ? 'yes'
    : 'no';

/** How long all must be quiet after a takeover: 5 s at least, and past the second burst of gratuitous ARPs. */
export const quietMs = (secondBurstMs: number): number => Math.max(5000, secondBurstMs) + 400;
