// The order in which a report is told: root causes with what they bring about, what was cleared, what could not be
// judged, and how far adverts climbed. It knows the report and words for it, not how a format looks.
import type {
  CheckReport,
  Finding,
  ReportCluster,
  ReportNode,
  ReportReach,
  RuleVerdict,
  Severity,
} from './report.ts';

export interface Cause {
  readonly finding: Finding;
  /** Findings that would go away with this one. */
  readonly consequences: readonly Finding[];
}

export interface Story {
  readonly causes: readonly Cause[];
  /** Consequences whose root is not in the report. */
  readonly stray: readonly Finding[];
  readonly cleared: readonly string[];
  /** What operators like to blame and what was read instead. */
  readonly innocent: readonly RuleVerdict[];
  readonly unjudged: readonly { readonly reason: string; readonly rules: readonly string[] }[];
}

/** What operators like to blame; never a cause, so not knowing about them leaves nothing open. */
const innocents: ReadonlySet<string> = new Set([
  'icmp-echo-ignore-broadcasts',
  'multicast-route-missing',
  'udp-ignored-multi',
]);

/** A verdict that could have been a fault and was not given. */
export const leavesOpen = (verdict: RuleVerdict): boolean =>
  verdict.result === 'not-evaluated' && !innocents.has(verdict.rule);

export const severityRank = (severity: Severity): number =>
  ({ critical: 3, high: 2, medium: 1, low: 0 })[severity];

const rootsOf = (finding: Finding, byId: ReadonlyMap<string, Finding>): ReadonlySet<string> => {
  const roots = new Set<string>();
  const seen = new Set<string>();
  const open = [...finding.causedBy];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const cause = byId.get(id);
    if (cause?.cause === 'root') roots.add(id);
    else if (cause !== undefined) open.push(...cause.causedBy);
  }
  return roots;
};

export const tellStory = (report: CheckReport): Story => {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const consequences = report.findings
    .filter((finding) => finding.cause === 'consequence')
    .map((finding) => ({ finding, roots: rootsOf(finding, byId) }));
  const causes = report.findings
    .filter((finding) => finding.cause === 'root')
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity))
    .map((finding) => ({
      finding,
      consequences: consequences.filter(({ roots }) => roots.has(finding.id)).map((entry) => entry.finding),
    }));
  const clear = report.verdicts.filter((verdict) => verdict.result === 'clear');
  const byReason = new Map<string, string[]>();
  for (const verdict of report.verdicts) {
    if (!leavesOpen(verdict)) continue;
    const reason = verdict.reason ?? 'no reason was given';
    byReason.set(reason, [...(byReason.get(reason) ?? []), verdict.rule]);
  }
  return {
    causes,
    stray: consequences.filter(({ roots }) => roots.size === 0).map((entry) => entry.finding),
    cleared: clear.filter((verdict) => !innocents.has(verdict.rule)).map((verdict) => verdict.rule),
    innocent: clear.filter((verdict) => innocents.has(verdict.rule)),
    unjudged: [...byReason].map(([reason, rules]) => ({ reason, rules })),
  };
};

export type Rung = 'reached' | 'missed' | 'unknown';

const counted = (count: number | null): Rung =>
  count === null ? 'unknown' : count > 0 ? 'reached' : 'missed';

/**
 * Sent, arrived, delivered, accepted. A daemon that puts an advert aside for its lower priority has accepted it; what
 * did not reach a rung cannot have reached the next.
 */
export const rungsOf = (reach: ReportReach): readonly [Rung, Rung, Rung, Rung] => {
  const above = (below: Rung, own: Rung): Rung => (below === 'missed' && own === 'unknown' ? 'missed' : own);
  const sent = counted(reach.sent);
  const arrived = above(sent, counted(reach.arrived));
  const delivered = above(arrived, counted(reach.delivered));
  const decided = reach.accepted === null ? 'unknown' : reach.accepted === 'no' ? 'missed' : 'reached';
  return [sent, arrived, delivered, above(delivered, decided)];
};

/** A backup sends nothing, so nothing could be lost. */
export const isSilent = (reach: ReportReach): boolean =>
  reach.lostAt === null && (reach.sent === 0 || reach.sent === null) && !reach.arrived && !reach.delivered;

export const fateOf = (reach: ReportReach): { readonly short: string; readonly long: string } => {
  switch (reach.lostAt) {
    case 'sender':
      return { short: 'not sent', long: 'never left the sender' };
    case 'network':
      return { short: 'network', long: 'lost in the network' };
    case 'receiver-kernel':
      return { short: 'kernel', long: "stopped in the receiver's kernel" };
    case 'daemon':
      return { short: 'refused', long: 'refused by keepalived' };
    case 'unknown':
      return { short: 'lost', long: 'lost, the place is not known' };
    case null:
      break;
  }
  if (isSilent(reach)) return { short: 'silent', long: 'nothing sent' };
  if (reach.accepted === 'yes') return { short: 'accepted', long: 'accepted' };
  if (reach.accepted === 'refused-lower-priority')
    return { short: 'outranked', long: 'heard, put aside for its lower priority' };
  if ((reach.delivered ?? 0) > 0) return { short: 'delivered', long: 'delivered' };
  return { short: 'unknown', long: 'not known' };
};

export interface Ladder {
  readonly vrid: number;
  readonly senders: readonly string[];
  readonly receivers: readonly string[];
  readonly cells: readonly ReportReach[];
  readonly lost: readonly ReportReach[];
}

/** One ladder for each VRID that somebody sends on or should; receivers in the order of the nodes. */
export const laddersOf = (report: CheckReport): readonly Ladder[] => {
  const order = new Map(report.nodes.map((node, at) => [node.name, at]));
  const rank = (name: string): number => order.get(name) ?? order.size;
  const inOrder = (names: Iterable<string>): readonly string[] =>
    [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [...new Set(report.reachability.map((reach) => reach.vrid))].flatMap((vrid) => {
    const all = report.reachability.filter((reach) => reach.vrid === vrid);
    const cells = all.filter((reach) => !isSilent(reach));
    const senders = inOrder(cells.map((reach) => reach.from));
    if (senders.length === 0) return [];
    const receivers = inOrder([...all.map((reach) => reach.to), ...senders]);
    return [{ vrid, senders, receivers, cells, lost: cells.filter((reach) => reach.lostAt !== null) }];
  });
};

/** `MASTER` as the sender's state on this VRID, where it is known. */
export const stateOf = (clusters: readonly ReportCluster[], vrid: number, node: string): string | null => {
  for (const cluster of clusters) {
    if (cluster.vrid !== vrid) continue;
    const member = cluster.members.find((candidate) => candidate.node === node);
    if (member !== undefined) return member.state;
  }
  return null;
};

export const priorityWords = (member: ReportCluster['members'][number]): string => {
  const { priority, effectivePriority } = member;
  if (priority === null) return effectivePriority === null ? '?' : String(effectivePriority);
  return effectivePriority === null || effectivePriority === priority
    ? String(priority)
    : `${priority}, now ${effectivePriority}`;
};

/** Of a node that was reached and is a member of no group. */
export const apartWords = ({ keepalived: { running, version } }: ReportNode): string => {
  if (running === true) return `keepalived ${version ?? '?'} runs, in no group`;
  return running === false ? 'keepalived does not run' : 'not known whether keepalived runs';
};

export const secondsWords = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const countWords = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const subjectWords = (finding: Finding): string => finding.subject.nodes.join(', ');

const countsWords = (reach: ReportReach): string =>
  [
    ['sent', reach.sent],
    ['arrived', reach.arrived],
    ['delivered', reach.delivered],
  ]
    .flatMap(([word, count]) => (count === null ? [] : [`${word} ${count}`]))
    .join(', ');

/** Why adverts were lost on the way, else how many got how far. */
export const lossWords = (reach: ReportReach): string =>
  `${fateOf(reach).long}: ${reach.detail === '' ? countsWords(reach) : reach.detail}`;
