// Root cause: keepalived runs, but the kernel is no longer a member of the VRRP group on its interface.
import { blameMembership } from '../kernel-blame.ts';
import { listing } from '../members.ts';
import { asEvidence, quoteCell, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const multicastMembershipLostAfterLinkBounce = defineRule({
  id: 'multicast-membership-lost-after-link-bounce',
  severity: 'critical',
  needs: ['hosts', 'instances', 'ladder', 'nodes'],
  title: 'A node lost its membership of the VRRP multicast group',
  why: 'keepalived joins the group once. When the interface is made anew or its driver reset, the membership is gone and the node is deaf, while everything else looks right. A restart cures it, which hides the cause.',
  proof:
    'The group is missing from the memberships of the interface although keepalived runs with an open socket there, and of adverts sent none were delivered.',
  remedy: 'Restart keepalived on the node; find out what bounces the link.',
  sources: [
    'RFC 3768 §5.2.2',
    'RFC 9568 §5.1.2.2',
    'keepalived pull request 2681',
    'keepalived issues 69 and 1847',
  ],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'one-way-reachability',
    'multicast-blocked-by-fabric',
    'adverts-lost-unexplained',
  ],
  check: (facets) => {
    const drafts = blameMembership(facets).map(
      ({ instance, multicastGroup, joined, cells, standing }): FindingDraft => {
        const node = instance.node;
        const from = listing(cells.map((cell) => cell.from));
        return {
          subject: { nodes: [node], vrid: instance.vrid },
          group: instance.group,
          about: `memberships of ${instance.interface}`,
          title:
            standing === 'now'
              ? `${node} is no longer a member of ${multicastGroup} on ${instance.interface} and hears nobody`
              : `${node} will hear nobody after a failover: it is no longer a member of ${multicastGroup} on ${instance.interface}`,
          summary: `keepalived runs on ${node}, but its kernel has left ${multicastGroup} on ${instance.interface}${standing === 'now' ? `, so adverts from ${from} are not delivered` : ''}. This is what remains after the interface went away and came back.`,
          evidence: asEvidence(
            {
              node,
              source: instance.family === 'ipv4' ? '/proc/net/igmp' : '/proc/net/igmp6',
              quote: `${instance.interface}: ${joined.length === 0 ? 'no groups' : joined.join(', ')} (${multicastGroup} is missing)`,
            },
            [
              ...cells.map(quoteCell),
              ...quoteLog(
                facets.nodes.find((candidate) => candidate.name === node),
                /IP_ADD_MEMBERSHIP|Netlink reports .* (down|up)|interface .* (deleted|recreated|added)/i,
              ),
            ],
          ),
          remedy: {
            text: `Restart keepalived on ${node}: it joins the group again.`,
            commands: [{ node, command: 'systemctl restart keepalived' }],
          },
          ...(standing === 'waiting' ? { severity: 'high' as const } : {}),
        };
      },
    );
    const unread = facets.hosts.flatMap((host) =>
      host.memberships.kind === 'unknown' ? [`${host.node}: ${host.memberships.reason}`] : [],
    );
    return drafts.length === 0 && (facets.hosts.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read')
      : foundOrClear(drafts);
  },
});
