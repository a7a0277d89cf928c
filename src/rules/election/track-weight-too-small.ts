// Configuration fault: a tracked thing may fail, and the priority falls too little for anybody to take over.
import { type Contender, effectiveOf, type Watch } from '../../cluster/election/contender.ts';
import { configuredNeeds, contenderOf, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

const standing = (contender: Contender): number => effectiveOf(contender, contender.totalPriority);

const fallen = (contender: Contender, watch: Watch): number | undefined =>
  watch.effect.kind === 'priority' && watch.effect.change < 0
    ? effectiveOf(contender, contender.totalPriority + watch.effect.change)
    : undefined;

export const trackWeightTooSmall = defineRule({
  id: 'track-weight-too-small',
  severity: 'high',
  needs: configuredNeeds,
  title: 'A weight is too small to move the VIP',
  why: 'A check script fails, the priority changes as configured, and the VIP stays where the service is dead, because the lowered priority is still not below that of any other node.',
  proof:
    'Arithmetic on the configured values: base priority and weights with everything in order, minus the weight, against the best of the others. Equal is not enough: a backup obeys an equal priority.',
  remedy:
    'Make the weight larger than the distance to the next priority, or use no weight, so that a failure means FAULT.',
  sources: ['keepalived vrrp_track.c vrrp_set_effective_priority', 'keepalived issues 942, 2103, 2108, 2485'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const standings = members.flatMap((member) => {
        const contender = contenderOf(member, facets.configurations);
        return contender === undefined ? [] : [{ member, contender }];
      });
      return standings.flatMap(({ member, contender }) => {
        const others = standings.filter((one) => one.contender !== contender);
        const best = others.toSorted((a, b) => standing(b.contender) - standing(a.contender))[0];
        if (best === undefined) return [];
        const weak = contender.watches.flatMap((watch) => {
          const after = fallen(contender, watch);
          return after === undefined || standing(best.contender) > after ? [] : [{ watch, after }];
        });
        const [first, ...rest] = weak;
        if (first === undefined) return [];
        const needed = standing(contender) - standing(best.contender) + 1;
        const quote = ({ watch, after }: (typeof weak)[number]) =>
          quoteAt(
            member,
            watch.source,
            `${watch.kind} ${watch.name}: when it fails, priority ${standing(contender)} becomes ${after}`,
          );
        return [
          draftFor(group, [member], {
            title: `${listing(weak.map(({ watch }) => watch.name))} may fail on ${member.node} and the VIP stays there`,
            summary: `With ${first.watch.name} failed ${member.node} has priority ${first.after}; the best of the others, ${best.member.node}, has ${standing(best.contender)} and does not take over.`,
            evidence: [
              quote(first),
              quoteAt(
                best.member,
                best.member.settings.priority.source,
                `priority ${best.member.settings.priority.value}, ${standing(best.contender)} with everything tracked in order`,
              ),
              ...rest.map(quote),
            ],
            fix: `Give it a weight of at least ${needed} points, or no weight: a failure is then FAULT and hands over at once.`,
            keyword: 'weight',
          }),
        ];
      });
    }),
});
