// How long to wait before trying again: longer each time, up to a limit, never in step with others, and from the start
// once it has worked for a while. And waiting that ends when there is nothing more to wait for.

export interface Patience {
  /** The next pause, ms. */
  next(): number;
  /** It worked for so long, ms. */
  worked(forMs: number): void;
}

export interface PatienceWishes {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** What has worked for so long begins anew with the shortest pause. */
const provenMs = 10_000;

export const createPatience = ({ firstMs, mostMs }: PatienceWishes): Patience => {
  let pauseMs = firstMs;
  return {
    next: () => {
      const thisMs = pauseMs;
      pauseMs = Math.min(mostMs, pauseMs * 2);
      return Math.round(thisMs * (0.8 + Math.random() * 0.4));
    },
    worked: (forMs) => {
      if (forMs >= provenMs) pauseMs = firstMs;
    },
  };
};

/** Resolves after the time, or at once when aborted. */
export const waitFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
