// Root cause: members speak different VRRP versions.
import { draftDisagreement, outcomeOf, versionDisagreements } from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const vrrpVersionMismatch = defineRule({
  id: 'vrrp-version-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a group speak different VRRP versions',
  why: 'keepalived drops adverts of another version; both sides become MASTER. Only SNMP counts it.',
  proof: 'The version in the adverts on the wire, and `vrrp_version` in force for members that do not send.',
  remedy: 'Set the same `vrrp_version` in global_defs, or per instance, on every member.',
  sources: ['RFC 9568 §5.2.1', 'keepalived vrrp.c vrrp_check_packet'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    outcomeOf(
      versionDisagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'VRRP version',
            effect: 'Adverts of another version are dropped, so the members do not hear each other.',
            fix: 'Set the same vrrp_version on every member, then restart keepalived there.',
            commandFor: () =>
              'grep -n -E "vrrp_version|^ *version|authentication" /etc/keepalived/keepalived.conf',
            log: /wrong (VRRP )?version|invalid version/i,
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
