// What a probe is: one question to a node, as shell text to run and a pure reading of what came back. A probe
// never runs anything; all probes of a node travel as one script.
import type { Answer } from '../evidence/bundle.ts';
import type { Reading } from '../evidence/reading.ts';

export type Round = 'before' | 'after';
export type Pace = 'first' | 'quick' | 'late' | 'slow';

export interface ProbePart {
  readonly part: string;
  /**
   * POSIX shell text, run inside a function of the script. It may use what the prelude offers (see prelude.ts):
   * `tell ABOUT COMMAND…` for quick reads, `ask ABOUT COMMAND…` for anything that may hang or flood, `note ABOUT EXIT TEXT`,
   * `have PROGRAM`, `$KA_PID`, `$KA_PARENTS`, `$KA_PIDS`, `$KA_NS`, `$KA_NET`, `$KA_ROOT`. ABOUT may be empty.
   * Nothing in it comes from a node or a user unquoted.
   */
  readonly shell: string;
  /** Asked once before listening, once after it, or both. */
  readonly rounds: readonly Round[];
  /** Order within a round: `first` starts what others wait for, `slow` starts interpreters or reads logs; default `quick`. */
  readonly pace?: Pace;
  /** Upper bound of what is kept of one answer's output, in bytes. */
  readonly limitBytes: number;
  /** After this many seconds a command given to `ask` is cut off. */
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
