// Runs the rules over a model and orders what they say: roots before what they bring about. It knows how causes and
// consequences are linked; what is a fault is the rules' own matter.
import type { ClusterModel, FacetName } from '../cluster/model.ts';
import type { Finding, RuleVerdict, Verdict } from '../report/report.ts';
import { listing, unreachedNodes } from './members.ts';
import type { FindingDraft, Outcome, Rule, Severity } from './rule.ts';
import { headlineOf, verdictOf } from './verdict.ts';

interface Drafted {
  readonly id: string;
  readonly rule: Rule;
  readonly draft: FindingDraft;
  readonly severity: Severity;
}

const ranks: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

/** The facets a rule asked for, and no others. */
const pickFacets = (model: ClusterModel, needs: readonly FacetName[]): ClusterModel =>
  // The rule's type promises that it reads only what it needs; a test proves it with a proxy.
  Object.fromEntries(needs.map((name) => [name, model[name]])) as unknown as ClusterModel;

/** What was read of the other hosts does not clear one that could not be reached. */
const withoutAbsent = (rule: Rule, outcome: Outcome, model: ClusterModel): Outcome => {
  const away = unreachedNodes(model.nodes);
  return outcome.result === 'clear' &&
    outcome.reason === undefined &&
    rule.needs.includes('hosts') &&
    away.length > 0
    ? {
        result: 'not-evaluated',
        reason: `${listing(away)} could not be reached${away.length < model.nodes.length ? '; nothing was found on the others' : ''}`,
      }
    : outcome;
};

const runRule = (rule: Rule, model: ClusterModel): Outcome => {
  try {
    return withoutAbsent(rule, rule.check(pickFacets(model, rule.needs)), model);
  } catch (error) {
    // A rule that fails has judged nothing; its message is the reason shown.
    return {
      result: 'not-evaluated',
      reason: `the rule failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
};

const idOf = (rule: Rule, { subject }: FindingDraft): string =>
  [
    rule.id,
    subject.nodes.join('+') || 'cluster',
    ...(subject.vrid === undefined ? [] : [String(subject.vrid)]),
    ...(subject.vip === undefined ? [] : [subject.vip]),
  ].join('/');

/** Equal ids get a running number, in the order the rule gave them. */
const withIds = (drafts: readonly Omit<Drafted, 'id'>[]): readonly Drafted[] => {
  const seen = new Map<string, number>();
  return drafts.map((one) => {
    const id = idOf(one.rule, one.draft);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return { ...one, id: count === 1 ? id : `${id}#${count}` };
  });
};

/**
 * One finding accounts for another when its rule says so, both concern the same group (or one of them a whole
 * host) and a common node, and it is at least as grave: a fault that waits for the next failover has not caused
 * what is seen now.
 */
const accountsFor = (cause: Drafted, effect: Drafted): boolean =>
  cause !== effect &&
  cause.rule.explains.includes(effect.rule.id) &&
  ranks[cause.severity] >= ranks[effect.severity] &&
  (cause.draft.group === undefined ||
    effect.draft.group === undefined ||
    cause.draft.group === effect.draft.group) &&
  cause.draft.subject.nodes.some((node) => effect.draft.subject.nodes.includes(node));

/** Roots a finding goes back to; none for a root. Rules explain each other without circles (a test keeps it so). */
const rootsOf = (
  effect: Drafted,
  all: readonly Drafted[],
  path: readonly Drafted[] = [],
): readonly Drafted[] => {
  const causes = all.filter((cause) => !path.includes(cause) && accountsFor(cause, effect));
  return [
    ...new Set(
      causes.flatMap((cause) => {
        const further = rootsOf(cause, all, [...path, effect]);
        return further.length > 0 ? further : [cause];
      }),
    ),
  ];
};

const toFinding = (one: Drafted, all: readonly Drafted[]): Finding => {
  const roots = rootsOf(one, all);
  return {
    rule: one.rule.id,
    severity: one.severity,
    cause: roots.length > 0 ? 'consequence' : 'root',
    causedBy: roots.map((root) => root.id),
    id: one.id,
    subject: one.draft.subject,
    title: one.draft.title,
    summary: one.draft.summary,
    evidence: one.draft.evidence,
    remedy: one.draft.remedy,
  };
};

const byWeight = (a: Finding, b: Finding): number =>
  (a.cause === b.cause ? 0 : a.cause === 'root' ? -1 : 1) ||
  ranks[b.severity] - ranks[a.severity] ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly verdicts: readonly RuleVerdict[];
  readonly verdict: Verdict;
  readonly headline: string;
}

export const judge = (model: ClusterModel, rules: readonly Rule[]): Judgement => {
  const outcomes = rules.map((rule) => ({ rule, outcome: runRule(rule, model) }));
  const drafted = withIds(
    outcomes.flatMap(({ rule, outcome }) =>
      outcome.result === 'found'
        ? outcome.findings.map((draft) => ({ rule, draft, severity: draft.severity ?? rule.severity }))
        : [],
    ),
  );
  const findings = drafted.map((one) => toFinding(one, drafted)).toSorted(byWeight);
  const verdicts = outcomes.map(
    ({ rule, outcome }): RuleVerdict => ({
      rule: rule.id,
      result: outcome.result,
      ...(outcome.result === 'found' || outcome.reason === undefined ? {} : { reason: outcome.reason }),
    }),
  );
  const verdict = verdictOf(findings, verdicts, model);
  return { findings, verdicts, verdict, headline: headlineOf(findings, verdict, model) };
};
