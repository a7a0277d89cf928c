// Configuration fault: nopreempt is written and does nothing.
import { type ConfiguredMember, configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

/** Written, and cleared by keepalived. */
const isCleared = ({ settings }: ConfiguredMember): boolean =>
  settings.preempt.origin === 'adjusted' && settings.preempt.value === 'on';

/** In force, but only where there is nobody to preempt. */
const isIdle = (member: ConfiguredMember, members: readonly ConfiguredMember[]): boolean =>
  member.settings.preempt.value === 'off' &&
  members.length > 1 &&
  members.every(
    (other) =>
      other === member ||
      (other.settings.preempt.value === 'on' &&
        other.settings.priority.value > member.settings.priority.value),
  );

export const nopreemptIneffective = defineRule({
  id: 'nopreempt-ineffective',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'nopreempt is configured and has no effect',
  why: 'keepalived clears nopreempt when the instance starts as MASTER or has priority 255, and it says nothing to the members that preempt. The VIP then moves back when the preferred node returns: the second interruption that nopreempt was to spare.',
  proof:
    'The setting in force against the one that is written; and whether it stands only on the member with the lowest priority.',
  remedy: 'Start every member with `state BACKUP` and set nopreempt on every one of them.',
  sources: ['keepalived vrrp.c vrrp_complete_instance', 'keepalived issues 512, 1515, 2174'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => [
      ...members.filter(isCleared).map(
        (member): FindingDraft =>
          draftFor(group, [member], {
            title: `nopreempt has no effect on ${member.node}: ${member.settings.preempt.why ?? 'keepalived clears it'}`,
            summary: `keepalived clears nopreempt at start (${member.settings.preempt.why ?? 'it does not go with the rest'}), so ${member.node} takes the VIP back whenever it returns.`,
            evidence: [
              quoteAt(member, member.settings.preempt.source, 'nopreempt'),
              quoteAt(
                member,
                member.settings.priority.value === 255
                  ? member.settings.priority.source
                  : member.settings.state.source,
                member.settings.priority.value === 255
                  ? 'priority 255'
                  : `state ${member.settings.state.value}`,
              ),
            ],
            fix: 'Write state BACKUP, and a priority below 255: the highest priority wins the first election all the same.',
            keyword: 'state',
          }),
      ),
      ...members
        .filter((member) => isIdle(member, members))
        .map(
          (member): FindingDraft =>
            draftFor(group, [member], {
              title: `nopreempt stands only on ${member.node}, which has nobody to preempt`,
              summary: `${member.node} has the lowest priority; the others preempt, so the VIP moves back to the highest of them whenever it returns.`,
              evidence: [
                quoteAt(member, member.settings.preempt.source, 'nopreempt'),
                quoteAt(
                  member,
                  member.settings.priority.source,
                  `priority ${member.settings.priority.value}, the lowest of the group`,
                ),
              ],
              fix: 'Set nopreempt, with state BACKUP, on the members with the higher priorities too.',
              keyword: 'preempt',
            }),
        ),
    ]),
});
