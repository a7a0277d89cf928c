// Configuration fault: in a sync group keepalived drops what is tracked with a weight.
import { configuredNeeds, contenderOf, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

export const weightedTrackingDroppedInSyncGroup = defineRule({
  id: 'weighted-tracking-dropped-in-sync-group',
  severity: 'high',
  needs: configuredNeeds,
  title: 'A weighted check is dropped, because its instance is in a sync group',
  why: 'Members of a sync group must not differ in priority, so keepalived does not track scripts, BFD sessions and weighted files of its members at all, unless the group says that weights are to count. The check runs, or not even that, and nothing follows from it.',
  proof: 'A weighted track on an instance of a `vrrp_sync_group` that has no `sync_group_tracking_weight`.',
  remedy:
    'Track without a weight, so that a failure means FAULT, or set `sync_group_tracking_weight` in the group.',
  sources: ['keepalived vrrp.c vrrp_complete_instance', 'keepalived.conf(5) sync_group_tracking_weight'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const contender = contenderOf(member, facets.configurations);
        if (contender === undefined) return [];
        // Interfaces keep being tracked there, as FAULT.
        const dropped = contender.ignored.filter(
          (track) =>
            track.why === 'sync-group' &&
            !contender.watches.some(({ kind, name }) => kind === track.kind && name === track.name),
        );
        const [first, ...rest] = dropped;
        if (first === undefined) return [];
        const sync = member.config.syncGroups.find(({ members: names }) => names.includes(contender.name));
        const quote = (track: (typeof dropped)[number]) =>
          quoteAt(member, track.source, `${track.kind} ${track.name}, weight ${track.weight}`);
        return [
          draftFor(group, [member], {
            title: `${listing(dropped.map(({ name }) => name))} is not tracked on ${member.node}: ${contender.name} is in a sync group`,
            summary: `keepalived drops what has a weight from members of ${sync?.name ?? 'a sync group'}; when it fails nothing happens.`,
            evidence: [
              quote(first),
              quoteAt(
                member,
                sync?.source,
                `vrrp_sync_group ${sync?.name ?? ''} without sync_group_tracking_weight`,
              ),
              ...rest.map(quote),
            ],
            fix: 'Leave the weight out, or add sync_group_tracking_weight to the sync group on every node.',
            keyword: 'weight',
          }),
        ];
      }),
    ),
});
