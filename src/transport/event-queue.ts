// A queue between callbacks that push and a loop that awaits. It never waits on its own, and drops only where it was
// given a bound: then the newest are left out, counted, and the count is told as soon as there is room.
export interface EventQueue<T> extends AsyncIterable<T> {
  push(event: T): void;
  /** No more events; the loop ends after those already pushed. */
  close(): void;
}

export interface QueueBound<T> {
  /** Events that may wait. */
  readonly most: number;
  /** What is told of those that were left out. */
  readonly tellDropped: (count: number) => T;
}

export const createEventQueue = <T>(bound?: QueueBound<T>): EventQueue<T> => {
  const waiting: T[] = [];
  let dropped = 0;
  let wake: (() => void) | undefined;
  let closed = false;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push: (event) => {
      if (bound !== undefined && waiting.length >= bound.most) {
        dropped += 1;
        return;
      }
      waiting.push(event);
      stir();
    },
    close: () => {
      closed = true;
      stir();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (const event of waiting.splice(0)) yield event;
        if (bound !== undefined && dropped > 0) {
          const count = dropped;
          dropped = 0;
          yield bound.tellDropped(count);
        }
        if (waiting.length > 0) continue;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
