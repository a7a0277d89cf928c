// Root cause: a node does not list one of its unicast peers, so that peer never hears it.
import type { ClusterModel, Quote } from '../../cluster/model.ts';
import { mastershipsOf } from '../mastership.ts';
import { listing, membersOf, stateOf } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';
import { type PeerEdge, peerEdges } from '../unicast-graph.ts';

const quoteList = (edge: PeerEdge): Quote =>
  edge.from.configured.kind === 'known'
    ? quoteConfig(
        edge.from,
        edge.from.configured.value.unicastPeersAt,
        `unicast_peer { ${edge.from.configured.value.unicastPeers.join(' ')} }`,
      )
    : quoteConfig(edge.from, undefined, 'unicast_peer');

const draft = (
  edges: readonly PeerEdge[],
  shape: 'forgotten' | 'incomplete',
  standing: 'now' | 'waiting',
  nodes: ClusterModel['nodes'],
): readonly FindingDraft[] => {
  const [edge, ...others] = edges;
  if (edge === undefined) return [];
  const from = [...new Set(edges.map((one) => one.from.node))];
  const to = [...new Set(edges.map((one) => one.to.node))];
  const absent = listing([...new Set(edges.map((one) => `${one.to.node} (${one.source})`))]);
  return [
    {
      subject: { nodes: shape === 'forgotten' ? [...to, ...from] : [...from, ...to], vrid: edge.from.vrid },
      group: edge.group.id,
      title: `${listing(from)} ${from.length === 1 ? 'does' : 'do'} not list ${listing(to)} as a unicast peer`,
      summary: `${listing(from)} ${from.length === 1 ? 'sends its' : 'send their'} adverts to the listed peers only; ${absent} never hears them ${standing === 'now' ? 'and becomes MASTER' : `and, once ${from.length === 1 ? 'it is' : 'one of them is'} MASTER, will be a second one`} beside ${from.length === 1 ? 'it' : 'them'}.`,
      evidence: asEvidence(quoteList(edge), [
        ...others.map(quoteList),
        ...edges.map((one) => ({
          node: one.to.node,
          source: 'source address',
          quote: `${one.to.node} sends from ${one.source}`,
        })),
        ...nodes.flatMap((node) => quoteLog(node, /not a unicast peer/i, 1)),
      ]),
      remedy: {
        text: `Add ${listing([...new Set(edges.map((one) => one.source))])} to unicast_peer on ${listing(from)} and reload.`,
        commands: from.map((node) => ({
          node,
          command: 'grep -n -A6 unicast_peer /etc/keepalived/keepalived.conf && systemctl reload keepalived',
        })),
      },
      ...(standing === 'waiting' ? { severity: 'high' as const } : {}),
    },
  ];
};

export const unicastPeerAsymmetric = defineRule({
  id: 'unicast-peer-asymmetric',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'hosts', 'nodes'],
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
    const drafts = facets.groups.flatMap((group): readonly FindingDraft[] => {
      const own = missing.filter((edge) => edge.group.id === group.id);
      const forgotten = [...new Set(own.map((edge) => edge.to.id))];
      const lists = [...new Set(own.map((edge) => edge.from.id))];
      const unsaid = membersOf(group, facets.instances).some(
        (member) => member.process !== 'stopped' && stateOf(member) === 'unknown',
      );
      const standing = unsaid || mastershipsOf(group, facets).length > 1 ? 'now' : 'waiting';
      // One node that several forgot is one fault; otherwise each incomplete list is.
      return forgotten.length === 1 && lists.length > 1
        ? draft(own, 'forgotten', standing, facets.nodes)
        : lists.flatMap((id) =>
            draft(
              own.filter((edge) => edge.from.id === id),
              'incomplete',
              standing,
              facets.nodes,
            ),
          );
    });
    return foundOrClear(drafts);
  },
});
