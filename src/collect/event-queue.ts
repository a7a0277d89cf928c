// A queue between callbacks that push and a loop that awaits. It never drops and never waits on its own.
export interface EventQueue<T> extends AsyncIterable<T> {
  push(event: T): void;
  /** No more events; the loop ends after those already pushed. */
  close(): void;
}

export const createEventQueue = <T>(): EventQueue<T> => {
  const waiting: T[] = [];
  let wake: (() => void) | undefined;
  let closed = false;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push: (event) => {
      waiting.push(event);
      stir();
    },
    close: () => {
      closed = true;
      stir();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
