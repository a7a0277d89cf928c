// Adverts that were due and did not come: gathered for a moment, taken back when they were only late.
import type { WatchEvent } from '../../report/watch.ts';
import { aboutOf, type Book, mostOpen, stampOf } from './book.ts';
import type { AdvertFact } from './fact.ts';
import type { RouterAccount } from './router-account.ts';

/** Misses within this time are told as one. */
const missSpanMs = 1000;

const missKey = (router: RouterAccount, advert: AdvertFact, sender: string): string =>
  `${router.id} ${sender} ${advert.ear}`;

/** It was late only; not told unless it has been told already. */
export const forgiveMiss = (book: Book, router: RouterAccount, advert: AdvertFact, sender: string): void => {
  const key = missKey(router, advert, sender);
  const open = book.misses.get(key);
  if (open === undefined) return;
  open.missed -= 1;
  if (open.missed <= 0) book.misses.delete(key);
};

export const noteMiss = (
  book: Book,
  router: RouterAccount,
  advert: AdvertFact,
  sender: string,
  { missed, gapMs }: { readonly missed: number; readonly gapMs: number },
): void => {
  const key = missKey(router, advert, sender);
  const before = book.misses.get(key);
  if (before !== undefined) {
    before.missed += missed;
    before.gapMs = Math.max(before.gapMs, gapMs);
    return;
  }
  if (book.misses.size >= mostOpen) return;
  book.misses.set(key, {
    event: { kind: 'missed', ...aboutOf(router), sender, heardAt: advert.ear },
    atMs: advert.atMs,
    missed,
    gapMs,
  });
};

export const settleMisses = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  for (const [key, { event, atMs, missed, gapMs }] of book.misses)
    if (nowMs - atMs >= missSpanMs) {
      book.misses.delete(key);
      events.push({ ...event, at: stampOf(atMs), missed, gapMs: Math.round(gapMs * 10) / 10 });
    }
  return events;
};
