// Signals of a failover test: the first one heals, the second one leaves it to the node's own timer and says when that
// fires. It knows the process; healing is elsewhere.
import type { Book } from '../chaos/bench.ts';
import { exitCodes } from './exit-code.ts';
import { NOT_RESTORED } from './failover-result.ts';
import type { FailoverScreen } from './failover-screen.ts';
import type { Interruption } from './questions.ts';
import type { Terminal } from './terminal.ts';

/** Signals this close together are one: a terminal sends Ctrl-C to every process of a chain. */
const SAME_SIGNAL_MS = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Watch extends Interruption {
  readonly follow: (book: Book) => void;
  /** While a screen is shown it says so, and it must be gone before words are written. */
  readonly mind: (screen: Pick<FailoverScreen, 'close'> | undefined) => void;
  readonly release: () => void;
}

export const watchSignals = (terminal: Terminal): Watch => {
  const controller = new AbortController();
  let book: Book | undefined;
  let screen: Pick<FailoverScreen, 'close'> | undefined;
  let firstAtMs = 0;
  const onSignal = (): void => {
    const nowMs = performance.now();
    const armed = book?.armed();
    if (!controller.signal.aborted) {
      firstAtMs = nowMs;
      controller.abort();
      const words =
        armed === undefined ? 'ending' : `healing ${armed.node}; once more leaves it to its own timer`;
      if (screen === undefined) void terminal.err(`vipdoctor: interrupted; ${words}\n`);
      return;
    }
    if (nowMs - firstAtMs <= SAME_SIGNAL_MS) return;
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
  for (const signal of signals) process.on(signal, onSignal);
  // Who can no longer see what happens has left: the same as Ctrl-C.
  const forgetGone = terminal.onGone(() => {
    if (!controller.signal.aborted) onSignal();
  }, 'terminal-or-reader');
  return {
    signal: controller.signal,
    interrupt: onSignal,
    follow: (opened) => {
      book = opened;
    },
    mind: (shown) => {
      screen = shown;
    },
    release: () => {
      forgetGone();
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
};
