// Symptom: a VIP that no node holds. It does not ask whether there is a MASTER.
import type { Instance } from '../../cluster/model.ts';
import { foreignClaims } from '../holding.ts';
import { addressSet, bareAddress, listing, membersOf, nodesOf, stateOf } from '../members.ts';
import { asEvidence, quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

/** A member without this VIP in its configuration is not expected to hold it. */
const lists = (member: Instance, vip: string): boolean =>
  member.configured.kind === 'unknown' ||
  addressSet([...member.configured.value.vips, ...member.configured.value.excludedVips]).has(
    bareAddress(vip),
  );

export const vipOnNoNode = defineRule({
  id: 'vip-on-no-node',
  severity: 'critical',
  needs: ['groups', 'instances', 'holders', 'adverts'],
  title: 'A VIP is configured on no node',
  why: 'The address does not answer: whatever is reached through it is down.',
  proof:
    'The addresses of every node were read and the VIP is on none of them, and nobody else advertises it.',
  remedy:
    'With a MASTER present, restart or reload keepalived there, for something removed the address behind its back. Without one, see why nobody takes over.',
  sources: ['keepalived vrrp.c set_vrrp_backup', 'keepalived issues 836 and 1385'],
  explains: [],
  check: ({ groups, instances, holders, adverts }) => {
    if (holders.length === 0) return notEvaluated('no VIP is known');
    const reasons: string[] = [];
    const drafts = holders.flatMap((holding): readonly FindingDraft[] => {
      const group = groups.find((candidate) => candidate.id === holding.group);
      if (group === undefined || holding.holders.length > 0) return [];
      if (foreignClaims(holding, adverts).length > 0) return [];
      if (holding.unread.length > 0) {
        reasons.push(`${holding.vip}: addresses of ${listing(holding.unread)} could not be read`);
        return [];
      }
      const members = membersOf(group, instances).filter((member) => lists(member, holding.vip));
      const [first, ...others] = members;
      if (first === undefined) return [];
      const masters = members.filter((member) => stateOf(member) === 'MASTER');
      const nodes = nodesOf(masters.length > 0 ? masters : members);
      const removed = masters.length > 0;
      return [
        {
          subject: { nodes, vrid: group.vrid, vip: holding.vip },
          group: group.id,
          title: removed
            ? `${listing(nodes)} is MASTER without VIP ${holding.vip}`
            : `VIP ${holding.vip} is on no node`,
          summary: removed
            ? `keepalived on ${listing(nodes)} says MASTER, yet ${holding.vip} is on none of its interfaces nor anywhere else.`
            : `None of ${listing(nodes)} has ${holding.vip} configured.`,
          evidence: asEvidence(
            {
              node: first.node,
              source: 'ip addr',
              quote: `${holding.vip} is on none of ${listing(nodesOf(members))}`,
            },
            [first, ...others].map(quoteState),
          ),
          remedy: removed
            ? {
                text: 'Restart keepalived on the MASTER so that it configures the address again, and find out what removed it (network manager, a script, missing rights).',
                commands: nodes.map((node) => ({ node, command: 'systemctl restart keepalived' })),
              }
            : {
                text: 'Bring a member of the group back so that it takes the address.',
                commands: nodes.map((node) => ({ node, command: 'systemctl status keepalived --no-pager' })),
              },
        },
      ];
    });
    return drafts.length === 0 && reasons.length > 0
      ? notEvaluated(reasons.join('; '))
      : foundOrClear(drafts);
  },
});
