// What a screen is: one pure reducer over everything that comes in, a view of the state, and the same told in
// sentences. It knows no terminal and no React beyond the view's type.
//
//   const door = openDoor({ terminal, color, screenReader })              // src/cli/tui-door.ts; undefined: write text
//   const { mountScreen } = await loadScreen(door, () => import('../tui/mount.tsx'))
//   const screen: Screen<State, Event, Effect> = { reduce, View, tell, isLive }
//   const mounted = mountScreen({ screen, initial, door, perform })
//   mounted.dispatch(event)   // as often as events come; components see the state at most ten times a second
//   await mounted.unmount()   // the terminal is as it was before; now print the text report
//
// - `reduce` gets events, keys (one by one, by name, see keys.ts) and, while `isLive`, a tick every 100 ms; each input
//   carries the time. It answers with the next state and the effects it wants, as data.
// - `perform` does an effect (copy, save, leave) and may dispatch events about it. Leaving is an effect like any other.
// - `View` makes lines (line.ts) and hands them to <Frame> (frame.tsx), which fits them to the terminal.
// - The terminal is in raw mode: Ctrl-C is the key `ctrl-c`, and the reducer must know what it does. Signals and a
//   terminal that vanished (`door.onGone`) are for the command in src/cli, which ends its work and then unmounts.
// - `tell` is what a screen reader hears when the state went from `before` to `after`; empty when nothing is worth it.
import type { FunctionComponent } from 'react';
import type { Size } from './door.ts';
import type { KeyName } from './keys.ts';
import type { Theme } from './theme.ts';

/** Monotonic, ms. */
interface Timed {
  readonly atMs: number;
}

export type Input<Event> =
  | (Timed & { readonly kind: 'event'; readonly event: Event })
  | (Timed & { readonly kind: 'key'; readonly key: KeyName })
  | (Timed & { readonly kind: 'tick' });

/** Where a state is shown; not part of it. */
export interface Surroundings {
  readonly size: Size;
  readonly theme: Theme;
}

export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const stay = <State>(state: State): Step<State, never> => ({ state, effects: [] });

export interface ViewProps<State> {
  readonly state: State;
  readonly surroundings: Surroundings;
}

export interface Screen<State, Event, Effect> {
  readonly reduce: (state: State, input: Input<Event>, surroundings: Surroundings) => Step<State, Effect>;
  readonly View: FunctionComponent<ViewProps<State>>;
  readonly tell: (before: State | undefined, after: State) => readonly string[];
  /** Whether time alone changes what is seen. */
  readonly isLive: (state: State) => boolean;
}
