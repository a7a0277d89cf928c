// Configuration fault, or a choice: members share a priority, so that addresses and luck decide.
import {
  type ConfiguredMember,
  configuredNeeds,
  draftFor,
  judgeGroups,
  namesOf,
  quoteAt,
  quoteEach,
} from '../configured.ts';
import { defineRule, type Severity } from '../rule.ts';

const priorityOf = ({ settings }: ConfiguredMember): number => settings.priority.value;

/** Everybody equal and nobody preempting: who is first stays, as some deployments want it. */
const isChosen = (members: readonly ConfiguredMember[], equals: readonly ConfiguredMember[]): boolean =>
  equals.length === members.length &&
  members.every(({ settings }) => settings.preempt.value === 'off' && settings.state.value === 'BACKUP');

const gravity = (members: readonly ConfiguredMember[], equals: readonly ConfiguredMember[]): Severity => {
  const atTop = Math.max(...equals.map(priorityOf)) === Math.max(...members.map(priorityOf));
  if (!atTop || isChosen(members, equals)) return 'low';
  // Somebody is meant to be the master, and nothing makes it so.
  return equals.some(({ settings }) => settings.state.value === 'MASTER') ? 'high' : 'medium';
};

export const equalPriorities = defineRule({
  id: 'equal-priorities',
  severity: 'high',
  needs: configuredNeeds,
  title: 'Members of a group have the same priority',
  why: 'Between equal priorities the higher address wins, and only when two masters meet; a backup obeys an equal priority. Who is master is then a matter of who came first, and a partition that heals moves the VIP.',
  proof:
    'The same `priority` in the configuration of several members. It weighs less below the top, and little where all are equal, start as BACKUP and have nopreempt: there it is a choice.',
  remedy: 'Give every member a priority of its own; add nopreempt where the VIP should stay put.',
  sources: [
    'keepalived vrrp.c vrrp_state_master_rx',
    'RFC 9568 §6.4.3',
    'keepalived issues 1440, 1148, 2032, 2209',
  ],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const priorities = [...new Set(members.map(priorityOf))].filter((priority) => priority !== 255);
      return priorities.flatMap((priority) => {
        const equals = members.filter((member) => priorityOf(member) === priority);
        if (equals.length < 2) return [];
        const severity = gravity(members, equals);
        return [
          draftFor(group, equals, {
            title: `${namesOf(equals)} have the same priority, ${priority}`,
            summary: isChosen(members, equals)
              ? 'All are equal and none preempts: whoever is master stays master, and the higher address wins when two meet.'
              : 'Which of them becomes master is decided by who is first, and by the higher address when two masters meet.',
            evidence: quoteEach(equals, (member) =>
              quoteAt(member, member.settings.priority.source, `priority ${priority}`),
            ),
            fix: 'Give each its own priority, with the intended master highest; add nopreempt if the VIP should stay where it is.',
            keyword: 'priority',
            severity,
          }),
        ];
      });
    }),
});
