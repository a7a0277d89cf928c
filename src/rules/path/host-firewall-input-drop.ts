// Root cause: the receiver's own firewall drops adverts. Blamed only where the ladder agrees, or as a fault that
// waits for the next failover.
import type { HostFacet, Instance } from '../../cluster/model.ts';
import { blameFirewalls, type FirewallBlame, isPartial } from '../firewall-blame.ts';
import { cellBetween, type Facets, listing } from '../members.ts';
import { asEvidence, counterRise, nameRule, quoteCell, quoteRule } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const because = (blame: FirewallBlame): string => {
  const rise = blame.rule === undefined ? undefined : counterRise(blame.rule);
  switch (blame.by) {
    case 'evaluation':
      return rise !== undefined && rise > 0 ? `; its counter rose by ${rise} while listening` : '';
    case 'counter':
      return `; it could not be evaluated, but its counter rose by ${rise ?? 0} while these adverts were lost`;
    case 'chance':
      return '; which ones is left to chance';
    case 'elimination':
      return '; it could not be evaluated, but it is the only rule that may drop them, and membership and reverse-path filter are in order';
  }
};

const draft = (blame: FirewallBlame, instances: readonly Instance[]): FindingDraft => {
  const some =
    blame.by === 'chance' || blame.cells.some((cell) => cell.loss === 'some') ? 'some of the ' : '';
  const { node, peers, rule, judgement } = blame;
  const from = listing(peers);
  const kind = judgement.outcome === 'reject' ? 'rejects' : 'drops';
  const place =
    rule === undefined ? '' : ` (${rule.kind === 'policy' ? 'policy of' : 'rule in'} ${nameRule(rule)})`;
  const owner = rule === undefined || rule.owner === '' ? '' : `, written by ${rule.owner}`;
  const text =
    rule === undefined
      ? `${node}'s firewall`
      : `${rule.kind === 'policy' ? 'The policy' : `“${rule.text}”`} of ${nameRule(rule)}${owner},`;
  const commands = judgement.remedy?.commands ?? [];
  const facts = blame.cells.filter((cell) => cell.due === 'yes').map(quoteCell);
  const rules = rule === undefined ? [] : [quoteRule(node, rule)];
  const [first, ...rest] = [...rules, ...facts];
  return {
    subject: { nodes: [node], vrid: blame.vrid },
    group: blame.group,
    about: 'firewall in',
    title:
      blame.standing === 'now'
        ? `${node}'s firewall ${kind} ${some}VRRP from ${from}${place}`
        : `${node} will not hear ${some === '' ? '' : 'all of '}${from} after a failover: its firewall ${kind} ${some}VRRP${place}`,
    summary:
      blame.standing === 'now'
        ? `${text} ${kind} ${some === '' ? '' : 'some '}adverts that arrive from ${from}${because(blame)}. ${some === '' ? `keepalived on ${node} never sees them.` : `When three in a row are lost, ${node} becomes a second MASTER.`}`
        : `${text} ${kind} adverts from ${from}. None are due now; as soon as ${from} becomes MASTER, ${node} will be a second one.`,
    evidence: asEvidence(
      first ?? { node, source: 'firewall', quote: `adverts from ${from}: ${judgement.outcome}` },
      rest,
    ),
    remedy: {
      text:
        judgement.remedy?.text ??
        `Let IP protocol 112 in on ${node} ahead of that rule, and make it permanent.`,
      commands: commands.map((command) => ({ node, command })),
    },
    ...(isPartial(blame, instances)
      ? { severity: 'medium' as const }
      : blame.standing === 'waiting'
        ? { severity: 'high' as const }
        : {}),
  };
};

/** Adverts die in the kernel and the rules neither drop nor pass them for certain: nothing is cleared then. */
const undecided = (host: HostFacet, facets: Facets<'instances' | 'ladder'>): readonly string[] =>
  host.firewall.kind === 'unknown'
    ? []
    : host.firewall.value.judgements.flatMap((judgement) => {
        const group = facets.instances.find((instance) => instance.id === judgement.instance)?.group ?? '';
        const cell = cellBetween(facets.ladder, group, judgement.peer, host.node);
        return judgement.direction === 'in' &&
          judgement.outcome === 'unknown' &&
          cell?.lostAt === 'receiver-kernel'
          ? [`${host.node}: what its rules do with VRRP from ${judgement.peer} could not be told`]
          : [];
      });

export const hostFirewallInputDrop = defineRule({
  id: 'host-firewall-input-drop',
  severity: 'critical',
  needs: ['hosts', 'instances', 'ladder'],
  title: 'The firewall of a node drops adverts that arrive',
  why: 'A capture shows the adverts, for it taps the wire before the firewall; keepalived never gets them, times out and becomes a second MASTER.',
  proof:
    'The rule set, evaluated for exactly this packet, drops it, and of the adverts that arrived a raw socket got none. A rule that could not be evaluated is blamed by its counter. Where adverts are not due, the rule set alone speaks, as a fault waiting for the next failover.',
  remedy:
    'Accept IP protocol 112 (and 51 with AH) from the peers before the rule that drops it, permanently: firewalld rich rule `protocol value=vrrp accept`, `ufw allow proto vrrp`, or an nft/iptables rule.',
  sources: ['keepalived(8), USING KEEPALIVED WITH FIREWALLD', 'RFC 3768 §5.2.4', 'nft(8)'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'one-way-reachability',
    'adverts-lost-unexplained',
  ],
  check: (facets) => {
    const unread = facets.hosts.flatMap((host) =>
      host.firewall.kind === 'unknown' ? [`${host.node}: ${host.firewall.reason}`] : [],
    );
    const drafts = blameFirewalls(facets, 'in').map((blame) => draft(blame, facets.instances));
    const open = facets.hosts.flatMap((host) => undecided(host, facets));
    const reasons = [...unread, ...open];
    return drafts.length === 0 && (facets.hosts.length === 0 || reasons.length > 0)
      ? notEvaluated(reasons.length > 0 ? reasons.join('; ') : 'no host could be read')
      : foundOrClear(drafts);
  },
});
