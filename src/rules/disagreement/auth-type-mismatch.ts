// Root cause: members disagree about whether and how adverts are authenticated.
import { authTypeDisagreements, draftDisagreement, outcomeOf } from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const authTypeMismatch = defineRule({
  id: 'auth-type-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a group use different authentication types',
  why: 'An advert with another authentication type is dropped. With AH the adverts even travel as another IP protocol (51), which rules for protocol 112 do not let in.',
  proof:
    'The authentication type byte of the adverts on the wire, and the authentication block of members that do not send.',
  remedy: 'Use the same `auth_type` on every member, best none at all; give up AH.',
  sources: ['RFC 2338 §5.3.6', 'RFC 3768 §5.3.6', 'keepalived vrrp.c vrrp_check_packet'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    outcomeOf(
      authTypeDisagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'authentication type',
            effect:
              'Adverts with another authentication type are dropped, so the members do not hear each other.',
            fix: 'Use the same authentication block, or none, on every member, then reload.',
            commandFor: () => 'grep -n -A3 authentication /etc/keepalived/keepalived.conf',
            log: /received a \d+ auth, expecting|AH header/i,
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
