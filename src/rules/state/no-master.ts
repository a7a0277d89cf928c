// Symptom: a group whose members are known has no MASTER and nobody advertises for it. It does not ask why.
import type { Group } from '../../cluster/model.ts';
import { mastershipsOf } from '../mastership.ts';
import {
  addressSet,
  listing,
  membersOf,
  nodesOf,
  overlap,
  stateOf,
  unreachedNodes,
  vridsOf,
} from '../members.ts';
import { asEvidence, quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

/** A group with a master has one whoever else could not be asked. */
const mastersNamed = (groups: readonly Group[]): string | undefined =>
  groups.length > 0 && groups.every((group) => group.masters.length > 0)
    ? groups.map((group) => `VRID ${group.vrid}: ${listing(group.masters)}`).join('; ')
    : undefined;

export const noMaster = defineRule({
  id: 'no-master',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes', 'window', 'holders'],
  title: 'No node is MASTER of a virtual router',
  why: 'Nobody holds the VIP, so the service behind it cannot be reached by that address.',
  proof:
    "No member's state is MASTER and no advert for the group was heard for longer than an election takes (three intervals and the skew time).",
  remedy: 'Find out why each member is stopped or in FAULT, and bring one of them back.',
  sources: ['RFC 3768 §6.4', 'keepalived vrrp_scheduler.c'],
  explains: ['vip-on-no-node'],
  check: ({ groups, instances, adverts, nodes, window, holders }) => {
    if (groups.length === 0) return notEvaluated('no VRRP instance is known on any node');
    const reasons: string[] = [];
    const drafts = groups.flatMap((group): readonly FindingDraft[] => {
      const members = membersOf(group, instances);
      const [first, ...others] = members;
      if (first === undefined || mastershipsOf(group, { instances, adverts }).length > 0) return [];
      const vrids = vridsOf(group, instances);
      const vips = addressSet(group.vips);
      const spoken = adverts.streams.some(
        (stream) =>
          stream.priority > 0 &&
          stream.family === group.family &&
          vrids.includes(stream.vrid) &&
          (stream.sender !== 'foreign' || overlap(addressSet(stream.addresses), vips)),
      );
      if (spoken) return [];
      // A member of unknown state that holds the VIP may well be a master nobody can hear.
      const held = holders.some(
        (holding) =>
          holding.group === group.id &&
          holding.holders.some((holder) =>
            members.some(
              (member) =>
                member.node === holder.node && stateOf(member) === 'unknown' && member.process !== 'stopped',
            ),
          ),
      );
      if (held) {
        reasons.push(`VRID ${group.vrid}: a node of unknown state holds the VIP`);
        return [];
      }
      const nobodyHears = adverts.ears.every((ear) => ear.heard === 'no');
      if (
        nobodyHears &&
        members.some((member) => stateOf(member) === 'unknown' && member.process !== 'stopped')
      ) {
        reasons.push(`VRID ${group.vrid}: states are unknown and nobody could listen`);
        return [];
      }
      const electing = members.some(
        (member) => ['BACKUP', 'unknown'].includes(stateOf(member)) && member.process === 'running',
      );
      if (electing && window.listenedMs < 4 * group.advertIntervalMs) {
        reasons.push(
          `VRID ${group.vrid}: listened for ${window.listenedMs} ms, an election may take ${4 * group.advertIntervalMs} ms`,
        );
        return [];
      }
      const away = unreachedNodes(nodes);
      const names = nodesOf(members);
      return [
        {
          subject: { nodes: names, vrid: group.vrid },
          group: group.id,
          title: `no node is MASTER of VRID ${group.vrid}`,
          summary: `${members.map((member) => `${member.node}: ${member.process === 'stopped' ? 'not running' : stateOf(member)}`).join(', ')}; no advert was heard in ${window.listenedMs} ms${away.length > 0 ? `. ${listing(away)} could not be asked` : ''}.`,
          evidence: asEvidence(quoteState(first), others.map(quoteState)),
          remedy: {
            text: 'See why each member does not take over: stopped, in FAULT, or held back by adverts of somebody else.',
            commands: names.map((node) => ({ node, command: 'journalctl -u keepalived -n 50 --no-pager' })),
          },
        },
      ];
    });
    return drafts.length === 0 && reasons.length > 0
      ? notEvaluated(reasons.join('; '))
      : foundOrClear(drafts, mastersNamed(groups));
  },
});
