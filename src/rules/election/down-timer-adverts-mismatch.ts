// Configuration fault: members wait for different numbers of missed adverts.
import { configuredNeeds, draftFor, judgeGroups, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const downTimerAdvertsMismatch = defineRule({
  id: 'down-timer-adverts-mismatch',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'Members wait for different numbers of missed adverts',
  why: 'Who gives up first is no longer a matter of priority: a low-priority member with fewer adverts to wait for takes the VIP, and hands it on when the better one wakes up. Failover takes two steps instead of one.',
  proof: '`down_timer_adverts` in force differs between members; where it is not written it is 3.',
  remedy: 'Set the same down_timer_adverts on every member.',
  sources: ['keepalived vrrp.h VRRP_MS_DOWN_TIMER', 'RFC 9568 §6.1'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const values = new Set(members.map(({ settings }) => settings.downTimerAdverts.value));
      if (values.size < 2) return [];
      const said = members
        .map(({ node, settings }) => `${node}: ${settings.downTimerAdverts.value}`)
        .join(', ');
      return [
        draftFor(group, members, {
          title: `Members wait for different numbers of missed adverts (${said})`,
          summary: 'The member that waits for the fewest becomes master first, whatever its priority.',
          evidence: quoteEach(members, (member) =>
            quoteAt(
              member,
              member.settings.downTimerAdverts.source,
              `down_timer_adverts ${member.settings.downTimerAdverts.value}${member.settings.downTimerAdverts.origin === 'default' ? ' (not written)' : ''}`,
            ),
          ),
          fix: 'Write the same down_timer_adverts on every member, or leave it out everywhere.',
          keyword: 'down_timer_adverts',
        }),
      ];
    }),
});
