// Root cause: nodes that stand in for each other use different VRIDs and therefore ignore each other in silence.
import { outcomeOf } from '../disagreement.ts';
import { listing, nodesOf, streamsOf } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog, quoteStreams } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';
import { vridMismatches } from '../vrid-comparison.ts';

export const vridMismatchBetweenPeers = defineRule({
  id: 'vrid-mismatch-between-peers',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Nodes share VIPs but use different VRIDs',
  why: 'The VRID is what makes adverts belong together. keepalived ignores other VRIDs without a word, so every node is MASTER of a router of its own, with the same VIP.',
  proof:
    'Known nodes list the same VIPs under different `virtual_router_id`s, in their files and in their adverts.',
  remedy: 'Use the same `virtual_router_id` on all nodes of the group.',
  sources: ['RFC 3768 §5.3.3', 'keepalived vrrp_scheduler.c', 'keepalived issue 1207'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'multicast-blocked-by-fabric',
    'one-way-reachability',
  ],
  check: (facets) =>
    outcomeOf(
      vridMismatches(facets).map(({ group, odd, rest }): FindingDraft => {
        const nodes = nodesOf(odd);
        const all = [...odd, ...rest.slice(0, 1)];
        const quotes = all.flatMap((member) => [
          quoteConfig(
            member,
            member.configured.kind === 'known' ? member.configured.value.vridAt : undefined,
            `virtual_router_id ${member.vrid}`,
          ),
          ...quoteStreams(streamsOf(member, facets.adverts.streams).slice(0, 1)),
        ]);
        const said = [...odd, ...rest].map((member) => `${member.node} uses ${member.vrid}`);
        const logs = facets.nodes.flatMap((node) => quoteLog(node, /Unknown VRID/i, 1));
        const [first] = quotes;
        return {
          subject: { nodes, vrid: group.vrid },
          group: group.id,
          title:
            rest.length === 0
              ? `${listing(nodes)} use different VRIDs for the same VIPs (${listing(said)})`
              : `${listing(nodes)} ${nodes.length === 1 ? 'uses' : 'use'} VRID ${listing([...new Set(odd.map((member) => String(member.vrid)))])}, ${listing(nodesOf(rest))} ${group.vrid}, for the same VIPs`,
          summary: `${listing(said)}, all for ${listing(group.vips)}. Nodes with different VRIDs ignore each other's adverts without logging it.`,
          evidence: asEvidence(
            first ?? {
              node: nodes[0] ?? '',
              source: 'configuration',
              quote: `virtual_router_id ${group.vrid}`,
            },
            [...quotes, ...logs],
          ),
          remedy: {
            text:
              rest.length === 0
                ? 'Decide on one virtual_router_id and use it on every node.'
                : `Set virtual_router_id ${group.vrid} on ${listing(nodes)} and reload keepalived there.`,
            commands: nodes.map((node) => ({
              node,
              command:
                'grep -n virtual_router_id /etc/keepalived/keepalived.conf && systemctl reload keepalived',
            })),
          },
        };
      }),
      facets,
    ),
});
