// Root cause: members of a VRRPv2 group have different advert intervals, so that keepalived drops the adverts.
import { draftDisagreement, intervalDisagreements, outcomeOf } from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const advertIntervalMismatchV2 = defineRule({
  id: 'advert-interval-mismatch-v2',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a VRRPv2 group have different advert intervals',
  why: 'VRRPv2 demands equal intervals: an advert with another one is dropped, the receiver times out and becomes a second MASTER. The counter keepalived has for it never moves.',
  proof:
    'The interval in the adverts on the wire and `advert_int` in the files, whole seconds as version 2 carries them.',
  remedy: 'Set the same `advert_int` on every member and reload them together.',
  sources: ['RFC 3768 §5.3.7 and §7.1', 'keepalived vrrp.c vrrp_check_packet'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    outcomeOf(
      intervalDisagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'advert interval',
            effect:
              'VRRPv2 drops adverts whose interval is not its own, so the members do not hear each other.',
            fix: `Set the same advert_int on every member${disagreement.rest[0] === undefined ? '' : ` (${disagreement.rest[0].says})`}, then reload.`,
            commandFor: () =>
              'grep -n advert_int /etc/keepalived/keepalived.conf && systemctl reload keepalived',
            log: /advertisement interval mismatch/i,
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
