// What the check screen knows: how far each node is, what is heard, the last report, and where the reader stands in
// it. Plain data; nothing here says how it looks.
import type { CheckReport } from '../../report/report.ts';
import type { SessionEvent } from '../../session.ts';
import type { PromptQuestion } from '../../transport/transport.ts';
import { type Filter, noFilter } from '../entry.ts';
import type { Tone } from '../theme.ts';

export type NodePhase = Extract<SessionEvent, { kind: 'node' }>['phase'];
export type Listening = Extract<SessionEvent, { kind: 'listening' }>;

export interface NodeProgress {
  readonly name: string;
  readonly phase: NodePhase;
  readonly detail: string;
  /** Monotonic, ms. */
  readonly sinceMs: number;
}

/** What the person is typing, and what for. */
export type Entry =
  | { readonly for: 'folder'; readonly text: string }
  | { readonly for: 'answer'; readonly text: string; readonly question: PromptQuestion };

export interface Message {
  readonly tone: Tone;
  readonly text: string;
  /** Shown whole and by itself, so that it can be selected with the mouse. */
  readonly command?: { readonly node: string; readonly command: string };
}

export interface Run {
  readonly phase: 'running' | 'ending' | 'reported';
  /** How often the check was started. */
  readonly number: number;
  /** Monotonic, ms. */
  readonly startedAtMs: number;
  readonly nowMs: number;
}

export interface CheckState {
  /** What is checked, in words: nodes, or a recording. */
  readonly subject: string;
  readonly kind: 'live' | 'recorded';
  /** `--timeout`, ms. */
  readonly askLimitMs: number;
  /** Why a rule matters, by rule. */
  readonly whys: ReadonlyMap<string, string>;
  readonly run: Run;
  readonly nodes: readonly NodeProgress[];
  readonly listening?: Listening;
  /** Of the last run that came to its end. */
  readonly report?: CheckReport;
  readonly view: 'overview' | 'finding' | 'help';
  /** Id of a finding. */
  readonly selected?: string;
  /** Ids of root causes whose consequences are listed. */
  readonly unfolded: ReadonlySet<string>;
  readonly filter: Filter;
  readonly entry?: Entry;
  readonly message?: Message;
  /** First line that is seen, in each view. */
  readonly top: number;
  readonly findingTop: number;
  /** The command that was copied last, so that the next one follows. */
  readonly copied?: { readonly finding: string; readonly at: number };
  /** The part of the overview that was jumped to. */
  readonly section: number;
}

export type CheckEvent =
  | { readonly kind: 'session'; readonly event: SessionEvent }
  /** The check is started (again). */
  | { readonly kind: 'started' }
  /** Who the nodes are and what rules mean is known. */
  | {
      readonly kind: 'prepared';
      readonly subject: string;
      readonly whys: ReadonlyMap<string, string>;
    }
  /** Ctrl-C or a signal: what runs on the nodes is being ended. */
  | { readonly kind: 'ending' }
  | { readonly kind: 'question'; readonly question: PromptQuestion }
  | { readonly kind: 'question-withdrawn' }
  | { readonly kind: 'said'; readonly message: Message };

export type CheckEffect =
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'answer'; readonly text: string | undefined }
  | { readonly kind: 'run-again' }
  | { readonly kind: 'save'; readonly folder: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'leave' };

export interface CheckSubject {
  readonly subject: string;
  readonly kind: CheckState['kind'];
  readonly askLimitMs: number;
}

export const openingState = (subject: CheckSubject): CheckState => ({
  ...subject,
  whys: new Map(),
  run: { phase: 'running', number: 0, startedAtMs: 0, nowMs: 0 },
  nodes: [],
  view: 'overview',
  unfolded: new Set(),
  filter: noFilter,
  top: 0,
  findingTop: 0,
  section: 0,
});
