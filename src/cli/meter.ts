// One line on stderr that says how far long work has come, where a terminal can show it; it is taken away when the
// work is done. It knows time and the terminal, not the work.
import { escapeLine } from '../report/escape.ts';
import type { Terminal } from './terminal.ts';

export interface Meter {
  /** Words are asked for only when they are shown. */
  readonly show: (words: () => string) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** What ends sooner needs no line. */
const QUIET_MS = 700;
const EVERY_MS = 200;
const wipe = '\r\x1b[K';

export const openMeter = (
  terminal: Terminal,
  when: 'after-a-while' | 'silent',
  nowMs: () => number = () => performance.now(),
): Meter => {
  if (when === 'silent' || terminal.progress === 'plain')
    return { show: async () => undefined, end: async () => undefined };
  let dueMs = nowMs() + QUIET_MS;
  let shown: 'yes' | 'no' = 'no';
  return {
    show: async (words) => {
      const now = nowMs();
      if (now < dueMs) return;
      dueMs = now + EVERY_MS;
      shown = 'yes';
      await terminal.err(`${wipe}${escapeLine(words())}`);
    },
    end: async () => {
      if (shown === 'yes') await terminal.err(wipe);
      shown = 'no';
    },
  };
};
