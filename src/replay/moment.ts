// Times of a capture as whole seconds and nanoseconds: exact, and without a big number for every frame. It knows how
// they are subtracted and written down, not which clock they come from.

export interface Moment {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;
}

export const copyMoment = ({ seconds, nanos }: Moment): Moment => ({ seconds, nanos });

/** Milliseconds from one moment to a later one; negative when it is an earlier one. */
export const msBetween = (from: Moment, to: Moment): number =>
  (to.seconds - from.seconds) * 1000 + (to.nanos - from.nanos) / 1_000_000;

export const nsOf = ({ seconds, nanos }: Moment): bigint =>
  BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(nanos);

/** Nanoseconds since 1970 in digits. */
export const nsText = (moment: Moment): string => {
  const { seconds, nanos } = moment;
  return seconds > 0 && Number.isSafeInteger(seconds)
    ? `${seconds}${String(nanos).padStart(9, '0')}`
    : String(nsOf(moment));
};

/** Farther from 1970 a date has no spelling everybody reads. */
const lastDatedSecond = 253_402_300_799;

/** ISO 8601 in UTC with microseconds: finer than any host's clock is right. */
export const isoText = (moment: Moment): string => {
  const { seconds, nanos } = moment;
  if (seconds < 0 || seconds > lastDatedSecond) return `${nsText(moment)} ns`;
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return new Date(seconds * 1000).toISOString().replace(/\.000Z$/, `.${micros}Z`);
};
