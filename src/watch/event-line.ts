// The line of events between the watch and whoever takes them. Bounded: when nobody takes them, the newest are left
// out and counted.
import type { WatchEvent } from '../report/watch.ts';
import { createEventQueue, type EventQueue } from '../transport/event-queue.ts';

const mostWaiting = 5000;

export const createEventLine = (nowMs: () => number): EventQueue<WatchEvent> =>
  createEventQueue<WatchEvent>({
    most: mostWaiting,
    tellDropped: (count) => ({ kind: 'dropped', at: new Date(nowMs()).toISOString(), count }),
  });
