// A failover test on the screen of an interactive terminal: the plan and its consent, the events, the end. It mounts and
// unmounts; what is shown is in src/tui/failover, what is printed afterwards is said elsewhere.
import type { FailoverEvent } from '../chaos/events.ts';
import type { PlanView } from '../chaos/plan-view.ts';
import type { FailoverReport } from '../report/failover.ts';
import type { TerminalDoor } from '../tui/door.ts';
import type { Ending } from '../tui/failover/state.ts';
import type { Interruption } from './questions.ts';
import { loadScreen } from './tui-door.ts';

export interface FailoverScreen {
  readonly tell: (event: FailoverEvent) => void;
  /** Shows the plan and waits for the VIP to be typed. */
  readonly ask: (plan: PlanView) => Promise<'given' | 'refused'>;
  /** From here on the run is shown. */
  readonly go: (plan: PlanView) => void;
  /** Shows how it ended until the person leaves. */
  readonly end: (ending: Ending, report?: FailoverReport) => Promise<void>;
  /** Puts the terminal back. May be called more than once. */
  readonly close: () => Promise<void>;
}

export const openFailoverScreen = async (
  door: TerminalDoor,
  interruption: Interruption,
): Promise<FailoverScreen> => {
  const { signal } = interruption;
  const { mountScreen, failoverScreen, emptyState } = await loadScreen(
    door,
    () => import('../tui/failover/mount.ts'),
  );
  let consent: (answer: 'given' | 'refused') => void = () => undefined;
  let leave: () => void = () => undefined;
  const nowMs = performance.now();
  const screen = mountScreen({
    screen: failoverScreen,
    initial: emptyState(nowMs, Date.now() - nowMs),
    door,
    perform: (effect) => {
      switch (effect.kind) {
        case 'consent':
          consent(effect.answer);
          return;
        case 'interrupt':
          interruption.interrupt();
          return;
        case 'leave':
          leave();
          return;
      }
    },
  });
  const onAbort = (): void => {
    screen.dispatch({ kind: 'interrupted' });
    consent('refused');
    leave();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    tell: (event) => screen.dispatch({ kind: 'told', event }),
    ask: async (plan) => {
      if (signal.aborted) return 'refused';
      const answered = new Promise<'given' | 'refused'>((resolve) => {
        consent = resolve;
      });
      screen.dispatch({ kind: 'plan', plan });
      return answered;
    },
    go: (plan) => screen.dispatch({ kind: 'go', plan }),
    end: async (ending, report) => {
      // Who asked for the end wants the terminal back.
      if (signal.aborted) return;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      screen.dispatch({ kind: 'ended', ending, ...(report === undefined ? {} : { report }) });
      await left;
    },
    close: () => {
      signal.removeEventListener('abort', onAbort);
      return screen.unmount();
    },
  };
};
