// Root cause: members use different passwords. Passwords are compared by fingerprint and never shown.
import { draftDisagreement, outcomeOf, passwordDisagreements } from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const authPasswordMismatch = defineRule({
  id: 'auth-password-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a group have different passwords',
  why: 'keepalived drops adverts with another password. A capture shows perfect adverts both ways, and still both nodes are MASTER.',
  proof:
    'Fingerprints of the eight password bytes differ, in the adverts on the wire or in the files of members that do not send.',
  remedy:
    'Give every member the same `auth_pass`, or remove the authentication block everywhere: it protects from mistakes only, the password is readable on the wire.',
  sources: ['RFC 2338 §5.3.10', 'keepalived vrrp.c vrrp_check_packet'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    outcomeOf(
      passwordDisagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'auth_pass',
            effect: 'Adverts with another password are dropped, so the members do not hear each other.',
            fix: 'Set the same auth_pass on every member (eight characters count, no ! or #), then reload.',
            commandFor: () => 'grep -n -A3 authentication /etc/keepalived/keepalived.conf',
            log: /received an invalid passwd/i,
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
