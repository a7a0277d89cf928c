// Counting what happens within the last hour, and remembering the latest of something, both in memory that does not
// grow. It does not know what is counted.

const minuteMs = 60_000;
const minutes = 60;

export interface HourCount {
  add(atMs: number, howMany?: number): void;
  /** In the sixty minutes up to now. */
  within(nowMs: number): number;
}

/** One cell a minute: what is an hour old leaves a minute at a time. */
export const createHourCount = (): HourCount => {
  const cells = new Float64Array(minutes);
  const minuteOf = new Float64Array(minutes).fill(-1);
  return {
    add: (atMs, howMany = 1) => {
      const minute = Math.floor(atMs / minuteMs);
      const cell = minute % minutes;
      if (minuteOf[cell] !== minute) {
        minuteOf[cell] = minute;
        cells[cell] = 0;
      }
      cells[cell] = (cells[cell] ?? 0) + howMany;
    },
    within: (nowMs) => {
      const newest = Math.floor(nowMs / minuteMs);
      let sum = 0;
      for (let cell = 0; cell < minutes; cell += 1)
        if ((minuteOf[cell] ?? -1) > newest - minutes) sum += cells[cell] ?? 0;
      return Math.max(0, sum);
    },
  };
};

/** Keeps the newest `most`; the oldest make way. */
export interface Latest<T> {
  push(item: T): void;
  /** Oldest first. */
  list(): readonly T[];
}

export const createLatest = <T>(most: number): Latest<T> => {
  const items: T[] = [];
  return {
    push: (item) => {
      items.push(item);
      if (items.length > most) items.shift();
    },
    list: () => items,
  };
};
