// How regularly something happens: count, shortest, mean and longest distance, and their standard deviation, in one
// pass and constant memory. It does not know what happens.

export interface Spacing {
  count: number;
  minMs: number;
  maxMs: number;
  meanMs: number;
  /** Sum of squared differences from the mean (Welford). */
  squares: number;
}

export const noSpacing = (): Spacing => ({ count: 0, minMs: Infinity, maxMs: 0, meanMs: 0, squares: 0 });

export const addGap = (spacing: Spacing, gapMs: number): void => {
  spacing.count += 1;
  if (gapMs < spacing.minMs) spacing.minMs = gapMs;
  if (gapMs > spacing.maxMs) spacing.maxMs = gapMs;
  const off = gapMs - spacing.meanMs;
  spacing.meanMs += off / spacing.count;
  spacing.squares += off * (gapMs - spacing.meanMs);
};

/** Both together, as if all gaps had been added to one. */
export const mergeSpacing = (a: Spacing, b: Spacing): Spacing => {
  const count = a.count + b.count;
  if (count === 0) return noSpacing();
  const off = b.meanMs - a.meanMs;
  return {
    count,
    minMs: Math.min(a.minMs, b.minMs),
    maxMs: Math.max(a.maxMs, b.maxMs),
    meanMs: a.meanMs + (off * b.count) / count,
    squares: a.squares + b.squares + (off * off * a.count * b.count) / count,
  };
};

export const jitterMs = ({ count, squares }: Spacing): number => (count < 2 ? 0 : Math.sqrt(squares / count));
