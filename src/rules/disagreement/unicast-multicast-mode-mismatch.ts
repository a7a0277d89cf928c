// Root cause: some members send to the multicast group and others to each other's addresses.
import { draftDisagreement, modeDisagreements, outcomeOf } from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const unicastMulticastModeMismatch = defineRule({
  id: 'unicast-multicast-mode-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a group mix unicast and multicast',
  why: 'keepalived listens on the group address or on its own, never on both. Adverts of the other kind are not delivered or are refused, mostly without a log line.',
  proof:
    'The destination of the adverts on the wire, and whether `unicast_peer` is present for members that do not send.',
  remedy: 'Use unicast_peer on every member, or on none.',
  sources: ['keepalived vrrp.c vrrp_check_packet', 'keepalived issue 2458'],
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
      modeDisagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'how adverts are sent',
            effect: 'A member that expects the one kind does not get, or refuses, the other.',
            fix: 'Configure unicast_peer with all peers on every member, or remove it everywhere, then reload.',
            commandFor: () => 'grep -n -A6 -E "unicast_(src_ip|peer)" /etc/keepalived/keepalived.conf',
            log: /Expected (uni|multi)cast packet|discarding (uni|multi)cast packet|unicast keyword has been specified without/i,
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
