// Several trials as one answer: minimum, median, maximum, and an interval for the median read off the ordered values
// themselves. No distribution is assumed: the phase of the injection makes takeover times uniform, not normal.

export interface Spread {
  readonly n: number;
  /** Of these, how many are lower bounds: it was not over when the watching ended. */
  readonly atLeast: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** Covers the median of all such failovers with this confidence. */
  readonly interval: { readonly low: number; readonly high: number; readonly confidence: number };
  /** In order. */
  readonly values: readonly number[];
}

/** What is asked of an interval where there are enough trials: six at least. */
const wantedConfidence = 0.95;

/**
 * Between the k-th smallest and the k-th largest of n values lies the median with probability
 * 1 − 2 Σ_{i<k} C(n, i) / 2ⁿ.
 */
export const medianConfidence = (n: number, k: number): number => {
  // In logarithms: 2⁻ⁿ is below the smallest number there is from some thousand trials on.
  let logTerm = -n * Math.LN2;
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += Math.exp(logTerm);
    logTerm += Math.log(n - i) - Math.log(i + 1);
  }
  return Math.max(0, 1 - 2 * below);
};

/** The narrowest order-statistic interval that still has the confidence wanted; the widest where none has. */
export const medianRank = (n: number): { readonly k: number; readonly confidence: number } => {
  let k = 1;
  while (k < Math.floor(n / 2) && medianConfidence(n, k + 1) >= wantedConfidence) k += 1;
  return { k, confidence: medianConfidence(n, k) };
};

export const spreadOf = (
  figures: readonly { readonly value: number; readonly bound: 'exact' | 'at-least' }[],
): Spread | undefined => {
  const values = figures.map((figure) => figure.value).sort((a, b) => a - b);
  const n = values.length;
  const [min] = values;
  const max = values.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const lower = values[Math.floor((n - 1) / 2)] ?? min;
  const upper = values[Math.floor(n / 2)] ?? max;
  const { k, confidence } = medianRank(n);
  return {
    n,
    atLeast: figures.filter((figure) => figure.bound === 'at-least').length,
    min,
    median: (lower + upper) / 2,
    max,
    interval: { low: values[k - 1] ?? min, high: values[n - k] ?? max, confidence },
    values,
  };
};
