// A remark: from a failed check to a new master it takes long, by configuration.

import { configuredNeeds, contenderOf, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule } from '../rule.ts';

/** Longer than most clients retry. */
const budgetMs = 15_000;

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

export const slowDetectionBudget = defineRule({
  id: 'slow-detection-budget',
  severity: 'low',
  needs: configuredNeeds,
  title: 'Failures are noticed slowly, by configuration',
  why: 'Interval times fall, the time a hanging check may take, and the adverts that must be missed add up. Nothing is broken, but a failure lasts that long for everybody who uses the VIP.',
  proof: 'Arithmetic on `interval`, `fall`, `timeout`, `advert_int` and `down_timer_adverts`.',
  remedy: 'Shorten the interval or fall of the check, or the advert interval (VRRPv3 goes below a second).',
  sources: ['keepalived vrrp_track.h', 'RFC 9568 §6.1'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const contender = contenderOf(member, facets.configurations);
        if (contender === undefined) return [];
        // The skew, which priorities add, is less than one interval more.
        const waitMs = contender.downTimerAdverts * contender.advertIntervalMs;
        const slow = contender.watches
          .map((watch) => ({
            watch,
            totalMs: watch.detection.maxMs + (watch.effect.kind === 'priority' ? waitMs : 0),
          }))
          .filter(({ totalMs }) => totalMs > budgetMs);
        const [first] = slow;
        if (first === undefined && waitMs <= budgetMs) return [];
        const totalMs = Math.max(waitMs, ...slow.map((one) => one.totalMs));
        return [
          draftFor(group, [member], {
            title: `A failure on ${member.node} may last ${seconds(totalMs)} before another node takes over`,
            summary:
              first === undefined
                ? `A master that dies is missed only after ${seconds(waitMs)} without adverts.`
                : `${first.watch.name} needs up to ${seconds(first.watch.detection.maxMs)} to be called failed${first.watch.effect.kind === 'priority' ? `, and the others wait another ${seconds(waitMs)}` : ''}.`,
            evidence: [
              first === undefined
                ? quoteAt(
                    member,
                    member.settings.advertIntervalMs.source,
                    `advert_int ${contender.advertIntervalMs / 1000}, down_timer_adverts ${contender.downTimerAdverts}`,
                  )
                : quoteAt(
                    member,
                    first.watch.source,
                    `${first.watch.kind} ${first.watch.name}: up to ${seconds(first.watch.detection.maxMs)} until it counts as failed`,
                  ),
            ],
            fix: 'Shorten interval × fall of the check, or advert_int, if the service cannot be away that long.',
            keyword: first === undefined ? 'advert_int' : 'interval',
          }),
        ];
      }),
    ),
});
