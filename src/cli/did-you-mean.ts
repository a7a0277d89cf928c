// The nearest known word to a mistyped one. It knows words, not what they are for.

const distance = (a: string, b: string): number => {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Known words close enough to be meant, nearest first, at most three. */
export const nearest = (word: string, known: readonly string[]): readonly string[] => {
  const asked = word.toLowerCase();
  if (asked === '') return [];
  return known
    .map((candidate) => {
      const apart = distance(asked, candidate);
      const contained = asked.length >= 4 && candidate.includes(asked);
      return {
        candidate,
        apart: contained ? Math.min(apart, 1) : apart,
        limit: Math.max(2, candidate.length / 4),
      };
    })
    .filter(({ apart, limit }) => apart <= limit)
    .sort((a, b) => a.apart - b.apart || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
};

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const candidates = nearest(word, known);
  return candidates.length === 0
    ? ''
    : ` Did you mean ${candidates.map((candidate) => `"${candidate}"`).join(' or ')}?`;
};
