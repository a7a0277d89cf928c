// Symptom: two members of one group act as MASTER at the same time. It does not ask why.
import type { Instance } from '../../cluster/model.ts';
import { mastershipsOf } from '../mastership.ts';
import { addressSet, bareAddress, listing, membersOf, nodesOf, stateOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const mayHold = (instance: Instance, vip: string): boolean =>
  instance.configured.kind === 'unknown' || addressSet(instance.configured.value.vips).has(bareAddress(vip));

export const multipleMasters = defineRule({
  id: 'multiple-masters',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts'],
  title: 'Two or more nodes are MASTER of one virtual router at the same time',
  why: 'Each MASTER configures the VIP and answers ARP for it. Clients reach whichever node their ARP cache names, connections break when the cache changes, and a failover is no longer one.',
  proof:
    "keepalived's own state on each node, and adverts of two senders that overlap in time at one listening place. A master that fell silent, or said goodbye with priority 0, before the other began is a hand-over and not reported.",
  remedy:
    'Remove the cause that keeps the masters from hearing or accepting each other; the one with the lower priority then yields by itself. Do not stop nodes at random: the survivor may be the one clients do not use.',
  sources: ['RFC 3768 §6.4.3', 'RFC 9568 §6.4.3', 'keepalived vrrp.c vrrp_state_master_rx'],
  explains: ['vip-held-twice', 'duplicate-arp-answers'],
  check: ({ groups, instances, adverts }) => {
    const drafts = groups.flatMap((group): readonly FindingDraft[] => {
      const masters = mastershipsOf(group, { instances, adverts });
      const nodes = nodesOf(masters.map((one) => one.instance));
      const [first] = masters;
      if (nodes.length < 2 || first === undefined) return [];
      // Masters with lists of their own have in common what all of them were given.
      const vips = group.vips
        .map((vip) => vip.split('/')[0] ?? vip)
        .filter((vip) => masters.every((one) => mayHold(one.instance, vip)));
      return [
        {
          subject: { nodes, vrid: group.vrid, ...(vips[0] === undefined ? {} : { vip: vips[0] }) },
          group: group.id,
          title: `${listing(nodes)} are MASTER of VRID ${group.vrid} at the same time`,
          summary:
            vips.length === 0
              ? `${nodes.length} nodes act as MASTER of VRID ${group.vrid}, each for addresses of its own.`
              : `${nodes.length} nodes act as MASTER for ${listing(vips)}: each holds the address and answers for it.`,
          evidence: asEvidence(
            first.quotes[0],
            masters.flatMap((one) => one.quotes),
          ),
          remedy: {
            text: 'Compare what each master hears from the other; when they hear and accept each other again, the one with the lower priority yields.',
            commands: nodes.map((node) => ({
              node,
              command: `tcpdump -pni ${masters.find((one) => one.instance.node === node)?.instance.interface ?? 'any'} 'ip proto 112 or ip6 proto 112 or ip proto 51'`,
            })),
          },
        },
      ];
    });
    const blind = groups.filter((group) =>
      membersOf(group, instances).every(
        (member) => stateOf(member) === 'unknown' && member.process !== 'stopped',
      ),
    );
    if (drafts.length === 0 && groups.length === 0)
      return notEvaluated('no VRRP instance is known on any node');
    if (drafts.length === 0 && blind.length > 0 && adverts.ears.every((ear) => ear.heard === 'no'))
      return notEvaluated('neither states nor adverts could be read');
    return foundOrClear(drafts);
  },
});
