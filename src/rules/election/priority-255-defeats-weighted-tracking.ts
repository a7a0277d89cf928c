// Configuration fault: the address owner's priority is fixed, so its weights are thrown away.
import { configuredNeeds, contenderOf, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

export const priority255DefeatsWeightedTracking = defineRule({
  id: 'priority-255-defeats-weighted-tracking',
  severity: 'high',
  needs: configuredNeeds,
  title: 'Priority 255 makes weights ineffective',
  why: 'Priority 255 means that the node owns the address; keepalived never changes it and drops weighted tracking at start. Whatever is checked may fail, and the VIP does not move.',
  proof: '`priority 255` (or `state MASTER` without a priority) and a weighted track on the same instance.',
  remedy: 'Use a priority of 254 or less, or track without a weight.',
  sources: ['keepalived vrrp_track.c vrrp_set_effective_priority', 'RFC 9568 §5.2.4'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const ignored = (contenderOf(member, facets.configurations)?.ignored ?? []).filter(
          ({ why }) => why === 'address-owner',
        );
        const [first] = ignored;
        if (first === undefined) return [];
        const names = listing(ignored.map(({ name }) => name));
        return [
          draftFor(group, [member], {
            title: `${names} is without effect on ${member.node}: its priority is 255`,
            summary: `keepalived ignores the weight of ${names}, because an address owner keeps priority 255 whatever fails.`,
            evidence: [
              quoteAt(
                member,
                member.settings.priority.source ?? member.settings.state.source,
                member.settings.priority.origin === 'default'
                  ? 'state MASTER without a priority: 255'
                  : 'priority 255',
              ),
              ...ignored.map((track) =>
                quoteAt(member, track.source, `${track.kind} ${track.name}, weight ${track.weight}`),
              ),
            ],
            fix: 'Set a priority of 254 or less, or track it without a weight.',
            keyword: 'priority',
          }),
        ];
      }),
    ),
});
