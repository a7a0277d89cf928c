// Configuration fault: several members claim to own the address.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const duplicateAddressOwner255 = defineRule({
  id: 'duplicate-address-owner-255',
  severity: 'critical',
  needs: configuredNeeds,
  title: 'Several members are address owners (priority 255)',
  why: 'There can be one address owner. Two nodes with 255 both become MASTER as they start, hold the VIP at once, and lower themselves only when they hear each other.',
  proof: 'More than one member of the group runs with priority 255.',
  remedy: 'Give every member a different priority of 254 or less.',
  sources: ['RFC 9568 §5.2.4', 'keepalived vrrp.c vrrp_state_master_rx'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers'],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const owners = members.filter(({ settings }) => settings.priority.value === 255);
      if (owners.length < 2) return [];
      return [
        draftFor(group, owners, {
          title: `${namesOf(owners)} all claim to own the address: priority 255`,
          summary:
            'Each of them becomes MASTER as soon as it starts; until they have heard each other the VIP is held more than once.',
          evidence: quoteEach(owners, (member) =>
            quoteAt(
              member,
              member.settings.priority.source ?? member.settings.state.source,
              member.settings.priority.origin === 'default'
                ? 'state MASTER without a priority: 255'
                : 'priority 255',
            ),
          ),
          fix: 'Give each a priority of its own, 254 or less.',
          keyword: 'priority',
        }),
      ];
    }),
});
