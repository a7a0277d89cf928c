// Root cause: a node does not list one of its unicast peers, so that peer never hears it.
import { listing } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';
import { peerEdges } from '../unicast-graph.ts';

export const unicastPeerAsymmetric = defineRule({
  id: 'unicast-peer-asymmetric',
  severity: 'critical',
  needs: ['groups', 'instances', 'hosts', 'nodes'],
  title: 'A node does not list one of its unicast peers',
  why: 'With unicast, adverts go only to the peers in the list. A peer that is missing hears nothing when this node is MASTER and becomes a second one.',
  proof:
    'The directed graph of `unicast_peer` entries of all nodes lacks an edge, and no other address of the missing node stands in its place.',
  remedy: 'List every other node on every node, then reload all of them.',
  sources: ['keepalived vrrp.c vrrp_send_adv', 'openshift/machine-config-operator issue 3342'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'one-way-reachability',
  ],
  check: (facets) => {
    const missing = peerEdges(facets).filter((edge) => edge.entry === 'absent');
    const senders = [...new Set(missing.map((edge) => edge.from.id))];
    const drafts = senders.flatMap((id): readonly FindingDraft[] => {
      const edges = missing.filter((edge) => edge.from.id === id);
      const [edge] = edges;
      if (edge === undefined || edge.from.configured.kind === 'unknown') return [];
      const { from, group } = edge;
      const { unicastPeers, unicastPeersAt } = edge.from.configured.value;
      const absent = listing(edges.map((one) => `${one.to.node} (${one.source})`));
      return [
        {
          subject: { nodes: [from.node], vrid: from.vrid },
          group: group.id,
          title: `${from.node} does not list ${listing(edges.map((one) => one.to.node))} as a unicast peer`,
          summary: `${from.node} sends its adverts to ${listing(unicastPeers)} only; ${absent} never hears it when it is MASTER.`,
          evidence: asEvidence(
            quoteConfig(from, unicastPeersAt, `unicast_peer { ${unicastPeers.join(' ')} }`),
            [
              ...edges.map((one) => ({
                node: one.to.node,
                source: 'source address',
                quote: `${one.to.node} sends from ${one.source}`,
              })),
              ...facets.nodes.flatMap((node) => quoteLog(node, /not a unicast peer/i, 1)),
            ],
          ),
          remedy: {
            text: `Add ${listing(edges.map((one) => one.source))} to unicast_peer on ${from.node} and reload.`,
            commands: [
              {
                node: from.node,
                command:
                  'grep -n -A6 unicast_peer /etc/keepalived/keepalived.conf && systemctl reload keepalived',
              },
            ],
          },
        },
      ];
    });
    return foundOrClear(drafts);
  },
});
