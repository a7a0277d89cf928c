// Configuration fault: addresses of both families in one virtual_ipaddress.
import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

export const ipv4Ipv6MixedInstance = defineRule({
  id: 'ipv4-ipv6-mixed-instance',
  severity: 'high',
  needs: configuredNeeds,
  title: 'One instance lists addresses of both families',
  why: 'An instance speaks IPv4 or IPv6. keepalived takes the family of the first address and leaves out the others, so these VIPs are never configured anywhere.',
  proof: 'Addresses of the other family in `virtual_ipaddress`.',
  remedy:
    'Move them to `virtual_ipaddress_excluded`, or give them an instance of their own (the same VRID will do).',
  sources: ['keepalived vrrp_data.c alloc_vrrp_vip', 'keepalived issue 341'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { strayVips, family } = member.settings;
        const [first, ...rest] = strayVips;
        if (first === undefined) return [];
        const names = listing(strayVips.slice(0, 4).map(({ address }) => address));
        return [
          draftFor(group, [member], {
            title: `${names} on ${member.node} ${strayVips.length === 1 ? 'is' : 'are'} left out: the instance is ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`,
            summary: `The first address makes ${member.settings.name} ${family === 'ipv4' ? 'IPv4' : 'IPv6'}; keepalived does not configure addresses of the other family from this list.`,
            evidence: [
              quoteAt(member, first.source, `virtual_ipaddress has ${first.cidr}`),
              ...rest.map((vip) => quoteAt(member, vip.source, `virtual_ipaddress has ${vip.cidr}`)),
            ],
            fix: 'Put them into virtual_ipaddress_excluded of the same instance, or into an instance of their own.',
            keyword: 'virtual_ipaddress',
          }),
        ];
      }),
    ),
});
