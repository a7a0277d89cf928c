// Root cause: a node sends its unicast adverts from another of its addresses than its peers know, or from one it
// does not have at all.
import { bareAddress, listing, wireOf } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';
import { ownAddresses, peerEdges } from '../unicast-graph.ts';

export const unicastWrongSourceAddress = defineRule({
  id: 'unicast-wrong-source-address',
  severity: 'critical',
  needs: ['groups', 'instances', 'hosts', 'adverts', 'nodes'],
  title: 'A node uses another source address than its unicast peers list',
  why: 'keepalived listens for unicast adverts on its source address only. When peers send to another address of the node, it never hears them, and they may refuse what it sends.',
  proof:
    "The source of its adverts (on the wire, else configured, else the primary address of the interface) is not the address of it that stands in the peers' lists; or `unicast_src_ip` is on none of its interfaces.",
  remedy: 'Set `unicast_src_ip` to the address the peers list.',
  sources: ['keepalived vrrp.c open_vrrp_read_socket', 'keepalived issue 1847'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'one-way-reachability',
    'no-master',
  ],
  check: (facets) => {
    const edges = peerEdges(facets).flatMap((edge) =>
      typeof edge.entry === 'string' ? [] : [{ ...edge, otherAddress: edge.entry.otherAddress }],
    );
    const misaddressed = [...new Set(edges.map((edge) => edge.to.id))].flatMap(
      (id): readonly FindingDraft[] => {
        const own = edges.filter((edge) => edge.to.id === id);
        const [edge] = own;
        if (edge === undefined) return [];
        const { to, group, source, otherAddress } = edge;
        const configured = to.configured.kind === 'known' ? to.configured.value : undefined;
        const stream = wireOf(to, facets.adverts.streams);
        const setting =
          configured?.unicastSource === undefined
            ? 'no unicast_src_ip'
            : `unicast_src_ip ${configured.unicastSource}`;
        return [
          {
            subject: { nodes: [to.node], vrid: to.vrid },
            group: group.id,
            title: `${to.node} sends from ${source}, but ${listing(own.map((one) => one.from.node))} ${own.length === 1 ? 'lists' : 'list'} it as ${otherAddress}`,
            summary: `${to.node} uses ${source} (${setting}) and listens there; its peers send to ${otherAddress}, which keepalived on ${to.node} does not read.`,
            evidence: asEvidence(quoteConfig(to, configured?.unicastPeersAt, setting), [
              ...(stream === undefined ? [] : [stream.quote]),
              ...own.map((one) =>
                quoteConfig(
                  one.from,
                  one.from.configured.kind === 'known' ? one.from.configured.value.unicastPeersAt : undefined,
                  `unicast_peer has ${one.otherAddress}`,
                ),
              ),
            ]),
            remedy: {
              text: `Set unicast_src_ip ${otherAddress} on ${to.node}, or list ${source} on its peers, then restart keepalived.`,
              commands: [
                {
                  node: to.node,
                  command: `grep -n unicast_src_ip /etc/keepalived/keepalived.conf; ip -br addr show dev ${to.interface}`,
                },
              ],
            },
          },
        ];
      },
    );
    const unbindable = facets.instances.flatMap((instance): readonly FindingDraft[] => {
      if (instance.configured.kind === 'unknown' || instance.configured.value.mode === 'multicast') return [];
      const { unicastSource, unicastPeersAt } = instance.configured.value;
      const owned = ownAddresses(instance, facets);
      if (unicastSource === undefined || owned.size === 0 || owned.has(bareAddress(unicastSource))) return [];
      const node = facets.nodes.find((candidate) => candidate.name === instance.node);
      return [
        {
          subject: { nodes: [instance.node], vrid: instance.vrid },
          group: instance.group,
          title: `${instance.node} does not have its unicast source address ${unicastSource}`,
          summary: `unicast_src_ip ${unicastSource} is on no interface of ${instance.node}, so keepalived can neither send from it nor be reached there.`,
          evidence: asEvidence(quoteConfig(instance, unicastPeersAt, `unicast_src_ip ${unicastSource}`), [
            {
              node: instance.node,
              source: 'ip addr',
              quote: `addresses of ${instance.node}: ${[...owned].join(', ')}`,
            },
            ...quoteLog(node, /bind unicast_src|src address not configured/i, 1),
          ]),
          remedy: {
            text: `Correct unicast_src_ip on ${instance.node}, or configure the address before keepalived starts.`,
            commands: [
              {
                node: instance.node,
                command: 'ip -br addr; grep -n unicast_src_ip /etc/keepalived/keepalived.conf',
              },
            ],
          },
        },
      ];
    });
    return foundOrClear([...misaddressed, ...unbindable]);
  },
});
