// Runs the rules over a model and orders what they say: roots before what they bring about. It knows how causes and
// consequences are linked; what is a fault is the rules' own matter.
import type { ClusterModel, FacetName } from '../cluster/model.ts';
import type { AcceptedFinding, JudgedAcceptance, Tolerance } from '../report/acceptance.ts';
import type { Finding, RuleVerdict, Verdict } from '../report/report.ts';
import { judgeAcceptances, sift } from './acceptance.ts';
import { listing, unreachedNodes } from './members.ts';
import { asEvidence } from './quoting.ts';
import type { FindingDraft, Outcome, Rule, Severity } from './rule.ts';
import { headlineOf, verdictOf } from './verdict.ts';

interface Weighed {
  readonly rule: Rule;
  readonly draft: FindingDraft;
  readonly severity: Severity;
  /** Groups it concerns at this severity; none for a whole host. */
  readonly groups: readonly string[];
}

interface Drafted extends Weighed {
  readonly id: string;
}

const ranks: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

/** The facets a rule asked for, and no others. */
const pickFacets = (model: ClusterModel, needs: readonly FacetName[]): ClusterModel =>
  // The rule's type promises that it reads only what it needs; a test proves it with a proxy.
  Object.fromEntries(needs.map((name) => [name, model[name]])) as unknown as ClusterModel;

/** What was read of the other hosts does not clear one that could not be reached. */
const withoutAbsent = (outcome: Outcome, model: ClusterModel): Outcome => {
  const away = unreachedNodes(model.nodes);
  return outcome.result === 'clear' && outcome.reason === undefined && away.length > 0
    ? {
        result: 'not-evaluated',
        reason: `${listing(away)} could not be reached${away.length < model.nodes.length ? '; nothing was found on the others' : ''}`,
      }
    : outcome;
};

const runRule = (rule: Rule, model: ClusterModel): Outcome => {
  try {
    return withoutAbsent(rule.check(pickFacets(model, rule.needs)), model);
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

/** What is over weighs in full when it accounts for something that is seen now. */
const raised = (all: readonly Drafted[]): readonly Drafted[] =>
  all.map((one) => {
    const { whenItExplains } = one.draft;
    if (whenItExplains === undefined) return one;
    const present = all.some(
      (effect) =>
        effect.draft.whenItExplains === undefined &&
        effect.severity !== 'low' &&
        accountsFor({ ...one, severity: whenItExplains }, effect),
    );
    return present ? { ...one, severity: whenItExplains } : one;
  });

const unique = <T>(items: readonly T[], keyOf: (item: T) => string = String): readonly T[] =>
  items.filter((item, index) => items.findIndex((other) => keyOf(other) === keyOf(item)) === index);

/** What another finding about the same thing adds to what the gravest of them says. */
const addition = (head: FindingDraft, other: FindingDraft): string =>
  other.title === head.title
    ? `The same holds for VRID ${other.subject.vrid ?? '?'}.`
    : `Also${other.subject.vrid === head.subject.vrid ? '' : ` for VRID ${other.subject.vrid ?? '?'}`}: ${other.title}.`;

const asOne = (first: Weighed, ...others: readonly Weighed[]): Weighed => {
  const [head = first, ...rest] = [first, ...others].toSorted(
    (a, b) => ranks[b.severity] - ranks[a.severity],
  );
  if (rest.length === 0) return head;
  const drafts = rest.map((one) => one.draft);
  const [quote, ...quotes] = head.draft.evidence;
  return {
    ...head,
    groups: unique(
      [head, ...rest].filter((one) => one.severity === head.severity).flatMap((one) => one.groups),
    ),
    draft: {
      ...head.draft,
      summary: [head.draft.summary, ...unique(drafts.map((draft) => addition(head.draft, draft)))].join(' '),
      evidence: asEvidence(quote, [...quotes, ...drafts.flatMap((draft) => draft.evidence)]),
      remedy: {
        text: unique([head.draft, ...drafts].map((draft) => draft.remedy.text)).join(' '),
        commands: unique(
          [head.draft, ...drafts].flatMap((draft) => draft.remedy.commands),
          ({ node, command }) => `${node} ${command}`,
        ),
      },
    },
  };
};

const aboutSame = (a: Weighed, b: Weighed): boolean =>
  a.rule === b.rule &&
  a.draft.about !== undefined &&
  a.draft.about === b.draft.about &&
  a.draft.subject.nodes.join() === b.draft.subject.nodes.join();

/** One fault of a host is one finding, however many groups or peers it concerns. */
const joined = (all: readonly Weighed[]): readonly Weighed[] =>
  all.flatMap((one, index) =>
    all.slice(0, index).some((before) => aboutSame(before, one))
      ? []
      : [asOne(one, ...all.slice(index + 1).filter((after) => aboutSame(one, after)))],
  );

/** Equal ids get a running number, in the order the rule gave them. */
const withIds = (drafts: readonly Weighed[]): readonly Drafted[] => {
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
  (cause.groups.length === 0 ||
    effect.groups.length === 0 ||
    cause.groups.some((group) => effect.groups.includes(group))) &&
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
  readonly accepted: readonly AcceptedFinding[];
  readonly acceptances: readonly JudgedAcceptance[];
  readonly verdicts: readonly RuleVerdict[];
  readonly verdict: Verdict;
  readonly headline: string;
}

const nothingAccepted: Tolerance = { acceptances: [], today: '' };

export const judge = (
  model: ClusterModel,
  rules: readonly Rule[],
  tolerance: Tolerance = nothingAccepted,
): Judgement => {
  const outcomes = rules.map((rule) => ({ rule, outcome: runRule(rule, model) }));
  const drafted = raised(
    withIds(
      joined(
        outcomes.flatMap(({ rule, outcome }) =>
          outcome.result === 'found'
            ? outcome.findings.map((draft) => ({
                rule,
                draft,
                severity: draft.severity ?? rule.severity,
                groups: draft.group === undefined ? [] : [draft.group],
              }))
            : [],
        ),
      ),
    ),
  );
  const found = drafted.map((one) => toFinding(one, drafted)).toSorted(byWeight);
  const { findings, accepted } = sift(found, tolerance);
  const verdicts = outcomes.map(
    ({ rule, outcome }): RuleVerdict => ({
      rule: rule.id,
      result: outcome.result,
      ...(outcome.result === 'found' || outcome.reason === undefined ? {} : { reason: outcome.reason }),
    }),
  );
  const verdict = verdictOf(findings, verdicts, model);
  return {
    findings,
    accepted,
    acceptances: judgeAcceptances(found, verdicts, tolerance),
    verdicts,
    verdict,
    headline: headlineOf({ findings, accepted, verdicts, verdict }, model),
  };
};
