// Signals of a failover test: the first one heals, the second one leaves it to the node's own timer and says when that
// fires. It knows the process; healing is elsewhere.
import type { Book } from '../chaos/bench.ts';
import { exitCodes } from './exit-code.ts';
import { NOT_RESTORED } from './failover-result.ts';
import type { FailoverScreen } from './failover-screen.ts';
import { catchSignals, type WatchedSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';

export interface Watch extends WatchedSignals {
  readonly follow: (book: Book) => void;
  /** While a screen is shown it says so, and it must be gone before words are written. */
  readonly mind: (screen: Pick<FailoverScreen, 'close'> | undefined) => void;
}

export const watchSignals = (terminal: Terminal): Watch => {
  let book: Book | undefined;
  let screen: Pick<FailoverScreen, 'close'> | undefined;
  const tellHealing = (): void => {
    const armed = book?.armed();
    const words =
      armed === undefined ? 'ending' : `healing ${armed.node}; once more leaves it to its own timer`;
    if (screen === undefined) void terminal.err(`vipdoctor: interrupted; ${words}\n`);
  };
  const leaveIt = (): void => {
    const armed = book?.armed();
    const closed = screen?.close() ?? Promise.resolve();
    if (armed === undefined) {
      void closed.finally(() => process.exit(exitCodes.interrupted));
      return;
    }
    const seconds = Math.max(0, Math.ceil((armed.firesAtMs - Date.now()) / 1000));
    const words = `left to ${armed.node}: its own timer heals it within ${seconds} s; then run "vipdoctor recover"`;
    void closed.finally(() => {
      process.stderr.write(`vipdoctor: ${words}\n`, () => process.exit(NOT_RESTORED));
    });
  };
  const caught = catchSignals(tellHealing, leaveIt);
  // Who can no longer see what happens has left: the same as Ctrl-C.
  const forgetGone = terminal.onGone(() => {
    if (!caught.signal.aborted) caught.interrupt();
  }, 'terminal-or-reader');
  return {
    ...caught,
    follow: (opened) => {
      book = opened;
    },
    mind: (shown) => {
      screen = shown;
    },
    release: () => {
      forgetGone();
      caught.release();
    },
  };
};
