// What a rule is: one root cause or symptom, the facets it needs, and a pure check. It knows nothing about how
// findings are ordered, linked to each other or shown.
import type { ClusterModel, FacetName, Quote } from '../cluster/model.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';

export interface Remedy {
  readonly text: string;
  readonly commands: readonly { readonly node: string; readonly command: string }[];
}

export interface FindingDraft {
  readonly subject: { readonly nodes: readonly string[]; readonly vrid?: number; readonly vip?: string };
  /** Group the finding is about, for linking causes with consequences; absent for a whole host. */
  readonly group?: string;
  /**
   * The one thing of the host that is at fault, e.g. `firewall in`: findings of a rule about the same thing of the
   * same nodes are one fault, whatever groups it concerns.
   */
  readonly about?: string;
  /** Short, with the node's name: what is wrong. */
  readonly title: string;
  /** One or two sentences: what was seen and what it does. */
  readonly summary: string;
  readonly evidence: readonly [Quote, ...Quote[]];
  readonly remedy: Remedy;
  /** Overrides the rule's severity, e.g. for a fault that waits for the next failover. */
  readonly severity?: Severity;
  /** Severity of something past when it accounts for a finding about the present. */
  readonly whenItExplains?: Severity;
}

export type Outcome =
  | { readonly result: 'clear'; readonly reason?: string }
  | { readonly result: 'found'; readonly findings: readonly [FindingDraft, ...FindingDraft[]] }
  | { readonly result: 'not-evaluated'; readonly reason: string };

export interface Rule<N extends FacetName = FacetName> {
  /** Id of the fault, kebab-case; never changes once published. */
  readonly id: string;
  readonly severity: Severity;
  /** Facets `check` receives; it can see no others. */
  readonly needs: readonly N[];
  /** One line: the fault in words. */
  readonly title: string;
  /** Why it matters, for the rule's page. */
  readonly why: string;
  /** How it is proven: the evidence that decides. */
  readonly proof: string;
  /** The fix in words, for the rule's page. */
  readonly remedy: string;
  /** RFC sections, source files, issues. */
  readonly sources: readonly string[];
  /** Symptoms and lesser faults this one brings about: findings of these rules on the same group become its consequences. */
  readonly explains: readonly string[];
  check(facets: Pick<ClusterModel, N>): Outcome;
}

/** Keeps `needs` and the argument of `check` in step. */
export const defineRule = <N extends FacetName>(rule: Rule<N>): Rule<N> => rule;

export const clear = (reason?: string): Outcome =>
  reason === undefined ? { result: 'clear' } : { result: 'clear', reason };
export const notEvaluated = (reason: string): Outcome => ({ result: 'not-evaluated', reason });
/** `found` when there is at least one draft, else clear. */
export const foundOrClear = (drafts: readonly FindingDraft[], reason?: string): Outcome => {
  const [first, ...rest] = drafts;
  return first === undefined ? clear(reason) : { result: 'found', findings: [first, ...rest] };
};
