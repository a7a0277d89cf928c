// Configuration fault: more VIPs than an advert holds.
import type { NodeFacet } from '../../cluster/model.ts';
import {
  type ConfiguredMember,
  configuredNeeds,
  draftFor,
  judgeGroups,
  namesOf,
  quoteAt,
  quoteEach,
} from '../configured.ts';
import { defineRule } from '../rule.ts';

/** Up to 1.4 a fixed list (vrrp.h VRRP_MAX_VIP); then what fits into 1500 bytes, and one byte of count. */
const mostVips = ({ node, settings }: ConfiguredMember, nodes: readonly NodeFacet[]): number => {
  const version = nodes.find(({ name }) => name === node)?.version;
  if (version?.kind === 'known' && version.value.major === 1 && version.value.minor < 3) return 20;
  if (settings.family === 'ipv4') return 255;
  return 89;
};

export const tooManyVips = defineRule({
  id: 'too-many-vips',
  severity: 'high',
  needs: [...configuredNeeds, 'nodes'],
  title: 'More VIPs than an advert holds',
  why: 'keepalived moves the excess to the excluded addresses, release 1.2 drops it. Addresses that are not in adverts are not compared between nodes, so one that is missing somewhere is missed only after a failover.',
  proof:
    'The number of addresses in `virtual_ipaddress` against what fits: 20 up to release 1.2, else 255 for IPv4 and 89 for IPv6 with an MTU of 1500.',
  remedy: 'Keep one address in virtual_ipaddress and put the rest into virtual_ipaddress_excluded.',
  sources: ['keepalived vrrp.h', 'keepalived vrrp.c vrrp_complete_instance'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const full = members.filter((member) => member.settings.vips.length > mostVips(member, facets.nodes));
      const [first] = full;
      if (first === undefined) return [];
      return [
        draftFor(group, full, {
          title: `${first.settings.vips.length} VIPs on ${namesOf(full)} do not fit into an advert`,
          summary: `An advert of this instance holds ${mostVips(first, facets.nodes)}; the rest is not advertised.`,
          evidence: quoteEach(full, (member) =>
            quoteAt(
              member,
              member.settings.vips[0]?.source,
              `virtual_ipaddress has ${member.settings.vips.length} addresses`,
            ),
          ),
          fix: 'Move all but a few to virtual_ipaddress_excluded, on every member alike.',
          keyword: 'virtual_ipaddress',
        }),
      ];
    }),
});
