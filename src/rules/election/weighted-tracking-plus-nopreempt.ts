// Configuration fault: weights lower the master's priority, but those who should take over never preempt.
import { effectiveOf } from '../../cluster/election/contender.ts';
import { configuredNeeds, contenderOf, draftFor, judgeGroups, namesOf, quoteAt } from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

export const weightedTrackingPlusNopreempt = defineRule({
  id: 'weighted-tracking-plus-nopreempt',
  severity: 'high',
  needs: configuredNeeds,
  title: 'Weights cannot move the VIP where nobody preempts',
  why: 'With nopreempt a backup accepts adverts of a lower priority than its own. A check that only lowers the priority is then seen by everybody and acted on by nobody: the VIP stays with the dead service.',
  proof:
    'A weighted track in the configuration, and `nopreempt` in force on every node whose priority would then be the higher one.',
  remedy: 'Track without a weight, so that a failure means FAULT, or drop nopreempt.',
  sources: ['keepalived vrrp.c vrrp_state_backup', 'keepalived issues 2379, 2599'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const standings = members.flatMap((member) => {
        const contender = contenderOf(member, facets.configurations);
        return contender === undefined
          ? []
          : [{ member, contender, priority: effectiveOf(contender, contender.totalPriority) }];
      });
      const hits = standings.flatMap(({ member, contender }) =>
        contender.watches.flatMap((watch) => {
          if (watch.effect.kind !== 'priority' || watch.effect.change >= 0) return [];
          const after = effectiveOf(contender, contender.totalPriority + watch.effect.change);
          const above = standings.filter((one) => one.contender !== contender && one.priority > after);
          return above.length > 0 && above.every((one) => one.contender.preempt === 'off')
            ? [{ member, watch, after, above: above.map((one) => one.member) }]
            : [];
        }),
      );
      const [first, ...rest] = hits;
      const [idle] = first?.above ?? [];
      if (first === undefined || idle === undefined) return [];
      const nodes = members.filter((member) => hits.some((hit) => hit.member === member));
      const quote = ({ member, watch, after }: (typeof hits)[number]) =>
        quoteAt(member, watch.source, `${watch.kind} ${watch.name} lowers the priority to ${after}`);
      return [
        draftFor(group, nodes, {
          title: `A failed ${listing([...new Set(hits.map(({ watch }) => watch.name))])} on ${namesOf(nodes)} lowers the priority, and nopreempt keeps the others from taking over`,
          summary: `When ${first.watch.name} fails on ${first.member.node} as master, its priority falls to ${first.after}; ${namesOf(first.above)} would be higher, but with nopreempt a backup accepts lower adverts and stays BACKUP.`,
          evidence: [
            quote(first),
            quoteAt(idle, idle.settings.preempt.source, 'nopreempt'),
            ...rest.map(quote),
          ],
          fix: 'Track it without a weight: a failure is then FAULT, which hands over also with nopreempt. Or drop nopreempt.',
          keyword: 'weight',
        }),
      ];
    }),
});
