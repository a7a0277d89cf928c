// Configuration fault: adverts go to a group that switches prune.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

/** 224.0.0.0/24 is always flooded (RFC 4541 §2.1.2); ff02::/16 is link-local (RFC 4291 §2.7). */
const isLinkLocal = (group: string): boolean => /^224\.0\.0\.\d+$/.test(group) || /^ff02:/i.test(group);

export const mcastGroupOutsideLinkLocal = defineRule({
  id: 'mcast-group-outside-link-local',
  severity: 'high',
  needs: [...configuredNeeds, 'ladder'],
  title: 'Adverts go to a multicast group that switches may prune',
  why: 'Switches flood 224.0.0.0/24 but forward any other group only to ports whose membership they have seen. Without a querier that memory ages, and the cluster splits minutes after it was started.',
  proof:
    'The configured group is outside 224.0.0.0/24 or ff02::/16. Adverts that arrive today lessen it: they may stop when the switch forgets.',
  remedy: 'Use 224.0.0.18 (IPv6: ff02::12) on every member.',
  sources: ['RFC 4541 §2.1.2', 'RFC 9568 §5.1.1.2', 'keepalived pull request 1663'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const outside = members.filter(
        ({ settings }) =>
          settings.multicastGroup !== undefined && !isLinkLocal(settings.multicastGroup.value),
      );
      if (outside.length === 0) return [];
      const due = facets.ladder.filter((cell) => cell.group === group.id && cell.due === 'yes');
      const arrives = due.length > 0 && due.every(({ lostAt }) => lostAt === null);
      const used = [...new Set(outside.map(({ settings }) => settings.multicastGroup?.value ?? ''))].join(
        ', ',
      );
      return [
        draftFor(group, outside, {
          title: `${namesOf(outside)} send adverts to ${used}, which switches may prune`,
          summary: arrives
            ? 'They arrive at the moment; a snooping switch without a querier stops forwarding them when it forgets the members.'
            : 'A snooping switch forwards this group only to ports where it has seen a membership report lately.',
          evidence: quoteEach(outside, (member) =>
            quoteAt(
              member,
              member.settings.multicastGroup?.source,
              `adverts go to ${member.settings.multicastGroup?.value ?? ''}`,
            ),
          ),
          fix: `Remove the setting so that ${group.family === 'ipv4' ? '224.0.0.18' : 'ff02::12'} is used, on every member at once.`,
          keyword: 'mcast',
          severity: arrives ? 'medium' : 'high',
        }),
      ];
    }),
});
