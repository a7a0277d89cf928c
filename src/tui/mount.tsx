// Puts a screen onto the terminal and takes it away again. Frames are painted on the alternate screen, so that a
// resize leaves no torn frames behind and the scrollback is, afterwards, as it was: what is printed after `unmount`
// stands right below the command line. For a screen reader there are no frames: sentences follow each other.
// This module loads Ink; import it lazily, and only when the terminal is interactive.
import { render, useInput } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import { copySequence } from './clipboard.ts';
import type { TerminalDoor } from './door.ts';
import { keyNames } from './keys.ts';
import { layPaper } from './paper.ts';
import type { Screen } from './screen.ts';
import { createStore, type Store } from './store.ts';
import { themeFor } from './theme.ts';

export interface MountOptions<State, Event, Effect> {
  readonly screen: Screen<State, Event, Effect>;
  readonly initial: State;
  readonly door: TerminalDoor;
  /** Does what the reducer asked for; must not throw. */
  readonly perform: (effect: Effect) => void;
}

export interface Mounted<Event> {
  readonly dispatch: (event: Event) => void;
  /** Hands a text to the terminal's clipboard; `sent` says nothing about whether the terminal took it. */
  readonly copy: (text: string) => 'sent' | 'too-long';
  /** Puts the terminal back as it was. May be called more than once. */
  readonly unmount: () => Promise<void>;
}

const useStore = <State, Event>(store: Store<State, Event>): ReturnType<Store<State, Event>['snapshot']> =>
  useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);

/** Draws nothing; hands keys on. */
const Keys = <State, Event>({ store }: { readonly store: Store<State, Event> }): ReactNode => {
  useInput((input, key) => {
    for (const name of keyNames(input, key)) store.press(name);
  });
  return null;
};

interface RootProps<State, Event, Effect> {
  readonly screen: Screen<State, Event, Effect>;
  readonly store: Store<State, Event>;
}

const Frames = <State, Event, Effect>({ screen, store }: RootProps<State, Event, Effect>): ReactNode => {
  const { state, surroundings } = useStore(store);
  return (
    <>
      <Keys store={store} />
      <screen.View state={state} surroundings={surroundings} />
    </>
  );
};

/** Sentences only ever follow each other: what was said is not taken back, so nothing is read twice. */
const speak = <State, Event, Effect>(
  { screen, store }: RootProps<State, Event, Effect>,
  write: (text: string) => void,
): void => {
  let told: State | undefined;
  const say = (): void => {
    const { state, surroundings } = store.snapshot();
    if (state === told) return;
    for (const sentence of screen.tell(told, state)) write(`${surroundings.theme.safe(sentence)}\n`);
    told = state;
  };
  store.subscribe(say);
  say();
};

export const mountScreen = <State, Event, Effect>({
  screen,
  initial,
  door,
  perform,
}: MountOptions<State, Event, Effect>): Mounted<Event> => {
  const paper = layPaper(door);
  const store = createStore({
    screen,
    initial,
    surroundings: { size: door.size(), theme: themeFor(door) },
    perform,
  });
  const painted = door.reading === 'frames';
  if (!painted) speak({ screen, store }, paper.write);
  const ink = render(painted ? <Frames screen={screen} store={store} /> : <Keys store={store} />, {
    stdout: paper.stream,
    stdin: door.stdin,
    stderr: door.stderr,
    exitOnCtrlC: false,
    patchConsole: false,
    // Every frame whole, as soon as it is made: the store sets the pace, the paper finds what changed.
    debug: true,
  });
  const onResize = (): void => {
    paper.resized();
    store.resize(door.size());
  };
  door.stdout.on('resize', onResize);
  const forgetGone = door.onGone(paper.tear);
  const forgetExit = door.onExit(paper.leave);
  let unmounted: Promise<void> | undefined;
  const unmount = async (): Promise<void> => {
    store.close();
    door.stdout.off('resize', onResize);
    paper.leave();
    const ended = ink.waitUntilExit();
    ink.unmount();
    await ended;
    forgetGone();
    forgetExit();
  };
  return {
    dispatch: store.dispatch,
    copy: (text) => {
      const sequence = copySequence(text, door.multiplexer);
      if (sequence === undefined) return 'too-long';
      paper.write(sequence);
      return 'sent';
    },
    unmount: () => {
      unmounted ??= unmount();
      return unmounted;
    },
  };
};
