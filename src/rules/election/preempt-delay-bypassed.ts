// Configuration fault: preempt_delay is written and cleared by keepalived.
import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const preemptDelayBypassed = defineRule({
  id: 'preempt-delay-bypassed',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'preempt_delay is configured and has no effect',
  why: 'keepalived clears preempt_delay when the instance starts as MASTER, in strict mode, and beside nopreempt. The node that returns takes the VIP at once, before what it serves is ready.',
  proof: 'The setting in force against the one that is written.',
  remedy: 'Write `state BACKUP`, without strict mode and without nopreempt, where a delay is wanted.',
  sources: ['keepalived vrrp.c vrrp_complete_instance', 'keepalived issues 2231, 1283'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { preemptDelayMs, state } = member.settings;
        if (preemptDelayMs.origin !== 'adjusted') return [];
        const why = preemptDelayMs.why ?? 'keepalived clears it';
        return [
          draftFor(group, [member], {
            title: `preempt_delay has no effect on ${member.node}: ${why}`,
            summary: `keepalived clears preempt_delay at start (${why}); there is no delay before ${member.node} takes the VIP.`,
            evidence: [
              quoteAt(member, preemptDelayMs.source, 'preempt_delay, cleared at start'),
              quoteAt(member, state.source, `state ${state.value}`),
            ],
            fix: `${why.charAt(0).toUpperCase()}${why.slice(1)}: change that, or remove preempt_delay so that nobody counts on it.`,
            keyword: 'preempt_delay',
          }),
        ];
      }),
    ),
});
