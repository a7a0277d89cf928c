// How much something keepalived logged counts now that it is over. Kept in one place: history alone is a remark,
// whatever it was, unless it is seen while the check listens, keeps coming back, or accounts for what is seen now.
import type { Entry } from './logged.ts';
import type { Severity } from './rule.ts';

const hourMs = 3_600_000;

/** Lines closer together than this belong to one occasion: a fault that lasts logs again and again. */
const occasionMs = 30_000;

/** Fewer occasions may be chance, or somebody who tried something out. */
const leastOccasions = 3;

/** Newest line of each occasion, ms ago, oldest first. */
const occasionsOf = (hits: readonly Entry[]): readonly number[] => {
  const ages = hits
    .flatMap(({ agoMs }) => (agoMs !== undefined && agoMs <= hourMs ? [agoMs] : []))
    .toSorted((a, b) => b - a);
  return ages.filter((age, index) => {
    const next = ages[index + 1];
    return next === undefined || age - next >= occasionMs;
  });
};

/** The last gap is no longer than those before it: the next occasion is not overdue. */
const keepsComing = (hits: readonly Entry[]): boolean => {
  const occasions = occasionsOf(hits);
  const newest = occasions.at(-1);
  if (newest === undefined || occasions.length < leastOccasions) return false;
  const gaps = occasions.slice(1).map((age, index) => (occasions[index] ?? age) - age);
  return newest <= Math.max(...gaps);
};

/** Logged since the node was asked, so while the check listened (its clock was read when it was asked first). */
const seenNow = (hits: readonly Entry[]): boolean => hits.some(({ agoMs }) => agoMs === 0);

export interface Weight {
  readonly severity: Severity;
  /** What it weighs when it accounts for something seen now. */
  readonly whenItExplains?: Severity;
}

export const weightOfHistory = (hits: readonly Entry[], severity: Severity): Weight => {
  if (seenNow(hits) || keepsComing(hits)) return { severity };
  const recent = hits.some(({ agoMs }) => agoMs !== undefined && agoMs <= hourMs);
  return recent ? { severity: 'low', whenItExplains: severity } : { severity: 'low' };
};

/** What is logged once and then held back for as long as it lasts (keepalived from 2.3.3 on) has no age. */
export const weightOfOnceLogged = (severity: Severity): Weight => ({
  severity: 'low',
  whenItExplains: severity,
});

/** A flaw that shows on occasion and is still there: the next boot or reload will bring it again. */
export const weightOfFlaw = (hits: readonly Entry[], severity: Severity): Weight => ({
  severity: hits.some(({ agoMs }) => agoMs !== undefined && agoMs <= hourMs) ? severity : 'low',
});
