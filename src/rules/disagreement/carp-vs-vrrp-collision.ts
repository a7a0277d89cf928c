// Root cause: a CARP host (pfSense, OPNsense, OpenBSD) uses a VHID equal to our VRID on the same segment.
import { listing, membersOf, nodesOf } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const carpVsVrrpCollision = defineRule({
  id: 'carp-vs-vrrp-collision',
  severity: 'high',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'A CARP host uses the same group number as our VRID',
  why: "CARP shares IP protocol 112, the multicast group and the virtual MAC range with VRRP. With equal numbers both sides reject each other's packets noisily, and switches see one virtual MAC in two places.",
  proof:
    'Packets that are CARP by their layout (36 bytes, authenticated counter) arrive with a VHID equal to a VRID of ours.',
  remedy:
    'Give the CARP group or the VRRP group another number; they must be unique per VLAN across both protocols.',
  sources: ['opnsense/core issue 1549', 'OpenBSD carp(4)'],
  explains: ['vip-used-by-other-host'],
  check: ({ groups, instances, adverts, nodes }) => {
    const drafts = groups.flatMap((group): readonly FindingDraft[] => {
      const members = membersOf(group, instances);
      const vrids = new Set(members.map((member) => member.vrid));
      const clashing = adverts.carp.filter((sender) => vrids.has(sender.vhid));
      const [first, ...others] = clashing;
      if (first === undefined) return [];
      const names = nodesOf(members);
      const sources = listing([...new Set(clashing.map((sender) => sender.src))]);
      return [
        {
          subject: { nodes: names, vrid: first.vhid },
          group: group.id,
          title: `${sources} runs CARP with VHID ${first.vhid}, the VRID of ${listing(names)}`,
          summary: `CARP from ${sources} and VRRP of ${listing(names)} use number ${first.vhid} and so the same virtual MAC 00:00:5e:00:01:${first.vhid.toString(16).padStart(2, '0')}.`,
          evidence: asEvidence(first.quote, [
            ...members
              .slice(0, 1)
              .map((member) =>
                quoteConfig(
                  member,
                  member.configured.kind === 'known' ? member.configured.value.vridAt : undefined,
                  `virtual_router_id ${member.vrid}`,
                ),
              ),
            ...others.map((sender) => sender.quote),
            ...nodes.flatMap((node) =>
              quoteLog(
                node,
                /invalid (packet )?length|packet too (short|long)|expecting|wrong VRRP version/i,
                1,
              ),
            ),
          ]),
          remedy: {
            text: `Change the VHID on ${sources}, or virtual_router_id on every member, to a number free on this VLAN.`,
            commands: [],
          },
        },
      ];
    });
    if (drafts.length > 0) return foundOrClear(drafts);
    if (adverts.ears.every((ear) => ear.heard === 'no')) return notEvaluated('nobody could listen');
    return foundOrClear([], adverts.carp.length > 0 ? 'CARP is present, with other numbers' : undefined);
  },
});
