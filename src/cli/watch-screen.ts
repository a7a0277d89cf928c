// A watch on the screen of an interactive terminal: it mounts and unmounts, and hands looks to the screen a few times a
// second. A question (password, host key) takes the screen away while it is asked. What is shown is in src/tui/watch.
import type { Prompt } from '../transport/transport.ts';
import type { TerminalDoor } from '../tui/door.ts';
import type { Watch } from '../watch/watch.ts';
import { askOnTerminal, type Floor, type Interruption } from './questions.ts';
import { loadScreen } from './tui-door.ts';

/** The screen itself paints no more often than ten times a second. */
const LOOK_EVERY_MS = 200;

export interface WatchScreen {
  readonly ask: Prompt;
  /** Shows it until it has ended; the terminal is then as it was. */
  readonly show: (watch: Watch) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WatchScreenWishes {
  readonly door: TerminalDoor;
  readonly interruption: Interruption;
  /** What is watched, in words. */
  readonly subject: string;
}

export const openWatchScreen = async ({
  door,
  interruption,
  subject,
}: WatchScreenWishes): Promise<WatchScreen> => {
  const { mountScreen, watchScreen, openingState } = await loadScreen(
    door,
    () => import('../tui/watch/mount.ts'),
  );
  let watch: Watch | undefined;
  const { signal } = interruption;
  const mount = () => {
    const mounted = mountScreen({
      screen: watchScreen,
      initial: openingState(subject),
      door,
      perform: (effect) => {
        if (effect.kind === 'interrupt') interruption.interrupt();
        else if (watch === undefined) interruption.interrupt();
        else watch.stop();
      },
    });
    if (signal.aborted) mounted.dispatch({ kind: 'ending' });
    return mounted;
  };
  let screen: ReturnType<typeof mount> | undefined = mount();
  const look = (): void => {
    if (watch === undefined) return;
    screen?.dispatch({ kind: 'stand', stand: { summary: watch.look(), history: [...watch.history()] } });
  };
  const tellEnding = (): void => screen?.dispatch({ kind: 'ending' });
  signal.addEventListener('abort', tellEnding, { once: true });

  const floor: Floor = {
    take: async () => {
      await screen?.unmount();
      screen = undefined;
    },
    giveBack: () => {
      screen = mount();
      look();
    },
  };
  return {
    ask: askOnTerminal(floor, interruption),
    show: async (shown) => {
      watch = shown;
      look();
      const looking = setInterval(look, LOOK_EVERY_MS);
      try {
        for await (const event of shown.events) if (event.kind === 'ended') break;
      } finally {
        clearInterval(looking);
      }
    },
    close: async () => {
      signal.removeEventListener('abort', tellEnding);
      await screen?.unmount();
      screen = undefined;
    },
  };
};
