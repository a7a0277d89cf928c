// What a capture alone can be judged by: the rules whose evidence is on the wire. Those about time (two masters at
// once, no master, two VRIDs for one VIP) are asked over the whole capture instead of a listening window, in the
// words of the same rules; the others need the nodes and are not evaluated.
import type { ClusterModel } from '../cluster/model.ts';
import type { Finding, RuleVerdict, Verdict } from '../report/report.ts';
import { rules } from '../rules/generated/index.ts';
import { judge } from '../rules/judge.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome, type Rule } from '../rules/rule.ts';
import {
  type CaptureModel,
  campsOf,
  describeStream,
  groupId,
  modelCapture,
  newestStream,
  vantage,
} from './model.ts';
import { isoText, msBetween } from './moment.ts';
import type { Replayed } from './replay.ts';
import { isGone, mastersAt, type Overlap, type Router } from './router.ts';
import type { Sender } from './sender.ts';

export interface Judged {
  readonly model: ClusterModel;
  readonly findings: readonly Finding[];
  readonly verdicts: readonly RuleVerdict[];
  readonly verdict: Verdict;
  readonly headline: string;
}

/** Rules whose whole proof can lie in adverts, ARP and neighbour discovery. */
export const onTheWire: ReadonlySet<string> = new Set([
  'advert-interval-mismatch-v2',
  'advert-interval-mismatch-v3',
  'auth-password-mismatch',
  'auth-type-mismatch',
  'carp-vs-vrrp-collision',
  'duplicate-arp-answers',
  'ttl-not-255',
  'unicast-multicast-mode-mismatch',
  'vip-list-mismatch',
  'vip-used-by-other-host',
  'vrid-collision-foreign-group',
  'vrrp-version-mismatch',
]);

const listing = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

type Evidence = FindingDraft['evidence'];
type Quotation = Evidence[number];

const quoteSender = (router: Router, sender: Sender, source: string): Quotation => {
  const stream = newestStream(sender) ?? [...sender.streams.values()].at(-1);
  return stream === undefined
    ? { node: vantage, source, quote: `${sender.name}: VRID ${router.vrid}` }
    : describeStream(stream, { sender: sender.name, router, source }).quote;
};

const vipsOf = (router: Router): readonly string[] => {
  const [members = []] = campsOf(router);
  return [...new Set(members.flatMap((sender) => newestStream(sender)?.sighting.advert.addresses ?? []))];
};

// ── two masters at once ──────────────────────────────────────────────────────────────────────────────────────
const overlapWords = ({ senders, from, to, counts, state }: Overlap): string =>
  `${senders[0].name} (${counts[0]} adverts) and ${senders[1].name} (${counts[1]} adverts) from ${isoText(from)} ${
    state === 'ongoing' ? 'to the end of the capture' : `for ${secondsText(msBetween(from, to))}`
  }`;

const twoMasters = (router: Router, source: string): readonly FindingDraft[] => {
  const [longest] = router.overlaps.toSorted((a, b) => msBetween(b.from, b.to) - msBetween(a.from, a.to));
  if (longest === undefined) return [];
  const senders = [...new Set(router.overlaps.flatMap((overlap) => overlap.senders))];
  const nodes = senders.map((sender) => sender.name).toSorted();
  const vips = vipsOf(router);
  const isOngoing = router.overlaps.some((overlap) => overlap.state === 'ongoing');
  const spans: readonly Quotation[] = router.overlaps.slice(0, 4).map((overlap) => ({
    node: vantage,
    source: `${source}, frames ${overlap.firstFrame} to ${overlap.lastFrame}`,
    quote: overlapWords(overlap),
  }));
  const evidence: Evidence = [
    quoteSender(router, longest.senders[0], source),
    quoteSender(router, longest.senders[1], source),
    ...spans,
  ];
  const times = router.overlaps.length + router.furtherOverlaps;
  return [
    {
      subject: { nodes, vrid: router.vrid, ...(vips[0] === undefined ? {} : { vip: vips[0] }) },
      group: groupId(router),
      title: `${listing(nodes)} ${isOngoing ? 'are' : 'were'} MASTER of VRID ${router.vrid} at the same time`,
      summary: `${isOngoing ? 'Both advertise' : 'Both advertised'} ${listing(vips)}${
        times > 1 ? `, ${times} times` : ''
      }; the longest time: ${overlapWords(longest)}.`,
      evidence,
      remedy: {
        text: 'Check the nodes themselves: which of them does not hear the other, or refuses what it hears.',
        commands: [],
      },
    },
  ];
};

// ── nobody advertises any more ───────────────────────────────────────────────────────────────────────────────
const nobodyLeft = (router: Router, { lastAt }: Replayed, source: string): readonly FindingDraft[] => {
  const senders = [...router.senders.values()].toSorted((a, b) => msBetween(b.lastAt, a.lastAt));
  const last = senders.at(-1);
  if (last === undefined || lastAt === undefined) return [];
  const silentMs = msBetween(last.lastAt, lastAt);
  // An election takes at most four intervals (three and the skew time, which is below one).
  if (!isGone(last, lastAt) || silentMs <= 4 * Math.max(10, last.intervalMs)) return [];
  return [
    {
      subject: { nodes: senders.map((sender) => sender.name).toSorted(), vrid: router.vrid },
      group: groupId(router),
      title: `nobody advertises VRID ${router.vrid} at the end of the capture`,
      summary: `The last advert was sent by ${last.name} at ${isoText(last.lastAt)}; none followed in ${secondsText(silentMs)}, longer than an election takes.`,
      evidence: [quoteSender(router, last, source)],
      remedy: {
        text: 'Find out why no member took over: stopped, in FAULT, or its adverts do not reach this place.',
        commands: [],
      },
    },
  ];
};

// ── one VIP under two VRIDs ──────────────────────────────────────────────────────────────────────────────────
const wereActiveTogether = (a: Sender, b: Sender): boolean =>
  msBetween(a.firstAt, b.lastAt) >= 0 && msBetween(b.firstAt, a.lastAt) >= 0;

/** Where a VIP is advertised: numbers of one VRID mean different routers on different segments. */
const segmentOf = ({ family, interfaceId, vlans }: Router): string =>
  [family, interfaceId, vlans.join('.')].join('/');

interface Claim {
  readonly router: Router;
  readonly sender: Sender;
}

/** Everybody who advertises a VIP on one segment, whatever the VRID. */
const claimsByVip = (routers: readonly Router[]): ReadonlyMap<string, readonly Claim[]> => {
  const claims = new Map<string, Claim[]>();
  for (const router of routers)
    for (const sender of router.senders.values())
      for (const vip of new Set(newestStream(sender)?.sighting.advert.addresses ?? [])) {
        const key = `${segmentOf(router)} ${vip}`;
        const known = claims.get(key);
        if (known === undefined) claims.set(key, [{ router, sender }]);
        else known.push({ router, sender });
      }
  return claims;
};

const areRivals = (a: Claim, b: Claim): boolean =>
  a.router !== b.router && a.sender.src !== b.sender.src && wereActiveTogether(a.sender, b.sender);

const named = 6;
const listingSome = (items: readonly string[]): string =>
  items.length <= named
    ? listing(items)
    : `${items.slice(0, named).join(', ')} and ${items.length - named} more`;

/** One finding for each set of routers, however many VIPs they share. */
const twoVrids = (routers: readonly Router[], source: string): readonly FindingDraft[] => {
  const told = new Set<string>();
  return [...claimsByVip(routers)].flatMap(([key, claims]): readonly FindingDraft[] => {
    const rivals = claims
      .filter((one) => claims.some((other) => areRivals(one, other)))
      .toSorted((a, b) => a.router.vrid - b.router.vrid);
    const [first] = rivals;
    if (first === undefined) return [];
    const vip = key.slice(key.lastIndexOf(' ') + 1);
    const vrids = [...new Set(rivals.map(({ router }) => router.vrid))];
    const nodes = [...new Set(rivals.map(({ sender }) => sender.name))];
    const set = [segmentOf(first.router), ...vrids, ...nodes].join(' ');
    if (told.has(set)) return [];
    told.add(set);
    const uses = rivals.map(({ router, sender }) => `${sender.name} with VRID ${router.vrid}`);
    const quoted = ({ router, sender }: Claim): Quotation => quoteSender(router, sender, source);
    return [
      {
        subject: { nodes, vrid: first.router.vrid, vip },
        group: groupId(first.router),
        title: `${listingSome(nodes)} use different VRIDs for VIP ${vip} (${listingSome(vrids.map(String))})`,
        summary: `${rivals.length === 2 ? 'Both' : 'They'} advertise ${vip} at the same time: ${listingSome(uses)}. Nodes with different VRIDs ignore each other, so each of them is MASTER.`,
        evidence: [quoted(first), ...rivals.slice(1, named).map(quoted)],
        remedy: {
          text: 'Decide on one virtual_router_id and use it on every node of the group.',
          commands: [],
        },
      },
    ];
  });
};

// ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────
/** Rules about who answers for a VIP. */
const aboutAnswers: ReadonlySet<string> = new Set(['duplicate-arp-answers', 'vip-used-by-other-host']);

const rulesFor = (replayed: Replayed, { holders }: ClusterModel, source: string): readonly Rule[] => {
  const routers = [...replayed.history.routers.values()];
  const nothing = routers.length === 0 ? notEvaluated('the capture holds no adverts') : undefined;
  const overTime: Readonly<Record<string, () => Outcome>> = {
    'multiple-masters': () =>
      nothing ?? foundOrClear(routers.flatMap((router) => twoMasters(router, source))),
    'no-master': () =>
      nothing ?? foundOrClear(routers.flatMap((router) => nobodyLeft(router, replayed, source))),
    'vrid-mismatch-between-peers': () => nothing ?? foundOrClear(twoVrids(routers, source)),
  };
  return rules.map((rule): Rule => {
    const check = overTime[rule.id];
    if (check !== undefined) return { ...rule, check };
    if (!onTheWire.has(rule.id))
      return { ...rule, check: () => notEvaluated('needs the nodes; a capture alone cannot tell') };
    if (nothing !== undefined) return { ...rule, check: () => nothing };
    const nobodyAnswers = aboutAnswers.has(rule.id) && holders.every((one) => one.arp.kind === 'unknown');
    return nobodyAnswers
      ? { ...rule, check: () => notEvaluated('nobody who advertises answers for a VIP in this capture') }
      : rule;
  });
};

/** Rules may quote what they would find on a node; a capture has no such file. */
const fromCapture = (finding: Finding): Finding => {
  const evidence = finding.evidence.filter((quote) => quote.node === vantage);
  return evidence.length === 0 ? finding : { ...finding, evidence };
};

/** Members that were never heard at the same time may have differed one after the other, e.g. around a change. */
const bySimultaneity = (finding: Finding, { routerOf }: CaptureModel): Finding => {
  if (!finding.rule.endsWith('-mismatch') && !finding.rule.includes('-mismatch-')) return finding;
  if (finding.rule === 'vrid-mismatch-between-peers' || finding.cause === 'consequence') return finding;
  const router = [...routerOf.values()].find(
    (one) =>
      one.vrid === finding.subject.vrid &&
      finding.subject.nodes.some((name) => [...one.senders.values()].some((sender) => sender.name === name)),
  );
  if (router === undefined || router.overlaps.length > 0) return finding;
  return {
    ...finding,
    severity: 'medium',
    summary: `${finding.summary} They were not seen as masters at the same time in this capture, so the difference may also be one before and after a change.`,
  };
};

const worstVerdict = (findings: readonly Finding[]): Verdict | undefined => {
  if (findings.some((finding) => finding.severity === 'critical')) return 'critical';
  return findings.some((finding) => finding.severity !== 'low') ? 'degraded' : undefined;
};

/** A second master would have been heard by then. */
const settledIntervals = 3;

const calmVerdict = ({ history, firstAt, lastAt }: Replayed): Verdict => {
  const routers = [...history.routers.values()];
  if (routers.length === 0 || firstAt === undefined || lastAt === undefined) return 'unknown';
  const longestMs = Math.max(
    ...routers.flatMap((router) => [...router.senders.values()].map((sender) => sender.intervalMs)),
  );
  return msBetween(firstAt, lastAt) >= settledIntervals * longestMs ? 'healthy' : 'unknown';
};

const calmHeadline = ({ history, counts, lastAt }: Replayed, verdict: Verdict): string => {
  const routers = [...history.routers.values()];
  if (routers.length === 0) {
    if (counts.carp > 0) return 'The capture holds CARP, but no VRRP adverts.';
    return counts.frames === 0
      ? 'The capture holds no frames.'
      : 'The capture holds no VRRP adverts, so nothing could be judged.';
  }
  const masters = routers.map((router) => {
    const [master] = mastersAt(router, lastAt);
    return `${master === undefined ? 'nobody' : master.name} is master of VRID ${router.vrid}`;
  });
  const what = routers.length <= 3 ? listing(masters) : `${routers.length} virtual routers`;
  return verdict === 'healthy'
    ? `Nothing wrong on the wire: ${what}.`
    : `Nothing wrong was seen, but the capture is too short to be sure: ${what}.`;
};

/** Without a cause the symptom is said as it was seen; what runs now a capture does not know. */
const symptomHeadline = (findings: readonly Finding[]): string | undefined => {
  const [root] = findings;
  return root?.rule === 'multiple-masters'
    ? `${root.title}; the capture alone does not tell why.`
    : undefined;
};

export const judgeCapture = (replayed: Replayed, source: string): Judged => {
  const capture = modelCapture(replayed, source);
  const {
    findings: drafted,
    verdicts,
    headline,
  } = judge(capture.model, rulesFor(replayed, capture.model, source));
  const findings = drafted.map((finding) => bySimultaneity(fromCapture(finding), capture));
  const worst = worstVerdict(findings);
  const verdict = worst ?? calmVerdict(replayed);
  return {
    model: capture.model,
    findings,
    verdicts,
    verdict,
    headline: worst === undefined ? calmHeadline(replayed, verdict) : (symptomHeadline(findings) ?? headline),
  };
};
