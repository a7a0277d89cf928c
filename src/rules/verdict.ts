// The verdict on the whole and the one sentence that goes with it. It weighs findings that are already linked and
// finds nothing itself.
import type { ClusterModel } from '../cluster/model.ts';
import type { AcceptedFinding } from '../report/acceptance.ts';
import type { Finding, RuleVerdict, Verdict } from '../report/report.ts';
import { listing, unreachedNodes } from './members.ts';

/** Questions without whose answer nobody may call a cluster healthy. */
const essential = [
  'multiple-masters',
  'no-master',
  'vip-held-twice',
  'vip-on-no-node',
  'keepalived-disabled-or-stopped',
] as const;

const worstOf = (findings: readonly Finding[]): Verdict =>
  findings.some((finding) => finding.severity === 'critical')
    ? 'critical'
    : findings.some((finding) => finding.severity === 'high' || finding.severity === 'medium')
      ? 'degraded'
      : 'healthy';

/** Why health cannot be claimed; empty when it can. */
const missingJudgements = (verdicts: readonly RuleVerdict[], model: ClusterModel): readonly string[] => {
  const away = unreachedNodes(model.nodes);
  const stateless = [
    ...new Set(
      model.instances
        .filter((instance) => instance.process !== 'stopped' && instance.running.kind === 'unknown')
        .map((instance) => instance.node),
    ),
  ].filter((node) => !away.includes(node));
  const unanswered = verdicts.filter(
    (verdict) => verdict.result === 'not-evaluated' && essential.some((rule) => rule === verdict.rule),
  );
  return [
    ...(model.nodes.length === 0 ? ['no node was checked'] : []),
    ...(away.length > 0 ? [`${listing(away)} could not be reached`] : []),
    ...(model.groups.length === 0 && away.length < model.nodes.length ? ['no VRRP instance was found'] : []),
    ...(stateless.length > 0 ? [`the state of keepalived on ${listing(stateless)} is not known`] : []),
    ...(model.groups.length > 0 && model.adverts.ears.every((ear) => ear.heard === 'no')
      ? ['nobody could listen to the wire']
      : []),
    ...unanswered.map((verdict) => `${verdict.rule}: ${verdict.reason ?? 'not evaluated'}`),
    ...verdicts
      .filter(
        (verdict) => verdict.reason?.startsWith('the rule failed') === true && !unanswered.includes(verdict),
      )
      .map((verdict) => `${verdict.rule}: ${verdict.reason ?? ''}`),
  ];
};

export const verdictOf = (
  findings: readonly Finding[],
  verdicts: readonly RuleVerdict[],
  model: ClusterModel,
): Verdict => {
  const worst = worstOf(findings);
  return worst === 'healthy' && missingJudgements(verdicts, model).length > 0 ? 'unknown' : worst;
};

const vipOf = (finding: Finding, model: ClusterModel): string => {
  const group = model.groups.find((candidate) => candidate.vrid === finding.subject.vrid);
  // Masters that have no VIP in common share but the VRID.
  const common = finding.rule === 'multiple-masters' ? undefined : group?.vips[0]?.split('/')[0];
  const vip = finding.subject.vip ?? common;
  return vip === undefined ? `VRID ${finding.subject.vrid ?? '?'}` : `VIP ${vip}`;
};

const counts = ['no', 'one', 'two', 'three', 'four', 'five'] as const;
const countOf = (number: number): string => counts[number] ?? String(number);

/** What users see, in the order in which it matters to them. */
const symptoms: readonly {
  readonly rule: string;
  readonly say: (finding: Finding, vip: string) => string;
}[] = [
  {
    rule: 'multiple-masters',
    say: (finding, vip) =>
      `${vip} has ${countOf(finding.subject.nodes.length)} masters, ${listing(finding.subject.nodes)}`,
  },
  { rule: 'no-master', say: (_finding, vip) => `${vip} has no master` },
  {
    rule: 'vip-held-twice',
    say: (finding, vip) =>
      `${vip} is on ${countOf(finding.subject.nodes.length)} nodes, ${listing(finding.subject.nodes)}`,
  },
  { rule: 'vip-on-no-node', say: (_finding, vip) => `${vip} is on no node` },
];

const symptomOf = (root: Finding, findings: readonly Finding[], model: ClusterModel): string | undefined => {
  for (const { rule, say } of symptoms) {
    const seen = findings.find((finding) => finding.rule === rule && finding.causedBy.includes(root.id));
    if (seen !== undefined) return say(seen, vipOf(seen, model));
  }
  return undefined;
};

/** Names of nodes and programs keep their spelling at the start of a sentence. */
const sentence = (text: string): string => {
  const opened = /^(the|no|nothing|some|adverts)\b/.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
  return opened.endsWith('.') ? opened : `${opened}.`;
};

const isSymptom = (finding: Finding): boolean => symptoms.some((symptom) => symptom.rule === finding.rule);

const healthyHeadline = (model: ClusterModel): string => {
  const groups = model.groups.map((group) => {
    const vips = group.vips.map((vip) => vip.split('/')[0] ?? vip);
    const master = group.masters.length === 0 ? 'nobody' : listing(group.masters);
    return `${master} is MASTER of ${vips.length === 0 ? `VRID ${group.vrid}` : listing(vips)}`;
  });
  const nodes = `${model.nodes.length} ${model.nodes.length === 1 ? 'node' : 'nodes'}`;
  return groups.length <= 3
    ? `${listing(groups)}${model.nodes.length === 1 ? '' : `; ${nodes} agree and hear each other`}.`
    : `${model.groups.length} virtual routers on ${nodes}, each with one MASTER.`;
};

/** What was judged so far. */
export interface Weighed {
  readonly findings: readonly Finding[];
  /** Does not count, and is not hidden either. */
  readonly accepted: readonly AcceptedFinding[];
  readonly verdicts: readonly RuleVerdict[];
  readonly verdict: Verdict;
}

/** An accepted fault is no health: what it does to the VIP is said although it does not count. */
const acceptedHeadline = (accepted: readonly AcceptedFinding[], model: ClusterModel): string | undefined => {
  const grave = accepted.filter((finding) => finding.severity !== 'low');
  const [first] = grave;
  if (first === undefined) return undefined;
  const own = symptoms.find((symptom) => symptom.rule === first.rule);
  const known = own === undefined ? symptomOf(first, grave, model) : undefined;
  const title = own === undefined ? first.title : own.say(first, vipOf(first, model));
  const others = grave.filter((one) => one !== first && one.acceptance.through !== first.id).length;
  return sentence(
    [
      `nothing is wrong but what is accepted until ${first.acceptance.expires}`,
      `: ${known === undefined ? title : `${known}: ${title}`}`,
      others === 0 ? '' : `; also ${others} further accepted ${others === 1 ? 'finding' : 'findings'}`,
    ].join(''),
  );
};

export const headlineOf = (
  { findings, accepted, verdicts, verdict }: Weighed,
  model: ClusterModel,
): string => {
  const nothing = accepted.some((finding) => finding.severity !== 'low')
    ? 'Nothing wrong was found beside what is accepted'
    : 'Nothing wrong was found';
  const roots = findings.filter((finding) => finding.cause === 'root' && finding.severity !== 'low');
  const [root] = roots;
  if (root !== undefined) {
    const own = symptoms.find((symptom) => symptom.rule === root.rule);
    const known = own === undefined ? symptomOf(root, findings, model) : undefined;
    const title = own === undefined ? root.title : own.say(root, vipOf(root, model));
    const others = roots.filter((one) => one !== root && !isSymptom(one));
    // With nothing proven, the symptom is said plainly as one without a cause.
    const what = known === undefined ? title : `${known}: ${title}`;
    const tail = isSymptom(root) ? '; no cause could be proven' : '';
    const more =
      others.length === 0
        ? ''
        : `; also ${others.length === 1 ? (others[0]?.title ?? '') : `${others.length} further faults`}`;
    return sentence(`${what}${tail}${more}`);
  }
  if (verdict === 'unknown') {
    const reasons = model.nodes.flatMap((node) =>
      node.contact.kind === 'reached' ? [] : [{ node: node.name, why: node.contact.why }],
    );
    // One reason stands for all: it is usually the same, and each node's own is listed below.
    if (reasons.length > 0 && reasons.length === model.nodes.length)
      return sentence(`No node could be judged: ${reasons[0]?.why ?? ''}`);
    const away = reasons.map(({ node, why }) => `${node} could not be judged (${why.replace(/\.$/, '')})`);
    if (away.length > 0) return sentence(`${nothing}, but ${listing(away)}`);
    const missing = missingJudgements(verdicts, model)[0];
    if (model.groups.length === 0)
      return 'No VRRP instance was found on the nodes, so nothing could be judged.';
    return sentence(
      `${nothing}, but too little could be read to call it healthy${missing === undefined ? '' : `: ${missing}`}`,
    );
  }
  return acceptedHeadline(accepted, model) ?? healthyHeadline(model);
};
