// What asks the program to end: signals, and a terminal that is gone. The first one asks for an orderly end, another one
// means it. It knows the process; what ends, and in which words, is handed in.
import type { TerminalDoor } from '../tui/door.ts';
import { exitCodes } from './exit-code.ts';
import type { Interruption } from './questions.ts';
import type { Terminal } from './terminal.ts';

/** Signals this close together are one: a terminal sends Ctrl-C to every process of a chain. */
const SAME_SIGNAL_MS = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface WatchedSignals extends Interruption {
  readonly release: () => void;
}

/** `first` runs once, when the end is asked for; `again` whenever somebody insists. */
export const catchSignals = (first: () => void, again: () => void): WatchedSignals => {
  const controller = new AbortController();
  let firstAtMs = 0;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (controller.signal.aborted) {
      if (nowMs - firstAtMs > SAME_SIGNAL_MS) again();
      return;
    }
    firstAtMs = nowMs;
    controller.abort();
    first();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    interrupt: onSignal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
};

/** The first signal, or nobody left to talk to, asks the session to end and clean up; a second signal ends at once. */
export const watchSignals = (
  terminal: Terminal,
  announce = (): void => void terminal.err('vipdoctor: interrupted; ending what runs on the nodes\n'),
): WatchedSignals => {
  const caught = catchSignals(announce, () => process.exit(exitCodes.interrupted));
  const forget = terminal.onGone(caught.interrupt);
  return {
    ...caught,
    release: () => {
      forget();
      caught.release();
    },
  };
};

/** Whether the terminal of a screen is still there; when it goes, the work is asked to end. */
export const mindDoor = (
  door: TerminalDoor,
  { signal, interrupt }: Interruption,
): { readonly isGone: () => boolean; readonly release: () => void } => {
  let gone = false;
  const forget = door.onGone(() => {
    gone = true;
    if (!signal.aborted) interrupt();
  });
  return {
    isGone: () => gone,
    release: () => {
      if (!gone) forget();
    },
  };
};
