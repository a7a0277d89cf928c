// Root cause: a host outside the cluster uses the VIP as its own address. It relies on probes of the segment and does not try
// to name the host beyond its MAC.

import { probeFor } from '../holding.ts';
import { listing, unreachedNodes } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const vipUsedByOtherHost = defineRule({
  id: 'vip-used-by-other-host',
  severity: 'critical',
  needs: ['holders', 'adverts', 'nodes'],
  title: 'A host outside the cluster answers for the VIP',
  why: 'Part of the clients talk to a stranger: a machine with the same static address, or one that got it from a DHCP pool that contains the VIP.',
  proof:
    'A probe for the VIP (ARP, or neighbour solicitation for IPv6), sent from a third place, is answered by a MAC that no checked node has and that sends no VRRP adverts.',
  remedy:
    'Find the MAC on the switch, give that host another address, and take the VIP out of the DHCP pool.',
  sources: ['RFC 5227 §2.1.1', 'RFC 4861 §7.2.2'],
  explains: [],
  check: ({ holders, adverts, nodes }) => {
    const away = unreachedNodes(nodes);
    const reasons: string[] = [];
    const drafts = holders.flatMap((holding): readonly FindingDraft[] => {
      if (holding.arp.kind === 'unknown') {
        reasons.push(`${holding.vip}: ${holding.arp.reason}`);
        return [];
      }
      // A VRRP sender nobody listed is a matter of VRIDs, and a virtual MAC is worn by routers only.
      const strangers = holding.arp.value.filter(
        (answer) =>
          answer.owner === 'foreign' &&
          !/^00:00:5e:00:0[12]:/i.test(answer.mac) &&
          !adverts.streams.some((stream) => stream.srcMac.toLowerCase() === answer.mac.toLowerCase()),
      );
      const [first, ...others] = strangers;
      if (first === undefined) return [];
      if (away.length > 0) {
        reasons.push(
          `${holding.vip} is answered by ${first.mac}, which may be ${listing(away)}, not reached`,
        );
        return [];
      }
      const macs = listing([...new Set(strangers.map((answer) => answer.mac))]);
      return [
        {
          subject: {
            nodes: [...new Set(holding.holders.map((holder) => holder.node))],
            vrid: holding.vrid,
            vip: holding.vip,
          },
          group: holding.group,
          title: `VIP ${holding.vip} is also used by another host (${macs})`,
          summary: `${holding.vip.includes(':') ? 'A' : 'An'} ${probeFor(holding.vip)} for ${holding.vip} was answered by ${macs}, which belongs to none of the nodes.`,
          evidence: asEvidence(first.quote, [
            ...others.map((answer) => answer.quote),
            ...holding.holders.map((holder) => holder.quote),
          ]),
          remedy: {
            text: `Look ${macs} up in the switch's MAC table, give that host another address and exclude ${holding.vip} from DHCP.`,
            commands: [],
          },
        },
      ];
    });
    if (holders.length === 0) return notEvaluated('no VIP is known');
    return drafts.length === 0 && reasons.length > 0
      ? notEvaluated([...new Set(reasons)].join('; '))
      : foundOrClear(drafts);
  },
});
