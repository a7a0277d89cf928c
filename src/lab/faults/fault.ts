/**
 * What a practice fault is: a value that can be injected on one node and healed again. Its id is the rule that
 * must name it, or `environment-…` when it tries check's own robustness.
 */
import type { Lab } from '../lab.ts';

export interface Place {
  readonly lab: Lab;
  readonly node: string;
  readonly variant: string;
}

export interface Fault {
  readonly id: string;
  readonly describe: string;
  /** The first is the default; never empty. */
  readonly variants: readonly [string, ...string[]];
  /** Where it is injected when the user names no node. */
  readonly at: 'backup' | 'master';
  /** Topologies it makes sense on; absent: all. */
  readonly topologies?: readonly string[];
  /** Returns when its effect can be seen, where it has one. */
  readonly inject: (place: Place) => Promise<void>;
  /** Undoes it; the caller waits until the cluster is healthy. */
  readonly heal: (place: Place) => Promise<void>;
}
