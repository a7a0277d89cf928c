// Configuration fault: state MASTER without a priority, which makes the node an address owner.
import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const stateMasterWithoutPriority = defineRule({
  id: 'state-master-without-priority',
  severity: 'high',
  needs: configuredNeeds,
  title: 'state MASTER without a priority means priority 255',
  why: 'Without a priority keepalived takes `state MASTER` for an address owner with 255: no weight can lower it, it takes the VIP the moment it starts, and two such nodes fight.',
  proof: 'The instance has `state MASTER` and no `priority` line that keepalived accepts.',
  remedy: 'Write a priority between 1 and 254 on every member.',
  sources: ['keepalived vrrp.c vrrp_complete_instance'],
  explains: [
    'priority-255-defeats-weighted-tracking',
    'nopreempt-ineffective',
    'duplicate-address-owner-255',
  ],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { state, priority } = member.settings;
        if (state.value !== 'MASTER' || state.origin === 'default' || priority.origin !== 'default')
          return [];
        return [
          draftFor(group, [member], {
            title: `${member.node} has state MASTER and no priority, so it runs with 255`,
            summary: `keepalived gives ${member.settings.name} on ${member.node} priority 255, that of an address owner: it preempts at once and no tracked failure lowers it.`,
            evidence: [
              quoteAt(member, state.source, 'state MASTER'),
              quoteAt(member, undefined, `vrrp_instance ${member.settings.name} has no priority`),
            ],
            fix: 'Add a priority of 254 or less.',
            keyword: 'state',
          }),
        ];
      }),
    ),
});
