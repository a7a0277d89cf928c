// The line of events between the watch and whoever takes them. Bounded: when nobody takes them, the newest are left
// out and counted, and the count is told as soon as there is room.
import type { WatchEvent } from '../report/watch.ts';

export interface EventLine extends AsyncIterable<WatchEvent> {
  push(event: WatchEvent): void;
  /** No more will come. */
  close(): void;
}

const mostWaiting = 5000;

export const createEventLine = (nowMs: () => number): EventLine => {
  const waiting: WatchEvent[] = [];
  let dropped = 0;
  let wake: (() => void) | undefined;
  let closed = false;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push: (event) => {
      if (waiting.length >= mostWaiting) {
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
        if (dropped > 0) {
          const count = dropped;
          dropped = 0;
          yield { kind: 'dropped', at: new Date(nowMs()).toISOString(), count };
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
