// Where a host's clock stands against ours, from stamps it sends: the least delay seen lately is taken for none. So the
// times of several hosts can be put in one order, as far as that goes; nothing is measured with it.

export interface HostClock {
  /** Both in ms: the host's stamp of something just now, and when it reached us. */
  note(stampMs: number, receivedMs: number): void;
  /** On our clock; the stamp as it is while nothing was noted. */
  ours(stampMs: number): number;
}

const spanMs = 20_000;

export const createHostClock = (): HostClock => {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let before = Number.POSITIVE_INFINITY;
  let now = Number.POSITIVE_INFINITY;
  return {
    note: (stampMs, receivedMs) => {
      if (receivedMs - sinceMs > spanMs) {
        before = now;
        now = Number.POSITIVE_INFINITY;
        sinceMs = receivedMs;
      }
      now = Math.min(now, receivedMs - stampMs);
    },
    ours: (stampMs) => {
      const offset = Math.min(before, now);
      return Number.isFinite(offset) ? stampMs + offset : stampMs;
    },
  };
};

/** For this machine itself. */
export const ownClock: HostClock = { note: () => undefined, ours: (stampMs) => stampMs };
