// Root cause: a VRRPv3 checksum is counted without the IPv4 pseudo-header.
import { judgeChecksums } from '../checksums.ts';
import { defineRule } from '../rule.ts';

export const v3ChecksumPseudoheaderVendor = defineRule({
  id: 'v3-checksum-pseudoheader-vendor',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts'],
  title: 'A VRRPv3 checksum leaves the pseudo-header out',
  why: 'Some routers (and RFC 9568 for IPv4) count the checksum of VRRPv3 over the advert alone; keepalived includes the pseudo-header. Each refuses the adverts of the other.',
  proof:
    'The checksum of adverts is right only without pseudo-header, and members of ours do not have `v3_checksum_as_v2`.',
  remedy: 'Set `v3_checksum_as_v2` (2.2.8) on every keepalived of the group.',
  sources: ['keepalived.conf(5) v3_checksum_as_v2', 'RFC 9568 §5.2.8', 'FRRouting/frr issue 9951'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'vrid-collision-foreign-group',
  ],
  check: (facets) =>
    judgeChecksums(facets, 'good-without-pseudo-header', {
      says: 'counts the checksum of its VRRPv3 adverts without the pseudo-header',
      effect: 'A keepalived without v3_checksum_as_v2 refuses these adverts.',
      fix: 'Set v3_checksum_as_v2 on every keepalived of the group, or let the sender include the pseudo-header.',
    }),
});
