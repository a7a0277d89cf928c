// The line of events between the watch and whoever takes them. Bounded: when nobody takes them, the newest are left
// out and counted.
import { createEventQueue, type EventQueue } from '../collect/event-queue.ts';
import type { WatchEvent } from '../report/watch.ts';

const mostWaiting = 5000;

export const createEventLine = (nowMs: () => number): EventQueue<WatchEvent> =>
  createEventQueue<WatchEvent>({
    most: mostWaiting,
    tellDropped: (count) => ({ kind: 'dropped', at: new Date(nowMs()).toISOString(), count }),
  });
