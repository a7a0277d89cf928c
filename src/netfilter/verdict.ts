/**
 * What a rule can do to a packet, whichever syntax it is written in. Shared by the nft and the xtables evaluators
 * and the walker; knows no rule.
 */
import type { World } from './world.ts';

export type Verdict =
  | { readonly kind: 'next' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject' }
  /** Handed to a program (queue) that decides. */
  | { readonly kind: 'userspace' }
  /** Something that may drop but that is not evaluated. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly target: string }
  | { readonly kind: 'goto'; readonly target: string };

export interface Outcome {
  readonly world: World;
  readonly verdict: Verdict;
  readonly matched: 'yes' | 'no';
  /** Why this course had to be assumed. */
  readonly doubts: readonly string[];
}
