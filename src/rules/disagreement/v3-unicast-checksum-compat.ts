// Root cause: a VRRPv3 unicast checksum is counted as releases up to 1.3.6 do.
import { judgeChecksums } from '../checksums.ts';
import { defineRule } from '../rule.ts';

export const v3UnicastChecksumCompat = defineRule({
  id: 'v3-unicast-checksum-compat',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts'],
  title: 'A VRRPv3 unicast checksum is counted the old way',
  why: 'Up to 1.3.6 keepalived put the multicast group into the checksum of unicast adverts. Newer releases use the real destination and refuse the other sum, unless they were told or found out in time.',
  proof:
    'The checksum of unicast adverts is right only with the multicast group in the pseudo-header, and another member counts otherwise or was told `old_unicast_checksum never`.',
  remedy: 'Bring all nodes to one release, or set `old_unicast_checksum` on the newer ones until then.',
  sources: [
    'keepalived issues 642, 1175, pull request 929',
    'keepalived.conf(5) old_unicast_checksum',
    'RFC 5798 §5.2.8',
  ],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    judgeChecksums(facets, 'good-multicast-pseudo-header', {
      says: 'counts the checksum of its VRRPv3 unicast adverts as releases up to 1.3.6 do',
      effect: 'Members that count the real destination refuse these adverts.',
      fix: 'Upgrade the sender; until then set old_unicast_checksum in the instances of its peers.',
    }),
});
