// Configuration fault: two instances of one node use the same VRID on the same interface.
import type { ClusterModel } from '../../cluster/model.ts';
import {
  type ConfiguredMember,
  configuredMembers,
  configuredNeeds,
  draftFor,
  judgeConfigured,
  quoteAt,
} from '../configured.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

type Needs = Pick<ClusterModel, 'groups' | 'instances' | 'configurations'>;

/** Unicast instances are told apart by their peers. */
const areApart = (one: ConfiguredMember, other: ConfiguredMember): boolean =>
  one.settings.mode === 'unicast' &&
  other.settings.mode === 'unicast' &&
  !one.settings.unicastPeers.some(({ address }) =>
    other.settings.unicastPeers.some((peer) => peer.address === address),
  );

const collide = (one: ConfiguredMember, other: ConfiguredMember): boolean =>
  one.node === other.node &&
  one.config === other.config &&
  one.settings.name !== other.settings.name &&
  one.instance.vrid === other.instance.vrid &&
  one.instance.family === other.instance.family &&
  one.instance.interface === other.instance.interface &&
  !areApart(one, other);

const allDrafts = (facets: Needs): readonly FindingDraft[] => {
  const members = facets.groups.flatMap((group) =>
    configuredMembers(group, facets).map((member) => ({ group, member })),
  );
  return members.flatMap(({ group, member }, index) =>
    members
      .slice(index + 1)
      .filter((other) => collide(member, other.member))
      .map(({ member: other }) =>
        draftFor(group, [member], {
          title: `${member.settings.name} and ${other.settings.name} on ${member.node} both use VRID ${member.instance.vrid} on ${member.instance.interface}`,
          summary:
            'keepalived cannot tell their adverts apart: it refuses one of them, or each takes the other’s adverts for its own.',
          evidence: [
            quoteAt(
              member,
              member.settings.vrid?.source,
              `${member.settings.name}: virtual_router_id ${member.instance.vrid}`,
            ),
            quoteAt(
              other,
              other.settings.vrid?.source,
              `${other.settings.name}: virtual_router_id ${other.instance.vrid}`,
            ),
          ],
          fix: 'Give one of them a VRID that nobody else uses on this network, on every node alike.',
          keyword: 'virtual_router_id',
        }),
      ),
  );
};

export const duplicateVridLocal = defineRule({
  id: 'duplicate-vrid-local',
  severity: 'critical',
  needs: configuredNeeds,
  title: 'Two instances of a node use the same VRID on one interface',
  why: 'The VRID is all that tells virtual routers on a network apart. With two alike on one interface adverts of one reach the other, and one of the two never works.',
  proof:
    'Two `vrrp_instance` blocks of one configuration with the same VRID, interface and address family, and not told apart by unicast peers.',
  remedy: 'Use a VRID once per network and family.',
  sources: ['RFC 9568 §1.7', 'keepalived vrrp.c vrrp_complete_init'],
  explains: ['multiple-masters', 'vip-on-no-node', 'vip-held-twice'],
  check: (facets) => judgeConfigured(allDrafts(facets), facets),
});
