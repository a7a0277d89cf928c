// Root cause: the sender's own firewall drops its adverts before they leave.
import type { ClusterModel } from '../../cluster/model.ts';
import { blameFirewalls, type FirewallBlame } from '../firewall-blame.ts';
import { listing } from '../members.ts';
import { asEvidence, counterRise, nameRule, quoteCell, quoteLog, quoteRule } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const draft = (blame: FirewallBlame, nodes: ClusterModel['nodes']): FindingDraft => {
  const { node, rule, judgement } = blame;
  const place =
    rule === undefined ? '' : ` (${rule.kind === 'policy' ? 'policy of' : 'rule in'} ${nameRule(rule)})`;
  const rise = rule === undefined ? undefined : counterRise(rule);
  const counted = rise !== undefined && rise > 0 ? `; its counter rose by ${rise} while listening` : '';
  const everyone =
    blame.cells.length === blame.peers.length && blame.peers.length > 1 ? '' : ` to ${listing(blame.peers)}`;
  const evidence = [
    ...(rule === undefined ? [] : [quoteRule(node, rule)]),
    ...blame.cells.filter((cell) => cell.due === 'yes').map(quoteCell),
    ...quoteLog(
      nodes.find((candidate) => candidate.name === node),
      /send advert.*Operation not permitted/i,
      1,
    ),
  ];
  const [first, ...rest] = evidence;
  return {
    subject: { nodes: [node], vrid: blame.vrid },
    group: blame.group,
    about: 'firewall out',
    title:
      blame.standing === 'now'
        ? `${node}'s firewall drops its own adverts${everyone}${place}`
        : `${node} will be a mute MASTER: its firewall drops outgoing VRRP${everyone}${place}`,
    summary:
      blame.standing === 'now'
        ? `keepalived on ${node} is MASTER, but no advert leaves the host: ${rule === undefined ? 'its firewall' : `“${rule.text}” in ${nameRule(rule)}`} drops them${counted}. The others take over beside it.`
        : `${rule === undefined ? 'The firewall' : `“${rule.text}” in ${nameRule(rule)}`} drops adverts on their way out. Nothing is due from ${node} now; once it is MASTER, nobody will hear it.`,
    evidence: asEvidence(
      first ?? { node, source: 'firewall', quote: `outgoing adverts: ${judgement.outcome}` },
      rest,
    ),
    remedy: {
      text:
        judgement.remedy?.text ??
        `Let IP protocol 112 out on ${node} in every chain it passes: one accept does not keep a later chain from dropping.`,
      commands: (judgement.remedy?.commands ?? []).map((command) => ({ node, command })),
    },
    ...(blame.standing === 'waiting' ? { severity: 'high' as const } : {}),
  };
};

export const egressFirewallDrop = defineRule({
  id: 'egress-firewall-drop',
  severity: 'critical',
  needs: ['hosts', 'instances', 'ladder', 'nodes'],
  title: 'The firewall of a MASTER drops its own adverts',
  why: 'The node believes it is a proper MASTER while nobody hears it, so another takes over and both hold the VIP.',
  proof:
    'The rule set, evaluated for the outgoing advert, drops it, and the tap behind the firewall saw none leave although adverts are due. keepalived then logs “Operation not permitted”.',
  remedy:
    'Accept outgoing IP protocol 112 in every base chain of the output, postrouting and netdev egress hooks.',
  sources: ['nft(8)', 'keepalived issues 2642 and 2132'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) => {
    const unread = facets.hosts.flatMap((host) =>
      host.firewall.kind === 'unknown' ? [`${host.node}: ${host.firewall.reason}`] : [],
    );
    const drafts = blameFirewalls(facets, 'out').map((blame) => draft(blame, facets.nodes));
    return drafts.length === 0 && (facets.hosts.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read')
      : foundOrClear(drafts);
  },
});
