// What the cases of a rule look like: situations in which it must fire, in which it must keep silent, and in which
// it must say that it could not judge.
import type { ClusterModel } from '../../src/cluster/model.ts';
import type { Rule, Severity } from '../../src/rules/rule.ts';

export interface FiringCase {
  readonly name: string;
  readonly model: ClusterModel;
  /** Nodes of the findings' subjects, one list for each finding. */
  readonly nodes: readonly (readonly string[])[];
  /** Something one of the quotes says. */
  readonly evidence: RegExp;
  /** Something the first finding's title or summary says. */
  readonly says?: RegExp;
  readonly severity?: Severity;
}

export interface SilentCase {
  readonly name: string;
  readonly model: ClusterModel;
  /** What the reason of the clear verdict says, where one is due. */
  readonly reason?: RegExp;
}

export interface UnjudgedCase {
  readonly name: string;
  readonly model: ClusterModel;
  readonly reason: RegExp;
}

export interface RuleCases {
  readonly rule: Rule;
  /** Empty for innocents only. */
  readonly fires: readonly FiringCase[];
  readonly silent: readonly SilentCase[];
  readonly unjudged?: readonly UnjudgedCase[];
}
