// From a judged model to the report: translates facets into the document's own names. It adds no judgement.
import { tellChronicle } from '../cluster/chronicle.ts';
import type { ClusterModel, Group, Instance } from '../cluster/model.ts';
import type { Answer, Bundle } from '../evidence/bundle.ts';
import type { AcceptedFinding, JudgedAcceptance } from './acceptance.ts';
import { composeHistory, composeTimeline } from './compose-timeline.ts';
import type {
  CheckReport,
  Finding,
  ReportCluster,
  ReportNode,
  ReportReach,
  RuleVerdict,
  Verdict,
} from './report.ts';

export interface Judged {
  readonly findings: readonly Finding[];
  readonly accepted: readonly AcceptedFinding[];
  readonly acceptances: readonly JudgedAcceptance[];
  readonly verdicts: readonly RuleVerdict[];
  readonly verdict: Verdict;
  readonly headline: string;
}

const stateOf = (instance: Instance): ReportCluster['members'][number]['state'] => {
  if (instance.process === 'stopped') return 'STOPPED';
  return instance.running.kind === 'known' ? instance.running.value.state : 'UNKNOWN';
};

const composeCluster = (group: Group, model: ClusterModel): ReportCluster => {
  const members = model.instances.filter((instance) => instance.group === group.id);
  const holders = model.holders
    .filter((holding) => holding.group === group.id)
    .flatMap((holding) => holding.holders.map((holder) => holder.node));
  return {
    id: group.id,
    vrid: group.vrid,
    family: group.family,
    version: group.version,
    mode: group.mode,
    vips: group.vips,
    masters: group.masters,
    holders: [...new Set(holders)],
    members: members.map((member) => {
      const configured = member.configured.kind === 'known' ? member.configured.value : undefined;
      const running = member.running.kind === 'known' ? member.running.value : undefined;
      return {
        node: member.node,
        state: stateOf(member),
        priority: running?.basePriority ?? configured?.priority ?? null,
        effectivePriority: running?.effectivePriority ?? null,
        advertIntervalMs: running?.advertIntervalMs ?? configured?.advertIntervalMs ?? null,
        interface: member.interface,
      };
    }),
  };
};

/** `2.2.7`; the banner's date and build stay in the evidence. */
const versionWords = (version: {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}): string => `${version.major}.${version.minor}.${version.patch}`;

const composeNode = (node: ClusterModel['nodes'][number]): ReportNode => {
  const processes = node.processes.kind === 'known' ? node.processes.value : undefined;
  const problem =
    node.contact.kind === 'reached' ? {} : { problem: node.contact.why, nextStep: node.contact.nextStep };
  return {
    name: node.name,
    address: node.address,
    reachable: node.contact.kind === 'reached',
    ...problem,
    keepalived: {
      version: node.version.kind === 'known' ? versionWords(node.version.value) : null,
      running: processes === undefined ? null : processes.length > 0,
      managedBy:
        processes?.[0]?.managedBy ?? (node.unit.kind === 'known' ? node.unit.value.manager : 'unknown'),
    },
  };
};

const count = (value: number | 'unknown'): number | null => (value === 'unknown' ? null : value);

const composeReach = (cell: ClusterModel['ladder'][number]): ReportReach => ({
  vrid: cell.vrid,
  from: cell.from,
  to: cell.to,
  sent: count(cell.sent),
  arrived: count(cell.arrived),
  delivered: count(cell.delivered),
  accepted: cell.accepted === 'unknown' ? null : cell.accepted,
  lostAt: cell.lostAt,
  detail: cell.detail,
});

/** A missing state dump is no gap of its own: the log and the wire tell the state as well. */
const isCutOff = (answer: Answer): boolean =>
  answer.probe !== 'state-dump' && (answer.exit === 'timeout' || answer.truncated === 'yes');

/** What could not be read anywhere, said once per reason with the nodes it concerns. */
const gapsOf = (bundle: Bundle, model: ClusterModel): readonly string[] => {
  const gaps = new Map<string, string[]>();
  const note = (reason: string, node: string): void => {
    gaps.set(reason, [...(gaps.get(reason) ?? []), node]);
  };
  for (const node of model.nodes) {
    if (node.contact.kind !== 'reached') {
      note(node.contact.why, node.name);
      continue;
    }
    if (node.contact.rights === 'none')
      note('no root rights: firewall, captures and state could not be read', node.name);
  }
  for (const node of bundle.nodes) {
    if (node.contact.kind !== 'reached') continue;
    for (const problem of node.problems) note(problem, node.node);
    const cutOff = node.answers.filter(isCutOff).map((answer) => answer.probe);
    if (cutOff.length > 0)
      note(`cut off, because too slow or too long: ${[...new Set(cutOff)].join(', ')}`, node.node);
    if (node.ear.kind === 'deaf') note(`could not listen: ${node.ear.reason}`, node.node);
    else for (const problem of node.ear.problems) note(problem, node.node);
    if (node.witness.kind === 'absent')
      note(`what the kernel delivers is unknown: ${node.witness.reason}`, node.node);
  }
  return [...gaps].map(([reason, nodes]) => `${nodes.join(', ')}: ${reason}`);
};

export const composeReport = (bundle: Bundle, model: ClusterModel, judged: Judged): CheckReport => {
  const chronicle = tellChronicle(bundle, model);
  return {
    schemaVersion: 1,
    kind: 'check',
    tool: bundle.tool,
    startedAt: bundle.startedAt,
    durationMs: bundle.durationMs,
    listening: { ms: bundle.window.listenedMs, endedBecause: bundle.window.endedBecause },
    verdict: judged.verdict,
    headline: judged.headline,
    clusters: model.groups.map((group) => composeCluster(group, model)),
    nodes: model.nodes.map(composeNode),
    reachability: model.ladder.filter((cell) => cell.due === 'yes').map(composeReach),
    findings: judged.findings,
    accepted: judged.accepted,
    ...(judged.acceptances.length === 0 ? {} : { acceptances: judged.acceptances }),
    verdicts: judged.verdicts,
    gaps: gapsOf(bundle, model),
    timeline: composeTimeline(chronicle),
    history: composeHistory(chronicle),
  };
};
