// What a probe is: one question to a node, as shell text to run and a pure reading of what came back. A probe
// never runs anything; all probes of a node travel as one script.
import type { Answer } from '../evidence/bundle.ts';
import type { Reading } from '../evidence/reading.ts';

export interface ProbePart {
  readonly part: string;
  /**
   * POSIX shell text. It may use what the prelude offers (see script.ts): `$KA_PIDS`, `have PROGRAM`, `ask PART [ABOUT] COMMAND…`.
   * Nothing in it comes from a node or a user unquoted.
   */
  readonly shell: string;
  /** Asked once before listening, once after it, or both. */
  readonly rounds: readonly ('before' | 'after')[];
  /** Upper bound of what is kept of the output, in bytes. */
  readonly limitBytes: number;
  /** After this many seconds the command is cut off. */
  readonly timeoutSeconds: number;
}

export interface Probe<T> {
  readonly id: string;
  /** The question in words, e.g. “which addresses does the node hold?”. */
  readonly asks: string;
  readonly parts: readonly ProbePart[];
  /** Pure; gets this probe's answers of one node only. Never throws. */
  read(answers: readonly Answer[]): Reading<T>;
}
