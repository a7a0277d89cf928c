// The store: every input is reduced, whoever looks is told ten times a second at most, and at once after a key.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Input, stay } from '../../src/tui/screen.ts';
import { createStore } from '../../src/tui/store.ts';
import { themeFor } from '../../src/tui/theme.ts';

interface Counted {
  readonly adverts: number;
  readonly ticks: number;
  readonly keys: string;
}

const surroundings = {
  size: { columns: 80, rows: 24 },
  theme: themeFor({ charset: 'utf8', color: 'none' }),
};

const openCounter = (isLive: boolean, effects: string[] = []) =>
  createStore<Counted, 'advert', string>({
    screen: {
      reduce: (state, input: Input<'advert'>) => {
        if (input.kind === 'event') return stay({ ...state, adverts: state.adverts + 1 });
        if (input.kind === 'tick') return stay({ ...state, ticks: state.ticks + 1 });
        return { state: { ...state, keys: state.keys + input.key }, effects: [`did ${input.key}`] };
      },
      isLive: () => isLive,
    },
    initial: { adverts: 0, ticks: 0, keys: '' },
    surroundings,
    perform: (effect) => effects.push(effect),
  });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells of a thousand adverts in a second no more than ten times', () => {
  const store = openCounter(false);
  let told = 0;
  store.subscribe(() => {
    told += 1;
  });
  for (let at = 0; at < 1000; at += 1) {
    store.dispatch('advert');
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(100);
  expect(store.snapshot().state.adverts).toBe(1000);
  expect(told).toBeGreaterThanOrEqual(9);
  expect(told).toBeLessThanOrEqual(11);
  store.close();
});

it('tells of a key at once, with everything that came before', () => {
  const effects: string[] = [];
  const store = openCounter(false, effects);
  store.dispatch('advert');
  vi.advanceTimersByTime(1000);
  store.dispatch('advert');
  expect(store.snapshot().state.adverts).toBe(1);
  store.press('c');
  expect(store.snapshot().state).toEqual({ adverts: 2, ticks: 0, keys: 'c' });
  expect(effects).toEqual(['did c']);
  store.close();
});

it('lets time pass only for a live screen, and not after it was closed', () => {
  const live = openCounter(true);
  vi.advanceTimersByTime(1000);
  expect(live.snapshot().state.ticks).toBeGreaterThanOrEqual(9);
  const ticks = live.snapshot().state.ticks;
  live.close();
  vi.advanceTimersByTime(1000);
  live.dispatch('advert');
  expect(live.snapshot().state).toEqual({ adverts: 0, ticks, keys: '' });
  const still = openCounter(false);
  expect(vi.getTimerCount()).toBe(0);
  still.close();
});

it('keeps the same snapshot while nothing changed, and knows a new size', () => {
  const store = openCounter(false);
  const before = store.snapshot();
  expect(store.snapshot()).toBe(before);
  store.resize({ columns: 40, rows: 10 });
  expect(store.snapshot().surroundings.size).toEqual({ columns: 40, rows: 10 });
  store.close();
});
