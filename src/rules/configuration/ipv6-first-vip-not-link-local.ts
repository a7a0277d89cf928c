// Configuration fault: the first IPv6 VIP is not link-local.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const ipv6FirstVipNotLinkLocal = defineRule({
  id: 'ipv6-first-vip-not-link-local',
  severity: 'low',
  needs: configuredNeeds,
  title: 'The first IPv6 VIP is not link-local',
  why: 'A virtual router speaks from its link-local address: router advertisements name it, and hosts learn it as their gateway. VRRPv3 wants it first in the list; strict mode refuses another.',
  proof: 'The first address of an IPv6 instance’s `virtual_ipaddress` is not in fe80::/10.',
  remedy: 'Put a link-local address first, the same on all members.',
  sources: ['RFC 9568 §5.2.9', 'keepalived vrrp.c (the first IPv6 VIP address should be link local)'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const found = members.filter(
        ({ settings }) =>
          settings.family === 'ipv6' &&
          settings.vips[0] !== undefined &&
          !/^fe[89ab]/i.test(settings.vips[0].address),
      );
      if (found.length === 0) return [];
      return [
        draftFor(group, found, {
          title: `The first IPv6 VIP of ${namesOf(found)} is not link-local`,
          summary:
            'Hosts that use the VIP as a gateway cannot learn it from router advertisements; for a service address it is a remark.',
          evidence: quoteEach(found, (member) =>
            quoteAt(member, member.settings.source, `first VIP ${member.settings.vips[0]?.cidr ?? ''}`),
          ),
          fix: 'Put fe80::… of your choice first in virtual_ipaddress, the same on every member.',
          keyword: 'virtual_ipaddress',
        }),
      ];
    }),
});
