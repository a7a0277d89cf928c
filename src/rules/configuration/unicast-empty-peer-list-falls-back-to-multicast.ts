// Configuration fault: unicast is asked for and no peer is given, so keepalived sends to the multicast group.
import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const unicastEmptyPeerListFallsBackToMulticast = defineRule({
  id: 'unicast-empty-peer-list-falls-back-to-multicast',
  severity: 'critical',
  needs: configuredNeeds,
  title: 'A unicast setting without peers means multicast',
  why: 'A unicast keyword with no peer, as a template leaves it when its list is empty, silently means multicast: where multicast does not pass, or the others use unicast, the node becomes MASTER alone.',
  proof: 'The instance has a unicast keyword and no peer in `unicast_peer`.',
  remedy:
    'List the peers, and add `unicast_fault_no_peer` (2.2.5 and later) so that an empty list means FAULT.',
  sources: ['keepalived vrrp.c vrrp_complete_instance', 'openshift/machine-config-operator issue 2576'],
  explains: [
    'unicast-multicast-mode-mismatch',
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
  ],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { settings } = member;
        if (
          settings.unicastIntent !== 'configured-without-peers' ||
          settings.unicastFaultNoPeer.value === 'on'
        )
          return [];
        const others = members.filter((one) => one.settings.mode === 'unicast');
        return [
          draftFor(group, [member], {
            title: `${member.node} has a unicast setting but no peer, and so uses multicast`,
            summary:
              others.length > 0
                ? 'Other members use unicast: they do not hear each other, and each becomes MASTER.'
                : 'All members use multicast, which works only where the network carries it; it is not what the configuration says.',
            evidence: [
              quoteAt(
                member,
                settings.sourceAddress?.source,
                settings.sourceAddress === undefined
                  ? `vrrp_instance ${settings.name}: a unicast keyword without unicast_peer entries`
                  : `unicast source ${settings.sourceAddress.value}, no unicast_peer entries`,
              ),
            ],
            fix: 'List the other nodes in unicast_peer, or remove the unicast keywords if multicast is meant.',
            keyword: 'unicast',
            ...(others.length > 0 ? {} : { severity: 'medium' as const }),
          }),
        ];
      }),
    ),
});
