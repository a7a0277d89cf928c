// The state of a mounted screen. Every input is reduced at once; whoever looks is told at most ten times a second,
// but at once after a key. It knows time and reducers, not what is shown.
import type { Size } from './door.ts';
import type { KeyName } from './keys.ts';
import type { Input, Screen, Surroundings } from './screen.ts';

/** Components are told of a new state no more often than this, ms. */
export const TELL_EVERY_MS = 100;

/** What components pull: the same object until something changed. */
export interface Snapshot<State> {
  readonly state: State;
  readonly surroundings: Surroundings;
}

export interface Store<State, Event> {
  readonly dispatch: (event: Event) => void;
  readonly press: (key: KeyName) => void;
  readonly resize: (size: Size) => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => Snapshot<State>;
  /** No more ticks, nobody is told any more. */
  readonly close: () => void;
}

export interface StoreOptions<State, Event, Effect> {
  readonly screen: Pick<Screen<State, Event, Effect>, 'reduce' | 'isLive'>;
  readonly initial: State;
  readonly surroundings: Surroundings;
  readonly perform: (effect: Effect) => void;
  /** Monotonic, ms. */
  readonly now?: () => number;
}

export const createStore = <State, Event, Effect>({
  screen,
  initial,
  surroundings: first,
  perform,
  now = () => performance.now(),
}: StoreOptions<State, Event, Effect>): Store<State, Event> => {
  const listeners = new Set<() => void>();
  let state = initial;
  let surroundings = first;
  let seen: Snapshot<State> = { state, surroundings };
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    toldAtMs = now();
    if (seen.state !== state || seen.surroundings !== surroundings) {
      seen = { state, surroundings };
      for (const listener of listeners) listener();
    }
    wait();
  };
  const wait = (): void => {
    if (timer !== undefined || closed) return;
    if (seen.state === state && seen.surroundings === surroundings && !screen.isLive(state)) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (screen.isLive(state)) reduce({ kind: 'tick', atMs: now() });
        tell();
      },
      Math.max(0, toldAtMs + TELL_EVERY_MS - now()),
    );
  };
  const reduce = (input: Input<Event>): void => {
    if (closed) return;
    const step = screen.reduce(state, input, surroundings);
    state = step.state;
    for (const effect of step.effects) perform(effect);
  };
  wait();
  return {
    dispatch: (event) => {
      reduce({ kind: 'event', event, atMs: now() });
      wait();
    },
    press: (key) => {
      reduce({ kind: 'key', key, atMs: now() });
      if (!closed) tell();
    },
    resize: (size) => {
      surroundings = { ...surroundings, size };
      if (!closed) tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => seen,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
};
